import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { sleep, withDeadline } from '../src/stdx/deadline.ts';
import type { Leftovers } from './leftovers.ts';

/** The kernel ends it when this process ends, also by SIGKILL. */
const bound = (argv: readonly string[]): string[] => ['setpriv', '--pdeathsig', 'KILL', ...argv];

const inside = (namespace: string | undefined, argv: readonly string[]): string[] =>
  namespace === undefined ? bound(argv) : ['ip', 'netns', 'exec', namespace, ...bound(argv)];

export interface ProgramOptions {
  /** A name as `ip netns` lists it; without one in the host's own network. */
  readonly namespace?: string;
  readonly timeoutMs?: number;
}

/** Without the values of variables and of headers that sign: temporary keys are among them. */
const shown = (argv: readonly string[]): string =>
  argv.map((word) => word.replace(/^(\w+=|authorization: |x-amz-security-token: ).*/isu, '$1…')).join(' ');

/** Runs a program to its end and returns what it printed. Throws what it said when it failed. */
export async function run(argv: readonly string[], { namespace, timeoutMs = 120_000 }: ProgramOptions = {}): Promise<string> {
  const [program = '', ...parameters] = inside(namespace, argv);
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL' });
  const ended = once(child, 'close');
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (child.exitCode !== 0) throw new Error(`${shown(argv)} ended with ${child.exitCode ?? child.signalCode}: ${errors}${output}`);
  return output;
}

/** Starts a program that runs until the row ends. */
export function serve(
  argv: readonly string[],
  { namespace, leftovers }: { readonly namespace?: string; readonly leftovers: Leftovers },
): ChildProcessByStdio<null, Readable, Readable> {
  const [program = '', ...parameters] = inside(namespace, argv);
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  // Nobody reads most of what they say, and a full pipe would hold them up.
  child.stdout.resume();
  child.stderr.resume();
  const exited = once(child, 'exit');
  leftovers.add(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return child;
}

/** Asks until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const asking = async (): Promise<void> => {
    while (!(await isSo())) await sleep(50);
  };
  await withDeadline(what, 30_000, asking());
}

/** Whether something answers there. */
export async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );
}

/** The process of the daemon on a data directory. */
export function pidOf(dataDirectory: string): number {
  return (JSON.parse(readFileSync(join(dataDirectory, 'daemon.json'), 'utf8')) as { pid: number }).pid;
}
