import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that Cloister ran and that did not succeed. Operators see it; callers of the API never do. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError';
  readonly argv: readonly string[];
  readonly exitCode: number | undefined;
  readonly stderr: string;

  /** @param ending how it ended, where it is not by itself */
  constructor(argv: readonly string[], exitCode: number | undefined, stderr: string, ending = 'ended by a signal') {
    super(`${shown(argv)}: ${exitCode === undefined ? ending : `exit code ${exitCode}`}${stderr === '' ? '' : `: ${stderr.trim()}`}`);
    this.argv = argv;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Without the values of environment variables, which may be secrets of users. */
function shown(argv: readonly string[]): string {
  return argv.map((word, index) => (argv[index - 1] === '--env' ? word.replace(/=.*/su, '=…') : word)).join(' ');
}

export interface RunOptions {
  /** Given on standard input. */
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** After this the program is killed and `ProcessError` is thrown. */
  readonly timeoutMs?: number;
  /** When aborted, too. */
  readonly signal?: AbortSignal;
}

const outputBytesMax = 64 << 20;
/** Of what a program says of itself: its end, which tells why it failed. */
const saidBytesMax = 256 << 10;
const timeoutMsDefault = 30_000;

/** Runs a program to its end and returns what it printed. Throws `ProcessError` when it fails. Never through a shell. */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const [program, ...parameters] = argv;
  const { timeoutMs = timeoutMsDefault } = options;
  const child = spawn(program, parameters, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
    cwd: options.workingDirectory,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const stdout: Buffer[] = [];
  const stderr = new Tail(saidBytesMax);
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > outputBytesMax) child.kill('SIGKILL');
    else stdout.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A program that ends before it read its input closes the pipe; its exit code says more than EPIPE does.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  let exitCode: number | null;
  try {
    [exitCode] = (await once(child, 'close')) as [number | null];
  } catch (error) {
    throw new ProcessError(argv, undefined, String(error));
  }
  // Half of an output is none, also of a program that ended well before it was killed.
  if (bytes > outputBytesMax) throw new ProcessError(argv, undefined, stderr.text(), `it printed more than ${outputBytesMax >> 20} MiB`);
  if (exitCode === 0) return Buffer.concat(stdout).toString('utf8');
  throw new ProcessError(argv, exitCode ?? undefined, stderr.text(), child.killed ? `killed after ${timeoutMs} ms` : undefined);
}

/** The last so many bytes of what comes. */
class Tail {
  readonly #bytesMax: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let first = this.#chunks[0]; first !== undefined && this.#bytes - first.length >= this.#bytesMax; first = this.#chunks[0]) {
      this.#bytes -= first.length;
      this.#chunks.shift();
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.#bytesMax).toString('utf8');
  }
}
