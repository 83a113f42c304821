import { ByteReader } from '../byte-reader.ts';
import { refuse } from '../input-error.ts';

/** Beside arrays of one type, which take no more memory than they have bytes. XGBoost writes a few for each tree. */
const valuesMax = 4_000_000;
/** Objects in objects: deeper than any model is. */
const depthMax = 64;

const [objectStart, objectEnd, arrayEnd, typeMark, countMark] = Buffer.from('{}]$#');

/**
 * UBJSON, draft 12, as XGBoost writes it: arrays of one type with a count become typed arrays.
 * https://ubjson.org/type-reference/
 */
export function readUbjson(bytes: Uint8Array): unknown {
  return new UbjsonReader(bytes).document();
}

type Numbers = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

class UbjsonReader {
  readonly #bytes: ByteReader;
  #depth = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = new ByteReader(bytes, 'the UBJSON model');
  }

  document(): unknown {
    return this.#value(this.#type());
  }

  #type = (): string => String.fromCharCode(this.#bytes.byte());

  #value(type: string): unknown {
    this.#values += 1;
    if (this.#values > valuesMax) refuse(`the UBJSON model has more than ${valuesMax} values beside its arrays of one type`);
    switch (type) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case 'S':
        return this.#bytes.text(this.#count());
      case 'C':
        return this.#type();
      case 'T':
        return true;
      case 'F':
        return false;
      case 'Z':
        return null;
      default:
        return this.#number(type);
    }
  }

  #nested<T>(read: () => T): T {
    if (this.#depth === depthMax) refuse(`the UBJSON model is nested deeper than ${depthMax}`);
    this.#depth += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #number(type: string): number {
    switch (type) {
      case 'i':
        return this.#bytes.int8();
      case 'U':
        return this.#bytes.byte();
      case 'I':
        return this.#bytes.int16BE();
      case 'l':
        return this.#bytes.int32BE();
      case 'L':
        return this.#bytes.int64BE();
      case 'd':
        return this.#bytes.float32BE();
      case 'D':
        return this.#bytes.float64BE();
      default:
        return refuse(`the UBJSON model has an unknown type ${JSON.stringify(type)} at byte ${this.#bytes.position - 1}`);
    }
  }

  #count(): number {
    const count = this.#number(this.#type());
    if (!Number.isSafeInteger(count) || count < 0) refuse(`the UBJSON model has the length ${count} at byte ${this.#bytes.position}`);
    return count;
  }

  #has(mark: number | undefined): boolean {
    if (this.#bytes.peek() !== mark) return false;
    this.#bytes.byte();
    return true;
  }

  #object(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    const read = (): unknown => entries.push([this.#bytes.text(this.#count()), this.#value(this.#type())]);
    if (this.#has(countMark)) for (let left = this.#count(); left > 0; left -= 1) read();
    else while (!this.#has(objectEnd)) read();
    // Not an object literal: a key may be `__proto__`.
    return Object.assign(Object.create(null) as Record<string, unknown>, Object.fromEntries(entries));
  }

  #array(): readonly unknown[] | Numbers {
    const type = this.#has(typeMark) ? this.#type() : undefined;
    if (type !== undefined && !this.#has(countMark)) refuse(`the UBJSON model has a typed array without a count at byte ${this.#bytes.position}`);
    if (type !== undefined) return this.#typed(type, this.#count());
    const values: unknown[] = [];
    if (this.#has(countMark)) for (let left = this.#count(); left > 0; left -= 1) values.push(this.#value(this.#type()));
    else while (!this.#has(arrayEnd)) values.push(this.#value(this.#type()));
    return values;
  }

  #typed(type: string, count: number): Numbers | readonly unknown[] {
    const read = <T extends Numbers>(numbers: (count: number) => T, size: number, get: (view: DataView, offset: number) => number): T => {
      // The bytes are taken first: a count that lies allocates nothing.
      const view = this.#bytes.view(count * size);
      const values = numbers(count);
      for (let index = 0; index < count; index += 1) values[index] = get(view, index * size);
      return values;
    };
    switch (type) {
      case 'i':
        return read(
          (length) => new Int8Array(length),
          1,
          (view, offset) => view.getInt8(offset),
        );
      case 'U':
        return read(
          (length) => new Uint8Array(length),
          1,
          (view, offset) => view.getUint8(offset),
        );
      case 'I':
        return read(
          (length) => new Int16Array(length),
          2,
          (view, offset) => view.getInt16(offset),
        );
      case 'l':
        return read(
          (length) => new Int32Array(length),
          4,
          (view, offset) => view.getInt32(offset),
        );
      case 'L':
        return read(
          (length) => new Float64Array(length),
          8,
          (view, offset) => Number(view.getBigInt64(offset)),
        );
      case 'd':
        return read(
          (length) => new Float32Array(length),
          4,
          (view, offset) => view.getFloat32(offset),
        );
      case 'D':
        return read(
          (length) => new Float64Array(length),
          8,
          (view, offset) => view.getFloat64(offset),
        );
      default:
        return refuse(`the UBJSON model has an array of the unknown type ${JSON.stringify(type)} at byte ${this.#bytes.position}`);
    }
  }
}

/** Both formats begin with `{`; JSON goes on with a key or white space, UBJSON with a length or a mark. */
export const isUbjson = (bytes: Uint8Array): boolean =>
  bytes[0] === objectStart && bytes[1] !== undefined && !' \n\r\t"}'.includes(String.fromCharCode(bytes[1]));
