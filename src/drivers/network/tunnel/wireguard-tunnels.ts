import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import { tunnelDevice, tunnelPort } from '../../../model/network/tunnel.ts';
import { present } from '../../../stdx/assert.ts';
import { sleep } from '../../../stdx/deadline.ts';
import { end, findByCommandLine } from '../../process/end-process.ts';
import { run } from '../../process/process.ts';
import { identify, isAlive, type ProcessIdentity } from '../../process/process-identity.ts';
import type { Capability } from '../network-driver.ts';
import type { TunnelDriver, TunnelEnd } from './tunnel-driver.ts';
import { findWireguard, wgPath, type WireguardKind } from './wireguard-capability.ts';
import { newKeys, type WireguardKeys } from './wireguard-keys.ts';
import { controlSocketOf, startWireguardGo } from './wireguard-sandbox.ts';

/** WireGuard's own packets carry this mark: they leave by the interface, everything else for a peer goes into the tunnel. */
const [ownMark, peersTable, rulePriority] = [500, 500, 100];
/** Of 1500, which the interface takes, less 60 of WireGuard over IPv4, in eights. As WireGuard's own tools choose. */
const tunnelBytesMax = 1_420;
const [lookMs, looksMax] = [20, 500];

/** What carries an end; without a process it is the kernel. */
interface State {
  readonly process?: ProcessIdentity;
}

type KeyedEnd = TunnelEnd & WireguardKeys;

/** WireGuard of the kernel, or wireguard-go in a sandbox per end. Everything after the device is the same for both. */
export class WireguardTunnels implements TunnelDriver {
  readonly #root: string;

  /** @param options.root the folder in which the directories of all instances are */
  constructor({ root }: { readonly root: string }) {
    this.#root = root;
  }

  async capability(): Promise<Capability> {
    const { kind: _kind, ...capability } = await findWireguard();
    return capability;
  }

  async open(ends: readonly TunnelEnd[]): Promise<void> {
    const { kind, detail } = await findWireguard();
    if (kind === undefined) throw new Error(detail);
    const keyed = ends.map((one): KeyedEnd => ({ ...one, ...newKeys() }));
    const opened = await Promise.allSettled(
      keyed.map(
        async (one) =>
          await this.#openOne(
            kind,
            one,
            keyed.filter((other) => other !== one),
          ),
      ),
    );
    const failure = opened.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  isOpen(directory: string): boolean {
    const state = readState(directory);
    return state !== undefined && (state.process === undefined || isAlive(state.process));
  }

  async close({ directory, networkNamespacePath }: Pick<TunnelEnd, 'directory'> & Partial<TunnelEnd>): Promise<void> {
    const { tunnelProgram, tunnelState } = instanceLayout(directory);
    // By its command line: also what was begun just before its daemon was killed. The device goes with it.
    for (const one of findByCommandLine(`${tunnelProgram}\0`)) await end(one);
    if (networkNamespacePath !== undefined && (await hasKernelDevice(networkNamespacePath)))
      await inside(networkNamespacePath, 'ip', 'link', 'delete', tunnelDevice);
    await rm(tunnelState, { force: true });
  }

  async purge(): Promise<readonly string[]> {
    // Devices of the kernel go with their namespaces.
    const found = findByCommandLine(`${this.#root}/`).filter(({ pid }) => isTunnelProgram(pid));
    for (const one of found) await end(one);
    return found.map(({ pid }) => `tunnel program ${pid}`);
  }

  async #openOne(kind: WireguardKind, own: KeyedEnd, others: readonly KeyedEnd[]): Promise<void> {
    const { directory, networkNamespacePath } = own;
    await this.close(own);
    const pid = kind === 'program' ? await startWireguardGo(own) : undefined;
    if (pid === undefined) await inside(networkNamespacePath, 'ip', 'link', 'add', tunnelDevice, 'type', 'wireguard');
    else await answers(pid);
    await configure(networkNamespacePath, pid, configurationOf(own, others));
    await leadThrough(own, others);
    const state: State = pid === undefined ? {} : { process: present(identify(pid), 'a program that has just answered is there') };
    writeState(directory, state);
  }
}

async function inside(networkNamespacePath: string, ...argv: readonly string[]): Promise<string> {
  return await run(['nsenter', `--net=${networkNamespacePath}`, ...argv]);
}

async function hasKernelDevice(networkNamespacePath: string): Promise<boolean> {
  if (!existsSync(networkNamespacePath)) return false;
  const links = await inside(networkNamespacePath, 'ip', '-json', 'link', 'show', 'type', 'wireguard');
  // Links of other types are empty entries.
  return (JSON.parse(links) as { readonly ifname?: string }[]).some(({ ifname }) => ifname === tunnelDevice);
}

function isTunnelProgram(pid: number): boolean {
  try {
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return program === instanceLayout(program.slice(0, program.lastIndexOf('/'))).tunnelProgram;
  } catch {
    return false;
  }
}

async function answers(pid: number): Promise<void> {
  for (let looks = 0; looks < looksMax; looks += 1) {
    if (existsSync(controlSocketOf(pid))) return;
    if (identify(pid) === undefined) break;
    await sleep(lookMs);
  }
  throw new Error('wireguard-go did not come up');
}

const configurationOf = (own: KeyedEnd, others: readonly KeyedEnd[]): string =>
  [
    `[Interface]\nPrivateKey = ${own.privateKey}\nListenPort = ${tunnelPort}\nFwMark = ${ownMark}\n`,
    ...others.map(({ publicKey, address }) => `[Peer]\nPublicKey = ${publicKey}\nAllowedIPs = ${address}/32\nEndpoint = ${address}:${tunnelPort}\n`),
  ].join('\n');

/** The keys go by standard input: through a pipe of the shell, because the one that Node gives is a socket, which cannot be opened by its path. */
async function configure(networkNamespacePath: string, pid: number | undefined, configuration: string): Promise<void> {
  const where = pid === undefined ? [`--net=${networkNamespacePath}`] : [`--target=${pid}`, '--mount', '--net', '--pid'];
  const argv = ['nsenter', ...where, wgPath, 'setconf', tunnelDevice, '/dev/stdin'];
  await run(['sh', '-c', 'cat | "$@"', 'sh', ...argv], { input: configuration });
}

/** What is for a peer goes into the tunnel, from the address that it always had. */
async function leadThrough({ networkNamespacePath, address }: TunnelEnd, others: readonly TunnelEnd[]): Promise<void> {
  // What comes out of the tunnel, and what carries it, come from the same address by two ways.
  const settings = ['all', 'default', 'eth0', tunnelDevice].map((where) => `net.ipv4.conf.${where}.rp_filter=0`);
  await inside(networkNamespacePath, 'sysctl', '--quiet', '--write', ...settings);
  const rules = await inside(networkNamespacePath, 'ip', 'rule', 'show', 'priority', String(rulePriority));
  const lines = [
    `link set ${tunnelDevice} mtu ${tunnelBytesMax} up`,
    ...others.map((other) => `route replace ${other.address}/32 dev ${tunnelDevice} src ${address} table ${peersTable}`),
    ...(rules === '' ? [`rule add not fwmark ${ownMark} lookup ${peersTable} priority ${rulePriority}`] : []),
  ];
  await run(['nsenter', `--net=${networkNamespacePath}`, 'ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

function readState(directory: string): State | undefined {
  try {
    return JSON.parse(readFileSync(instanceLayout(directory).tunnelState, 'utf8')) as State;
  } catch {
    return undefined;
  }
}

function writeState(directory: string, state: State): void {
  const { tunnelState } = instanceLayout(directory);
  writeFileSync(`${tunnelState}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${tunnelState}.new`, tunnelState);
}
