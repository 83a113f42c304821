import { refuse } from './input-error.ts';

/** Reads numbers one after the other; whoever reads behind the end learns that the file is cut off. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  position = 0;

  /** @param what is read, for the message: `the UBJSON model` */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get left(): number {
    return this.#bytes.length - this.position;
  }

  /** The position before `count` bytes that are there. */
  take(count: number): number {
    if (!Number.isSafeInteger(count) || count < 0 || count > this.left)
      refuse(`${this.#what} ends at byte ${this.#bytes.length}, in the middle of something`);
    const at = this.position;
    this.position += count;
    return at;
  }

  peek(): number {
    const at = this.take(1);
    this.position = at;
    return this.#bytes[at] ?? 0;
  }

  byte = (): number => this.#bytes[this.take(1)] ?? 0;
  int8 = (): number => this.#bytes.readInt8(this.take(1));
  int16BE = (): number => this.#bytes.readInt16BE(this.take(2));
  int32BE = (): number => this.#bytes.readInt32BE(this.take(4));
  int64BE = (): number => this.#safe(this.#bytes.readBigInt64BE(this.take(8)));
  float32BE = (): number => this.#bytes.readFloatBE(this.take(4));
  float64BE = (): number => this.#bytes.readDoubleBE(this.take(8));
  int32LE = (): number => this.#bytes.readInt32LE(this.take(4));
  uint32LE = (): number => this.#bytes.readUInt32LE(this.take(4));
  uint64LE = (): number => this.#safe(this.#bytes.readBigUInt64LE(this.take(8)));
  float32LE = (): number => this.#bytes.readFloatLE(this.take(4));

  text(length: number): string {
    const at = this.take(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A view of the next bytes. */
  view(length: number): DataView {
    const at = this.take(length);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, length);
  }

  #safe(value: bigint): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) refuse(`${this.#what} holds a number that is out of range at byte ${this.position - 8}`);
    return number;
  }
}
