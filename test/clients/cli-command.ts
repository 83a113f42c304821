import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
const endMs = 30_000;

interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly cwd?: string;
}

/** `cloister …` as a user runs it. */
export class CliCommand {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor(parameters: readonly string[], { environment = {}, timeoutMs = endMs, cwd }: CommandOptions = {}) {
    // What is set of these is kept, and whoever runs this may have set them for something else.
    const { NODE_EXTRA_CA_CERTS: _node, AWS_CA_BUNDLE: _aws, ...own } = process.env;
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...parameters], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...own, ...environment },
      cwd,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** Resolves when the command has printed a text. */
  async printed(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`it has ended: ${this.stdout}${this.stderr}`);
      await Promise.race([once(this.child.stdout ?? this.child, 'data'), once(this.child, 'close')]);
    }
  }

  async end(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

/** `cloister attach` as a user runs it. */
export class AttachCommand extends CliCommand {
  constructor(parameters: readonly string[], options: CommandOptions = {}) {
    super(['attach', ...parameters], options);
  }
}
