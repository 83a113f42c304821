import { rounded } from './memory-plan.ts';
import type { Value } from './network.ts';

/** The constants of a network one after the other, as its steps read them. */
export class Weights {
  readonly #parts: Float32Array[] = [];
  readonly #known = new Map<Value, number>();
  size = 0;

  /** Where the numbers begin. */
  add(numbers: Float32Array): number {
    const at = this.size;
    this.#parts.push(numbers);
    this.size += rounded(numbers.length);
    return at;
  }

  /** Numbers as the model has them; once, however often they are read. */
  of(value: Value): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const at = this.add(Float32Array.from(value.constant ?? []));
    this.#known.set(value, at);
    return at;
  }

  /** At least one line, for an array of nothing is no array. */
  all(): Float32Array {
    const all = new Float32Array(Math.max(this.size, rounded(1)));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += rounded(part.length);
    }
    return all;
  }
}
