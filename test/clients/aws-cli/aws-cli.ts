import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DaemonProcess } from '../daemon-process.ts';

/** The programs that tools/clients.ts sets up; without them these tests fail. */
export const programs = { v1: '.venv/bin/aws', v2: '.venv/aws-cli-v2/aws' } as const;
export type Version = keyof typeof programs;

const commandMs = 60_000;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The AWS CLI, as it is published, against a daemon of its own. Opened before the tests, and closed after them. */
export class AwsCli {
  /** For files of the tests. */
  readonly folder = mkdtempSync(join(tmpdir(), 'cloister-aws-cli-'));
  readonly #program: string;
  #daemon: DaemonProcess | undefined;

  constructor(version: Version) {
    this.#program = resolve(programs[version]);
  }

  get daemon(): DaemonProcess {
    if (this.#daemon === undefined) throw new Error('the daemon is started before the tests');
    return this.#daemon;
  }

  async open(): Promise<void> {
    this.#daemon = await DaemonProcess.start();
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await this.#daemon?.dispose();
  }

  async attempt(words: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const options = { env: this.daemon.environment({ AWS_PAGER: '', ...extra }), timeout: commandMs, maxBuffer: 64 << 20 };
    try {
      return { code: 0, ...(await promisify(execFile)(this.#program, [...words], options)) };
    } catch (error) {
      const { code, stdout, stderr } = error as Ended & { code: unknown };
      if (typeof code !== 'number') throw error;
      return { code, stdout, stderr };
    }
  }

  /** What a command printed, read as JSON; throws the CLI's own words when it fails. */
  async run(...words: readonly string[]): Promise<any> {
    const { code, stdout, stderr } = await this.attempt(words);
    if (code !== 0) throw new Error(`aws ${words.join(' ')} (${code}): ${stderr}`);
    return stdout.trim() === '' ? undefined : words[0] === 's3' ? stdout : JSON.parse(stdout);
  }
}
