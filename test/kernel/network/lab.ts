import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import type { NamespaceOwner } from '../../../src/drivers/network/network-driver.ts';
import { LinuxNetworkDriver } from '../../../src/drivers/network/linux/linux-network-driver.ts';
import { ProcessError, run } from '../../../src/drivers/process/process.ts';
import { compile } from '../../../src/model/network/compile.ts';
import type { World } from '../../../src/model/network/world.ts';

export type Answer = 'connected' | 'refused' | 'no answer';

const probeSeconds = 0.3;
/** Shorter than the kernel asks for a neighbour that does not answer (3 s): that is no answer, too. */
const lateSeconds = 2;
let labs = 0;

/** A driver with a prefix of its own, and programs inside its namespaces. Closing it leaves nothing. */
export class Lab {
  readonly prefix: string;
  readonly driver: LinuxNetworkDriver;
  readonly #children: ChildProcess[] = [];

  private constructor(prefix: string) {
    this.prefix = prefix;
    this.driver = new LinuxNetworkDriver({ prefix });
  }

  /** Also purges what dead runs of these tests left: their prefixes hold their process ids. */
  static async open(): Promise<Lab> {
    const found = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
    const left = new Set(found.flatMap((name) => /^labp([0-9]+)n[0-9]+/.exec(name)?.[0] ?? []));
    for (const prefix of left) {
      const pid = /^labp([0-9]+)/.exec(prefix)?.[1];
      if (!existsSync(`/proc/${pid}`)) await new LinuxNetworkDriver({ prefix }).purge();
    }
    labs += 1;
    return new Lab(`labp${process.pid}n${labs}`);
  }

  async apply(world: World, ...vpcIds: readonly string[]): Promise<void> {
    for (const vpcId of vpcIds) await this.driver.apply(compile(world, vpcId));
  }

  eni(number: number): string {
    return this.driver.namespacePath({ kind: 'network-interface', number });
  }

  async inside(owner: NamespaceOwner, ...argv: readonly string[]): Promise<string> {
    return run(['nsenter', `--net=${this.driver.namespacePath(owner)}`, ...argv]);
  }

  /** Opens TCP ports in a namespace that answer and close. */
  async listen(owner: NamespaceOwner, ...ports: readonly number[]): Promise<void> {
    const script = `const net = require('node:net');
      Promise.all([${ports.join(',')}].map((port) => new Promise((up, down) =>
        net.createServer((socket) => socket.on('error', () => {}).end('hello')).once('error', down).listen(port, '0.0.0.0', up))))
        .then(() => console.log('ready'));`;
    await this.program(owner, script);
  }

  /** Runs a Node script in a namespace until the lab closes. Resolves with its first output. */
  async program(owner: NamespaceOwner, script: string): Promise<{ child: ChildProcess; first: string }> {
    const child = spawn('nsenter', [`--net=${this.driver.namespacePath(owner)}`, process.execPath, '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    const [first] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => ['ended'])])) as [unknown];
    if (first === 'ended') throw new Error('the program ended before it was ready');
    return { child, first: String(first) };
  }

  /**
   * One TCP connection attempt from an interface. That no answer came in a short time is believed when the packet was dropped
   * by a gate; what nobody dropped may be late on a busy machine, and is tried for longer.
   */
  async connect(from: number, to: string, port: number): Promise<Answer> {
    const before = await this.#dropped(to, port);
    const answer = await this.#connect(from, to, port, probeSeconds);
    if (answer !== 'no answer' || (await this.#dropped(to, port)) > before) return answer;
    return await this.#connect(from, to, port, lateSeconds);
  }

  /** Packets to a port that gates of any VPC dropped, and answers from it. */
  async #dropped(address: string, port: number): Promise<number> {
    // A VPC that is only half there has no rules that note anything.
    const drops = await Promise.all((await this.driver.listVpcs()).map(async (number) => await this.driver.drops(number).catch(() => [])));
    const own = drops
      .flat()
      .filter(
        ({ source, destination, sourcePort, destinationPort }) =>
          (destination === address && destinationPort === port) || (source === address && sourcePort === port),
      );
    return own.reduce((sum, { packets }) => sum + packets, 0);
  }

  async #connect(from: number, to: string, port: number, seconds: number): Promise<Answer> {
    // A bash whose input is a socket takes itself for a remote login, and would read the user's own files first.
    const argv = ['timeout', String(seconds), 'bash', '--norc', '-c', `exec 3<>/dev/tcp/${to}/${port}`] as const;
    try {
      await run(['nsenter', `--net=${this.eni(from)}`, ...argv]);
      return 'connected';
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      return error.exitCode === 124 ? 'no answer' : 'refused';
    }
  }

  async packets(vpcNumber: number, counter: string): Promise<number | undefined> {
    return (await this.driver.counters(vpcNumber)).find((candidate) => candidate.name === counter)?.packets;
  }

  /** The counters that rose during the work, without those of zero. */
  async counted<T>(vpcNumber: number, work: () => Promise<T>): Promise<{ result: T; rose: string[] }> {
    const before = new Map((await this.driver.counters(vpcNumber)).map((counter) => [counter.name, counter.packets]));
    const result = await work();
    const after = await this.driver.counters(vpcNumber);
    return { result, rose: after.filter((counter) => counter.packets > (before.get(counter.name) ?? 0)).map((counter) => counter.name) };
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await this.driver.purge();
  }
}
