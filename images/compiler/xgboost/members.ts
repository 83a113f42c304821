import { refuse, shown } from '../input-error.ts';

/** Members of a parsed model, each checked where it is read: what is not there or of another kind is the file's fault. */
export class Members {
  readonly #value: object;
  readonly #path: string;

  private constructor(value: object, path: string) {
    this.#value = value;
    this.#path = path;
  }

  static of(value: unknown, path: string): Members {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) refuse(`${path} is not an object`);
    return new Members(value, path);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  members(name: string): Members {
    return Members.of(this.#get(name), this.#at(name));
  }

  text(name: string): string {
    const value = this.#get(name);
    if (typeof value !== 'string') refuse(`${this.#at(name)} is not a string`);
    return value;
  }

  /** Also one that is written as a string, as XGBoost writes its parameters. */
  integer(name: string, least = 0): number {
    const value = this.#get(name);
    const number = typeof value === 'string' && /^-?\d{1,15}$/u.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(number) || (number as number) < least) refuse(`${this.#at(name)} is no integer of at least ${least}`);
    return number as number;
  }

  list(name: string): readonly unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) refuse(`${this.#at(name)} is not a list`);
    return value as unknown[];
  }

  /** Of a list of anything. */
  length(name: string): number {
    const value = this.#get(name);
    return ArrayBuffer.isView(value) ? (value as unknown as ArrayLike<number>).length : this.list(name).length;
  }

  /** @param length that the list must have */
  numbers(name: string, length?: number): ArrayLike<number> {
    const value = this.#get(name);
    if (length !== undefined && this.length(name) !== length) refuse(`${this.#at(name)} has ${this.length(name)} values, not ${length}`);
    const found = ArrayBuffer.isView(value) && !(value instanceof DataView) ? (value as unknown as ArrayLike<number>) : this.list(name).map(numberOf);
    return found;
  }

  integers(name: string, length?: number): Int32Array {
    const numbers = this.numbers(name, length);
    const integers = Int32Array.from(numbers);
    for (let index = 0; index < integers.length; index += 1)
      if (integers[index] !== numbers[index]) refuse(`${this.#at(name)}[${index}] is no integer of 32 bits`);
    return integers;
  }

  #at = (name: string): string => (this.#path === '' ? name : `${this.#path}.${name}`);

  #get(name: string): unknown {
    if (!this.has(name)) refuse(`${this.#at(name)} is missing`);
    return (this.#value as Record<string, unknown>)[name];
  }
}

const namedNumbers: Readonly<Record<string, number>> = {
  NaN,
  nan: NaN,
  Infinity: Infinity,
  inf: Infinity,
  '-Infinity': -Infinity,
  '-inf': -Infinity,
  '-NaN': NaN,
  '-nan': NaN,
};

export function numberOf(value: unknown): number {
  if (typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' ? (namedNumbers[value] ?? Number(value.trim() === '' ? 'nothing' : value)) : value;
  if (typeof number !== 'number' || (Number.isNaN(number) && typeof value === 'string' && namedNumbers[value] === undefined))
    refuse(`${typeof value === 'string' ? shown(value) : `a value of type ${typeof value}`} is no number`);
  return number;
}
