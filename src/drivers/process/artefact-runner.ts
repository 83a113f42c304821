import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { withDeadline } from '../../stdx/deadline.ts';
import { startConfined } from './confined.ts';

/** Also of an emulated processor. */
const answerMs = 120_000;
const numberBytes = 4;
const widthBytes = 8;
const widthMax = 1_000_000;
const toldMax = 2_000;

/** A batch of rows beside each other, NaN for what is missing. */
export interface Batch {
  readonly rows: Float32Array;
  readonly count: number;
  readonly features: number;
  /** Before the objective's transformation. */
  readonly margins: boolean;
}

/** Rows to a compiled model and its predictions back: `runner` of its archive, confined (images/compiler/native/runner.c has the other side). */
export class ArtefactRunner {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #told = '';

  /** @param folder what the program sees; `argv` are paths in it */
  constructor(folder: string, argv: readonly [string, ...string[]]) {
    this.#child = startConfined(folder, argv);
    this.#ended = once(this.#child, 'close').catch((error: unknown) => (this.#told += String(error)));
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#told = (this.#told + chunk.toString()).slice(0, toldMax)));
  }

  /** The numbers of each row, one row after the other. */
  async predict({ rows, count, features, margins }: Batch): Promise<{ readonly width: number; readonly values: Float32Array }> {
    return await withDeadline('answerMs', answerMs, this.#predict(rows, [count, features, margins ? 1 : 0]));
  }

  /** Nothing of it is left afterwards. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async #predict(rows: Float32Array, asked: readonly [number, number, number]): Promise<{ width: number; values: Float32Array }> {
    this.#child.stdin.write(Buffer.from(BigInt64Array.from(asked, BigInt).buffer));
    this.#child.stdin.write(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
    const width = Number((await this.#take(widthBytes)).readBigInt64LE());
    if (width < 1 || width > widthMax) throw new Error(`the compiled model says that a row has ${width} numbers`);
    const values = await this.#take(asked[0] * width * numberBytes);
    return { width, values: new Float32Array(Uint8Array.from(values).buffer) };
  }

  async #take(bytes: number): Promise<Buffer> {
    const { stdout } = this.#child;
    for (;;) {
      const taken = stdout.read(bytes) as Buffer | null;
      if (taken?.length === bytes) return taken;
      if (taken !== null || stdout.readableEnded || stdout.destroyed) throw await this.#failure();
      await Promise.race([once(stdout, 'readable'), this.#ended]);
    }
  }

  async #failure(): Promise<Error> {
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    if (signalCode === 'SIGILL') return new Error('this processor lacks an instruction that the model was compiled to');
    return new Error(`the compiled model ended with ${exitCode ?? signalCode}${this.#told === '' ? '' : `: ${this.#told.trim()}`}`);
  }
}
