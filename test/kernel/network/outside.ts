import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { ProcessError, run } from '../../../src/drivers/process/process.ts';

/** Who connects is told the address that it was seen under. Ends with the test, however that ends, and its namespace with it. */
const mirrorScript = `require('node:net')
  .createServer((socket) => socket.on('error', () => {}).end(socket.remoteAddress))
  .listen(443, '0.0.0.0', () => console.log('ready'));
  process.stdin.resume().on('end', () => process.exit());`;

const addressOf = (host: number): string => `203.0.113.${host}`;

/**
 * Somebody out there: a namespace that only its own process holds, one address of TEST-NET-3 away from the machine. Of the
 * machine it takes one link and one route, which go with that namespace.
 */
export class Outside {
  readonly #child: ChildProcess;
  readonly #link: string;
  /** Of the machine, on the link. */
  readonly machine: string;
  readonly address: string;

  private constructor(child: ChildProcess, link: string, machine: string, address: string) {
    this.#child = child;
    this.#link = link;
    this.machine = machine;
    this.address = address;
  }

  static async open(prefix: string): Promise<Outside> {
    const child = spawn('unshare', ['--net', process.execPath, '-e', mirrorScript], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const link = `${prefix}o`;
    await run(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(child.pid)]);
    await writeFile(`/proc/sys/net/ipv4/conf/${link}/forwarding`, '1');
    await run(['ip', 'link', 'set', link, 'up']);
    const [machine, address] = await claimPair(link);
    const outside = new Outside(child, link, machine, address);
    const input = `link set lo up\nlink set eth0 up\naddress add ${address} peer ${machine} dev eth0\nroute add default via ${machine}\n`;
    await outside.inside(['ip', '-batch', '-'], input);
    return outside;
  }

  async inside(argv: readonly string[], input = ''): Promise<string> {
    return await run(['nsenter', '--net', '--target', String(this.#child.pid), ...argv], { input });
  }

  async close(): Promise<void> {
    await run(['ip', 'link', 'delete', this.#link]);
    this.#child.kill('SIGKILL');
  }
}

/** The kernel does not take a route twice: tests of other processes take other addresses. */
async function claimPair(link: string): Promise<readonly [machine: string, address: string]> {
  for (let pair = 1; pair < 127; pair += 1) {
    const [machine, address] = [addressOf(2 * pair), addressOf(2 * pair + 1)];
    try {
      await run(['ip', 'route', 'add', `${address}/32`, 'dev', link]);
      await run(['ip', 'address', 'add', `${machine}/32`, 'dev', link]);
      return [machine, address];
    } catch (error) {
      if (!(error instanceof ProcessError && error.stderr.includes('File exists'))) throw error;
    }
  }
  throw new Error('every address of TEST-NET-3 is taken');
}
