import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withDeadline } from '../../stdx/deadline.ts';
import { ProcessError, run } from './process.ts';

/** Cloister's own programs, each a process: the daemon, and the tools that need the drivers without a daemon. */
export type OwnProgram = 'main' | 'doctor' | 'purge';

const readyDeadlineMs = 60_000;
/** Of what the daemon says before it is ready. */
const linesMax = 200;
/** Compiled code is kept here, by root alone: half the time to start and a quarter of the memory where types are stripped. */
const codeCache = '/var/cache/cloister/code';
const nodeFlags = ['--disable-warning=ExperimentalWarning'] as const;

/** `.ts` in a checkout, `.js` in the package: the same extension as this file. */
function pathOf(program: OwnProgram): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../../daemon/${program}.${extension}`, import.meta.url));
}

function cached(): Record<string, string> {
  return { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? codeCache };
}

/** One of these programs refused, in words that are for its user. */
export class OwnProgramRefused extends Error {
  override readonly name = 'OwnProgramRefused';
}

/** What it said behind `cloister: `, as these programs do before they end; without that it broke. */
function failureOf(error: ProcessError): Error {
  const words = /^cloister: (?<words>[\s\S]+)/mu.exec(error.stderr)?.groups?.['words']?.trim();
  return words === undefined ? error : new OwnProgramRefused(words, { cause: error });
}

/** Runs a tool to its end and returns what it printed. */
export async function runOwnProgram(program: OwnProgram, parameters: readonly string[]): Promise<string> {
  try {
    return await run([process.execPath, ...nodeFlags, pathOf(program), ...parameters], { timeoutMs: 120_000, environment: cached() });
  } catch (error) {
    throw error instanceof ProcessError ? failureOf(error) : error;
  }
}

export interface DaemonProcess {
  readonly pid: number;
  /** What the daemon printed when it was ready: the value after `Ready.`'s line of settings. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Ends it in order (SIGTERM) and waits. */
  stop(): Promise<void>;
  /** The exit code, when it ends. */
  readonly exited: Promise<number | null>;
}

/** Starts the daemon as a child and waits for `Ready.`. Its settings line (JSON) comes before. */
export async function startDaemon(
  parameters: readonly string[],
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void,
): Promise<DaemonProcess> {
  const argv = [process.execPath, ...nodeFlags, pathOf('main'), ...parameters];
  const child = spawn(process.execPath, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...cached() } });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  const stderr: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    // Why it ended comes last.
    if (stderr.push(line) > linesMax) stderr.shift();
    onLine?.(line, 'stderr');
  });
  const { promise: isReady, resolve: ready, reject: failed } = Promise.withResolvers<Record<string, unknown>>();
  let settings: Record<string, unknown> = {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) settings = JSON.parse(line) as Record<string, unknown>;
    else if (line === 'Ready.') ready(settings);
    onLine?.(line, 'stdout');
  });
  child.once('error', (error) => failed(error));
  void exited.then((code) => failed(failureOf(new ProcessError(argv, code ?? undefined, stderr.join('\n')))));
  const values = await withDeadline('daemonReadyMs', readyDeadlineMs, isReady);
  return {
    pid: child.pid ?? 0,
    ready: values,
    exited,
    async stop() {
      child.kill('SIGTERM');
      await withDeadline('daemonStopMs', 30_000, exited).catch(() => child.kill('SIGKILL'));
    },
  };
}
