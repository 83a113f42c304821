import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { assert, present } from '../../../stdx/assert.ts';
import { cidrSize, formatAddress, parseCidr } from '../../../model/network/addresses.ts';
import type { UplinkPlan } from '../../../model/network/plan.ts';
import { machineRuleset } from '../../../model/network/uplink.ts';
import { ProcessError, type run } from '../../process/process.ts';
import type { Capability, UplinkDriver } from '../network-driver.ts';
import type { KernelThread } from './kernel-thread.ts';
import { hasUplinkRecord, removeUplinkRecord, writeUplinkRecord } from './namespaces.ts';
import type { Tools } from './tools.ts';

interface IpRoute {
  readonly type?: string;
  readonly dst: string;
  readonly dev?: string;
}

/** IFNAMSIZ, less its end. */
const linkNameMax = 15;

/**
 * The edge's way into the namespace that the daemon itself is in, which is the machine's. Everything there is one link, one
 * route and one nft table, all named after the prefix; nothing that is there already is changed.
 */
export class MachineUplink implements UplinkDriver {
  readonly #prefix: string;
  readonly #link: string;
  readonly #table: string;
  readonly #run: typeof run;
  readonly #kernel: Pick<KernelThread, 'run'>;
  readonly #tryRules: (ruleset: string) => Promise<void>;

  /** @param tryRules throws when the kernel does not take them */
  constructor(prefix: string, runProgram: typeof run, kernel: Pick<KernelThread, 'run'>, tryRules: (ruleset: string) => Promise<void>) {
    this.#prefix = prefix;
    this.#link = `${prefix}u`;
    this.#table = `${prefix}-uplink`;
    this.#run = runProgram;
    this.#kernel = kernel;
    this.#tryRules = tryRules;
  }

  /** The rules are there before the edge's end is up. */
  async ensure(tools: Tools, edge: string, plan: UplinkPlan): Promise<void> {
    assert(this.#link.length <= linkNameMax, `${this.#link} is short enough for a link`);
    await writeUplinkRecord(this.#prefix);
    const inEdge = await tools.list<{ ifname: string }>(edge, 'link', 'show');
    if (!inEdge.some(({ ifname }) => ifname === plan.device) || !(await this.#hasLink())) await this.#makeLink(edge, plan);
    await this.#set('ipv4', { forwarding: '1', rp_filter: '0', send_redirects: '0', accept_redirects: '0' });
    await this.#set('ipv6', { disable_ipv6: '1' });
    await this.#run(['ip', 'link', 'set', this.#link, 'up']);
    const address = (await this.#routes('dev', this.#link))[0]?.dst ?? (await this.#claimAddress(plan.addresses));
    await this.#run(['nft', '-f', '-'], { input: machineRuleset(this.#table, this.#link, address, plan.closed) });
    await this.#run(['ip', 'neighbour', 'replace', address, 'lladdr', plan.mac, 'dev', this.#link, 'nud', 'permanent']);
    const { device, via } = plan;
    await this.#kernel.run([
      { do: 'put-address', namespace: edge, address, device },
      { do: 'open-link', namespace: edge, link: device, alias: 'uplink' },
      { do: 'put-neighbour', namespace: edge, address: via, mac: plan.machineMac, device },
      { do: 'put-route', namespace: edge, route: { type: 'unicast', destination: 'default', via, device } },
    ]);
  }

  /** The link first: with it goes every way in and out. */
  async remove(): Promise<void> {
    if (!(await hasUplinkRecord(this.#prefix))) return;
    await this.#removeLink();
    // Both, so that it does not matter whether it is there.
    await this.#run(['nft', '-f', '-'], { input: `table ip ${this.#table}\ndelete table ip ${this.#table}\n` });
    await removeUplinkRecord(this.#prefix);
  }

  async machineBlocks(): Promise<readonly string[]> {
    const routes = await this.#routes('table', 'local');
    return [...new Set(routes.filter(({ type }) => type === 'local' || type === 'broadcast').map(({ dst }) => dst))].toSorted();
  }

  /** Forwarding is asked of where a packet comes in, and answers come in where the machine's own way out is. */
  async capability(): Promise<Capability> {
    const name = 'uplink';
    try {
      await this.#tryRules(machineRuleset(this.#table, this.#link, '192.0.2.1', ['192.0.2.0/24']));
      const ways = (await this.#routes('default')).flatMap(({ dev }) => dev ?? []);
      return forwardingCapability(
        await Promise.all((ways.length === 0 ? ['all'] : ways).map(async (way) => [way, await isForwarding(way)] as const)),
      );
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { name, ok: false, detail, fix: 'Run as root, with iproute2, nftables 1.0 or later and a kernel with nft_masq and nft_fib_ipv4.' };
    }
  }

  async #makeLink(edge: string, { device, mac, machineMac }: UplinkPlan): Promise<void> {
    await this.#removeLink();
    const peer = ['peer', 'name', device, 'address', mac, 'netns', edge] as const;
    await this.#run(['ip', 'link', 'add', this.#link, 'address', machineMac, 'type', 'veth', ...peer]);
  }

  async #removeLink(): Promise<void> {
    if (!(await this.#hasLink())) return;
    try {
      await this.#run(['ip', 'link', 'delete', this.#link]);
    } catch (error) {
      // Its other end went at the same moment, and took it along.
      if (await this.#hasLink()) throw error;
    }
  }

  async #hasLink(): Promise<boolean> {
    const links = await this.#list<{ ifname: string }>('link', 'show');
    return links.some(({ ifname }) => ifname === this.#link);
  }

  /** An address that no other data directory of this machine took: the kernel does not take a route twice. */
  async #claimAddress(block: string): Promise<string> {
    const cidr = present(parseCidr(block), 'a plan has blocks');
    const count = cidrSize(cidr) - 2;
    const start = createHash('sha256').update(this.#prefix).digest().readUInt32BE(0) % count;
    for (let tried = 0; tried < count; tried += 1) {
      const address = formatAddress(cidr.base + 1 + ((start + tried) % count));
      try {
        await this.#run(['ip', 'route', 'add', `${address}/32`, 'dev', this.#link]);
        return address;
      } catch (error) {
        if (!(error instanceof ProcessError && error.stderr.includes('File exists'))) throw error;
      }
    }
    throw new Error(`no address in ${block} is free for the uplink`);
  }

  /** What is so already is not written: `/proc/sys` may be read-only. */
  async #set(family: 'ipv4' | 'ipv6', settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      const path = `/proc/sys/net/${family}/conf/${this.#link}/${name}`;
      const held = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        // A kernel without IPv6 needs no setting of it.
        if (family === 'ipv6' && error.code === 'ENOENT') return value;
        throw error;
      });
      if (held.trim() !== value) await writeFile(path, value);
    }
  }

  async #routes(...selector: readonly string[]): Promise<readonly IpRoute[]> {
    return await this.#list<IpRoute>('-4', 'route', 'show', ...selector);
  }

  async #list<T>(...parameters: readonly string[]): Promise<readonly T[]> {
    const text = await this.#run(['ip', '-json', ...parameters]);
    return text.trim() === '' ? [] : (JSON.parse(text) as T[]);
  }
}

const isForwarding = async (device: string): Promise<boolean> =>
  (await readFile(`/proc/sys/net/ipv4/conf/${device}/forwarding`, 'utf8')).trim() === '1';

export function forwardingCapability(ways: readonly (readonly [device: string, forwards: boolean])[]): Capability {
  const off = ways.filter(([, forwards]) => !forwards).map(([device]) => device);
  const name = 'uplink';
  if (off.length === 0) return { name, ok: true, detail: 'the machine forwards packets' };
  return { name, ok: false, detail: `the machine does not forward packets (${off.join(', ')})`, fix: 'Enable it: sysctl -w net.ipv4.ip_forward=1' };
}
