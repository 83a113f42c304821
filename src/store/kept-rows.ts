import { assert } from '../stdx/assert.ts';

/**
 * The rows of one collection in memory, by key and by indexed members, in order of their keys. A look costs no SQL and no
 * parsing, and a row that did not change is the same object. Rows are frozen: nobody changes what others read.
 */
export class KeptRows<Row extends object> {
  readonly #keyOf: (row: Row) => string;
  readonly #rows = new Map<string, Row>();
  readonly #indexes: ReadonlyMap<string, Map<string, Set<string>>>;
  #keys: string[] = [];
  #keysAreSorted = true;

  constructor(keyOf: (row: Row) => string, indexes: readonly string[]) {
    this.#keyOf = keyOf;
    this.#indexes = new Map(indexes.map((member) => [member, new Map<string, Set<string>>()]));
  }

  find(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** @param body JSON of the row, as it is stored */
  put(body: string): void {
    const row = frozen(JSON.parse(body) as Row);
    const key = this.#keyOf(row);
    const before = this.#rows.get(key);
    if (before !== undefined) this.#unindex(key, before);
    else {
      const last = this.#keys.at(-1);
      this.#keysAreSorted &&= last === undefined || last < key;
      this.#keys.push(key);
    }
    this.#rows.set(key, row);
    for (const [member, values] of this.#indexes) {
      const value = valueOf(row, member);
      if (value === undefined) continue;
      const keys = values.get(value) ?? new Set();
      values.set(value, keys.add(key));
    }
  }

  remove(key: string): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#unindex(key, row);
    this.#rows.delete(key);
    this.#keys.splice(this.#sortedKeys().indexOf(key), 1);
  }

  /** Those whose members equal all of `where`; by an index, so that the others cost nothing. */
  list(where: Readonly<Record<string, string>>): Row[] {
    const [first, ...others] = Object.entries(where);
    if (first === undefined) return this.#sortedKeys().map((key) => this.#rowAt(key));
    const keys = this.#keysWith(first).filter((key) => others.every(([member, value]) => valueOf(this.#rowAt(key), member) === value));
    return keys.toSorted().map((key) => this.#rowAt(key));
  }

  count(where: Readonly<Record<string, string>>): number {
    const members = Object.entries(where);
    const [only] = members;
    if (only === undefined) return this.#rows.size;
    return members.length === 1 ? this.#keysWith(only).length : this.list(where).length;
  }

  #keysWith([member, value]: readonly [string, string]): string[] {
    return [...(this.#indexes.get(member)?.get(value) ?? [])];
  }

  #rowAt(key: string): Row {
    const row = this.#rows.get(key);
    assert(row !== undefined, `${key} is kept`);
    return row;
  }

  #sortedKeys(): string[] {
    if (!this.#keysAreSorted) this.#keys.sort();
    this.#keysAreSorted = true;
    return this.#keys;
  }

  #unindex(key: string, row: Row): void {
    for (const [member, values] of this.#indexes) {
      const value = valueOf(row, member);
      const keys = value === undefined ? undefined : values.get(value);
      keys?.delete(key);
      if (value !== undefined && keys?.size === 0) values.delete(value);
    }
  }
}

/** An indexed member is text, or absent. */
function valueOf(row: object, member: string): string | undefined {
  const value = (row as Readonly<Record<string, unknown>>)[member];
  assert(value === undefined || typeof value === 'string', `the indexed member ${member} is text`);
  return value;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
