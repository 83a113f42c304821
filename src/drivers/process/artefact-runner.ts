import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { DeadlineExceeded, withDeadline } from '../../stdx/deadline.ts';
import { printable } from '../../stdx/printable.ts';
import { processorSecondsMax, startConfined, type Confined } from './confined.ts';

/** Also of an emulated processor. */
const answerMsDefault = 120_000;
const numberBytes = 4;
const widthBytes = 8;
const widthMax = 1_000_000;
/** Of one answer: what says that it has more is not waited for, and not kept. */
const numbersMax = 2 ** 26;
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
  readonly #output: AsyncIterator<Buffer>;
  readonly #answerMs: number;
  #rest: Buffer = Buffer.alloc(0);
  #told = '';

  constructor(program: Confined, answerMs = answerMsDefault) {
    this.#answerMs = answerMs;
    this.#child = startConfined(program);
    this.#output = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#ended = once(this.#child, 'close').catch((error: unknown) => (this.#told += String(error)));
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#told = (this.#told + chunk.toString()).slice(0, toldMax)));
  }

  /** The numbers of each row, one row after the other. */
  async predict({ rows, count, features, margins }: Batch): Promise<{ readonly width: number; readonly values: Float32Array }> {
    try {
      return await withDeadline('answerMs', this.#answerMs, this.#predict(rows, [count, features, margins ? 1 : 0]));
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error;
      await this.close();
      throw new Error(`the compiled model gave no answer within ${this.#answerMs / 1_000} seconds and was ended`, { cause: error });
    }
  }

  /** Nothing of it is left afterwards. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill('SIGKILL');
    // What nobody reads would keep the pipe open.
    this.#child.stdout.destroy();
    await this.#ended;
  }

  async #predict(rows: Float32Array, asked: readonly [number, number, number]): Promise<{ width: number; values: Float32Array }> {
    this.#child.stdin.write(Buffer.from(BigInt64Array.from(asked, BigInt).buffer));
    this.#child.stdin.write(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
    const width = Number((await this.#take(widthBytes)).readBigInt64LE());
    if (width < 1 || width > widthMax) throw new Error(`the compiled model says that a row has ${width} numbers`);
    if (asked[0] * width > numbersMax)
      throw new Error(`the compiled model says that ${asked[0]} rows have ${width} numbers each, which is more than is taken`);
    const values = await this.#take(asked[0] * width * numberBytes);
    return { width, values: new Float32Array(Uint8Array.from(values).buffer) };
  }

  /** Bytes beyond those asked for wait in the pipe, but for one piece. */
  async #take(bytes: number): Promise<Buffer> {
    const pieces = [this.#rest];
    let length = this.#rest.length;
    while (length < bytes) {
      const next = await this.#output.next();
      if (next.done === true) throw await this.#failure();
      pieces.push(next.value);
      length += next.value.length;
    }
    const all = Buffer.concat(pieces, length);
    this.#rest = all.subarray(bytes);
    return all.subarray(0, bytes);
  }

  async #failure(): Promise<Error> {
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    const signal = signalCode ?? signalOf(exitCode ?? 0);
    const told = this.#told === '' ? '' : `: ${printable(this.#told.trim())}`;
    if (signal === undefined) return new Error(`the compiled model ended with ${exitCode}${told}`);
    return new Error(signal === 'SIGILL' ? meanings.SIGILL : `the compiled model was ended by ${signal}${meaningOf(signal)}${told}`);
  }
}

/** bubblewrap says by which signal a program ended as shells do. */
const signalsFrom = 128;
const signalOf = (exitCode: number): string | undefined =>
  Object.entries(constants.signals).find(([, number]) => exitCode === signalsFrom + number)?.[0];

const meanings = {
  SIGILL: 'this processor lacks an instruction that the model was compiled to',
  SIGSYS: 'it asked the kernel for what no compiled model needs, such as a socket, another process, or a file to write',
  SIGXCPU: `it has used ${processorSecondsMax} seconds of the processor`,
};
const meaningOf = (signal: string): string => (Object.hasOwn(meanings, signal) ? `: ${meanings[signal as keyof typeof meanings]}` : '');
