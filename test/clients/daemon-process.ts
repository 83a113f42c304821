import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { withDeadline } from '../../src/stdx/deadline.ts';
import { makeDataDirectory, purge } from './data-directory.ts';

const startMs = 30_000;
const stopMs = 30_000;
const errorCharactersMax = 100_000;

export const region = 'us-east-1';

export interface RootKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A daemon as its own process on a data directory of its own. It ends with this process, however that ends. */
export class DaemonProcess {
  readonly dataDirectory: string;
  readonly #parameters: readonly string[];
  #child: ChildProcess | undefined;
  #endpoint = '';
  #errors = (): string => '';

  private constructor(dataDirectory: string, parameters: readonly string[]) {
    this.dataDirectory = dataDirectory;
    this.#parameters = parameters;
  }

  /** @param parameters of the daemon's command line, beside its data directory and port */
  static async start(parameters: readonly string[] = []): Promise<DaemonProcess> {
    const daemon = new DaemonProcess(makeDataDirectory(), parameters);
    try {
      await daemon.start();
    } catch (error) {
      await daemon.dispose();
      throw error;
    }
    return daemon;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  /** The same port: TLS is told from plain HTTP by the first byte. */
  get secureEndpoint(): string {
    return this.#endpoint.replace('http:', 'https:');
  }

  get certificateAuthority(): string {
    return join(this.dataDirectory, 'certificates', 'authority.pem');
  }

  get credentials(): RootKey {
    return JSON.parse(readFileSync(join(this.dataDirectory, 'credentials.json'), 'utf8')) as RootKey;
  }

  /** Everything that the AWS CLI and boto3 need, and nothing that this machine's user has configured. */
  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.credentials;
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.dataDirectory,
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      ...extra,
    };
  }

  /**
   * @param port 0 takes any free one
   * @param main another program that starts a daemon, and its own parameters
   */
  async start(port = '0', main: readonly string[] = [resolve('src/daemon/main.ts')]): Promise<void> {
    const options = ['--data', this.dataDirectory, '--port', port, ...this.#parameters];
    const program = [process.execPath, '--disable-warning=ExperimentalWarning', ...main, ...options];
    // The kernel ends it when this process ends, also by SIGKILL.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...program], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let output = '';
    const ready = Promise.withResolvers<void>();
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready.\n')) ready.resolve();
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-errorCharactersMax)));
    this.#errors = () => errors;
    child.once('exit', () => ready.reject(new Error(`the daemon ended: ${errors}`)));
    await withDeadline('startMs', startMs, ready.promise);
    this.#endpoint = (JSON.parse(output.split('\n')[0] ?? '') as { endpoint: string }).endpoint;
  }

  /** What the command prints, run as its user does. */
  async cloister(...parameters: readonly string[]): Promise<string> {
    const program = ['--disable-warning=ExperimentalWarning', resolve('src/cli/main.ts')];
    return (await promisify(execFile)(process.execPath, [...program, ...parameters, '--data', this.dataDirectory])).stdout;
  }

  /** The end of what it wrote to its standard error. */
  get errors(): string {
    return this.#errors();
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Waits until it has ended by itself. Returns the signal that ended it; null when it was none. */
  async ended(ms: number): Promise<NodeJS.Signals | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await withDeadline('endedMs', ms, once(child, 'exit'));
    this.#child = undefined;
    return child.signalCode;
  }

  /** Ends the daemon and waits until it has ended; SIGKILL leaves it no time for anything. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    try {
      await withDeadline('stopMs', stopMs, ended);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async dispose(): Promise<void> {
    try {
      await this.stop();
    } finally {
      purge(this.dataDirectory);
    }
  }
}
