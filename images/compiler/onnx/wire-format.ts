import { refuseFile } from './refusals.ts';

/** Kinds of fields: https://protobuf.dev/programming-guides/encoding/ */
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

const varintBytesMost = 10;
const textBytesMost = 65_536;

/** Numbers in one field, which become a list of them: no array of a network may have more. */
const packedMost = 2 ** 26;

export class Field {
  readonly number: number;
  readonly #wire: number;
  readonly #bytes: Buffer;

  constructor(number: number, wire: number, bytes: Buffer) {
    this.number = number;
    this.#wire = wire;
    this.#bytes = bytes;
  }

  bytes(): Buffer {
    if (this.#wire !== lengthDelimited) refuseFile(`Field ${this.number} is no string of bytes.`);
    return this.#bytes;
  }

  text(): string {
    const bytes = this.bytes();
    if (bytes.length > textBytesMost) refuseFile(`Field ${this.number} is a text of ${bytes.length} bytes.`);
    return bytes.toString('utf8');
  }

  integer(): number {
    if (this.#wire !== varint) refuseFile(`Field ${this.number} is no integer.`);
    return numberOf(readVarint(this.#bytes, 0).value);
  }

  float(): number {
    if (this.#wire !== fixed32) refuseFile(`Field ${this.number} is no float.`);
    return this.#bytes.readFloatLE(0);
  }

  /** Of a repeated field: one value, or many that are packed. */
  integers(): readonly number[] {
    if (this.#wire !== lengthDelimited) return [this.integer()];
    if (integersIn(this.#bytes) > packedMost) refuseFile(`Field ${this.number} has more than ${packedMost} integers.`);
    const found: number[] = [];
    for (let at = 0; at < this.#bytes.length;) {
      const { value, next } = readVarint(this.#bytes, at);
      found.push(numberOf(value));
      at = next;
    }
    return found;
  }

  floats(): readonly number[] {
    if (this.#wire !== lengthDelimited) return [this.float()];
    if (this.#bytes.length > packedMost * 4) refuseFile(`Field ${this.number} has more than ${packedMost} floats.`);
    if (this.#bytes.length % 4 !== 0) refuseFile(`Field ${this.number} has ${this.#bytes.length} bytes, which are no floats.`);
    return Array.from({ length: this.#bytes.length / 4 }, (_, index) => this.#bytes.readFloatLE(index * 4));
  }
}

/** Each ends with a byte whose highest bit is not set. */
function integersIn(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte < 0x80) count += 1;
  return count;
}

/** The fields of a message, in their order. Nothing is copied: a field's bytes are a view. */
export function* fieldsOf(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const tag = readVarint(message, at);
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number === 0 || number >= 2 ** 29) refuseFile(`Field number ${number} is out of range: the file is no ONNX model.`);
    const start = wire === lengthDelimited ? readVarint(message, tag.next).next : tag.next;
    const size = sizeOf(message, wire, tag.next);
    if (size > message.length - start) refuseFile(`Field ${number} ends behind its message: the file is cut off or no ONNX model.`);
    at = start + size;
    yield new Field(number, wire, message.subarray(start, at));
  }
}

function sizeOf(message: Buffer, wire: number, at: number): number {
  if (wire === varint) return readVarint(message, at).next - at;
  if (wire === fixed64) return 8;
  if (wire === fixed32) return 4;
  if (wire === lengthDelimited) return Number(readVarint(message, at).value);
  return refuseFile(`Wire type ${wire} is not known: the file is no ONNX model.`);
}

function readVarint(bytes: Buffer, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let at = start; at < bytes.length && at < start + varintBytesMost; at += 1) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt((at - start) * 7);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at + 1 };
  }
  return refuseFile('An integer does not end: the file is cut off or no ONNX model.');
}

/** Integers of ONNX are signed, of 64 bits. Nothing that a network needs is beyond what a number holds exactly. */
function numberOf(value: bigint): number {
  const number = Number(BigInt.asIntN(64, value));
  // Slices say "to the end" with the largest integers; what is nearest does as well.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}
