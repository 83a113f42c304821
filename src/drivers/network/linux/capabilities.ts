import { stat } from 'node:fs/promises';
import type { run } from '../../process/process.ts';
import type { Capability } from '../network-driver.ts';
import type { KernelThread } from './kernel-thread.ts';
import { namespacePath } from './namespaces.ts';

interface Need {
  readonly name: string;
  readonly fix: string;
  readonly check: () => Promise<string>;
}

/** What the rules are made of, in a ruleset of a few lines. */
const sampleRules = `table ip cloister {
  counter sample { }
  set drops { type mark . ipv4_addr . ipv4_addr . inet_service . inet_service; size 16; flags dynamic,timeout; timeout 1m; }
  map links { type ifname : verdict; }
  chain source {
    type filter hook prerouting priority raw; policy drop;
    iifname vmap @links
    fib daddr . mark oif exists counter name "sample" accept
    ct state established,related accept
    update @drops { meta mark . ip saddr . ip daddr . tcp sport . tcp dport counter } drop
  }
}
table arp cloister {
  chain input { type filter hook input priority filter; policy drop; }
}
`;

/** Tries everything the driver does in a namespace that is thrown away. The first missing thing hides those that need it. */
export async function networkCapabilities(runProgram: typeof run, kernel: Pick<KernelThread, 'run'>, prefix: string): Promise<Capability[]> {
  const namespace = `${prefix}-check${process.pid}`;
  const inside = (...argv: string[]): Promise<string> => runProgram(['nsenter', `--net=${namespacePath(namespace)}`, ...argv]);
  const needs: Need[] = [
    { name: 'root', fix: 'Run as root: network namespaces and nftables need it.', check: checkRoot },
    {
      name: 'network namespaces',
      fix: 'Install iproute2 and use a kernel with CONFIG_NET_NS and CONFIG_VETH; in a container, give it CAP_NET_ADMIN and CAP_SYS_ADMIN.',
      check: async () => {
        const [mac, insideMac] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
        await kernel.run([
          { do: 'add-namespace', namespace },
          { do: 'add-link', namespace, link: 'e1', mac, inside: namespace, insideMac },
        ]);
        return (await runProgram(['ip', '-V'])).trim();
      },
    },
    {
      name: 'settings',
      fix: 'In a container, mount /proc/sys writable.',
      check: async () => {
        const setting = 'net.ipv4.ip_forward=1';
        await kernel.run([{ do: 'set', namespace, setting }]);
        return setting;
      },
    },
    {
      name: 'nftables',
      fix: 'Install nftables 1.0 or later and use a kernel with nf_tables, nft_fib_ipv4, nft_ct and nf_conntrack.',
      check: async () => {
        await runProgram(['nsenter', `--net=${namespacePath(namespace)}`, 'nft', '-f', '-'], { input: sampleRules });
        return (await runProgram(['nft', '--version'])).trim();
      },
    },
    {
      name: 'conntrack',
      fix: 'Install conntrack (conntrack-tools): an address that is given again must not inherit flows.',
      check: async () => {
        await inside('conntrack', '--count');
        return 'installed';
      },
    },
  ];
  const results: Capability[] = [];
  try {
    for (const need of needs) results.push(await tryNeed(need));
  } finally {
    const made = await stat(namespacePath(namespace)).catch(() => undefined);
    if (made !== undefined) await kernel.run([{ do: 'delete-namespace', namespace }]);
  }
  return results;
}

async function tryNeed({ name, fix, check }: Need): Promise<Capability> {
  try {
    return { name, ok: true, detail: (await check()).trim() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error), fix };
  }
}

async function checkRoot(): Promise<string> {
  if (process.getuid?.() !== 0) throw new Error(`running as user ${process.getuid?.()}`);
  return 'running as root';
}
