import { assert } from '../stdx/assert.ts';
import type { Database, Migration } from './database.ts';
import { KeptRows } from './kept-rows.ts';

/**
 * A resource family as documents: one JSON body per row, its key, and generated columns for what is searched by.
 * A new member of a resource needs no migration; a new index does.
 */
export interface CollectionShape<Row> {
  readonly name: string;
  readonly key: keyof Row & string;
  readonly indexes: readonly (keyof Row & string)[];
  /**
   * All rows stay in memory once one was read: for families that a quota bounds and every request asks. Nobody else may
   * write the table.
   */
  readonly kept?: true;
}

/** The table of a collection, as the first migration of its family. */
export function collectionSql<Row>({ name, key, indexes }: CollectionShape<Row>): string {
  const columns = indexes.map((index) => `, "${index}" text generated always as (body ->> '$.${index}') stored`).join('');
  const lookups = indexes.map((index) => `create index "${name}_${index}" on "${name}" ("${index}");`).join('\n');
  return `create table "${name}" ("${key}" text primary key, body text not null${columns}) strict, without rowid;\n${lookups}`;
}

/** One migration that makes the tables of these collections. */
export function collectionsMigration(id: string, shapes: readonly CollectionShape<never>[]): Migration {
  return { id, sql: shapes.map((shape) => collectionSql(shape)).join('\n') };
}

export class Collection<Row extends object> {
  readonly #database: Database;
  readonly #shape: CollectionShape<Row>;
  #kept: KeptRows<Row> | undefined;

  constructor(database: Database, shape: CollectionShape<Row>) {
    this.#database = database;
    this.#shape = shape;
    // What was written into memory by a transaction that failed is not true.
    if (shape.kept === true) database.onUndone(() => (this.#kept = undefined));
  }

  find(id: string): Row | undefined {
    const kept = this.#rows();
    if (kept !== undefined) return kept.find(id);
    const row = this.#database.get<{ body: string }>(`select body from "${this.#shape.name}" where "${this.#shape.key}" = ?`, id);
    return row === undefined ? undefined : (JSON.parse(row.body) as Row);
  }

  /** The row, which an invariant says exists (a reference from another row). */
  get(id: string): Row {
    const row = this.find(id);
    assert(row !== undefined, `${this.#shape.name} has ${id}`);
    return row;
  }

  /** All rows, or those whose indexed members equal `where`, in order of their keys. */
  list(where: Partial<Row> = {}): Row[] {
    const { filter, values, texts } = this.#filter(where);
    const kept = this.#rows();
    if (kept !== undefined) return kept.list(texts);
    const sql = `select body from "${this.#shape.name}"${filter} order by "${this.#shape.key}"`;
    return this.#database.all<{ body: string }>(sql, ...values).map((row) => JSON.parse(row.body) as Row);
  }

  /** One text member of the rows that `list` would give, without reading the rest of them. */
  texts(member: keyof Row & string, where: Partial<Row> = {}): string[] {
    const { filter, values, texts } = this.#filter(where);
    const kept = this.#rows();
    if (kept !== undefined) return kept.list(texts).map((row) => String(row[member]));
    const sql = `select body ->> '$.${member}' as value from "${this.#shape.name}"${filter} order by "${this.#shape.key}"`;
    return this.#database.all<{ value: string }>(sql, ...values).map(({ value }) => value);
  }

  /** How many rows `list` would give. */
  count(where: Partial<Row> = {}): number {
    const { filter, values, texts } = this.#filter(where);
    const kept = this.#rows();
    if (kept !== undefined) return kept.count(texts);
    const row = this.#database.get<{ count: number }>(`select count(*) as count from "${this.#shape.name}"${filter}`, ...values);
    return Number(row?.count);
  }

  insert(row: Row): void {
    const body = JSON.stringify(row);
    this.#database.run(`insert into "${this.#shape.name}" ("${this.#shape.key}", body) values (?, ?)`, this.#keyOf(row), body);
    this.#kept?.put(body);
  }

  /** Changes the named members of an existing row and returns the whole of it. */
  update(id: string, change: Partial<Row>): Row {
    const row = { ...this.get(id), ...change };
    const body = JSON.stringify(row);
    this.#database.run(`update "${this.#shape.name}" set body = ? where "${this.#shape.key}" = ?`, body, id);
    this.#kept?.put(body);
    return row;
  }

  /** True when there was such a row. */
  delete(id: string): boolean {
    this.#kept?.remove(id);
    return this.#database.run(`delete from "${this.#shape.name}" where "${this.#shape.key}" = ?`, id) > 0;
  }

  /** The rows in memory, read at the first look; undefined when the collection does not keep them. */
  #rows(): KeptRows<Row> | undefined {
    const { name, kept, indexes } = this.#shape;
    if (kept !== true) return undefined;
    if (this.#kept === undefined) {
      this.#kept = new KeptRows((row) => this.#keyOf(row), indexes);
      for (const { body } of this.#database.all<{ body: string }>(`select body from "${name}" order by "${this.#shape.key}"`)) this.#kept.put(body);
    }
    return this.#kept;
  }

  #filter(where: Partial<Row>): { readonly filter: string; readonly values: readonly string[]; readonly texts: Readonly<Record<string, string>> } {
    const members = Object.keys(where) as (keyof Row & string)[];
    for (const member of members) assert(this.#shape.indexes.includes(member), `${this.#shape.name} is searched by an index, not by ${member}`);
    const filter = members.length === 0 ? '' : ` where ${members.map((member) => `"${member}" = ?`).join(' and ')}`;
    const values = members.map((member) => String(where[member]));
    return { filter, values, texts: Object.fromEntries(members.map((member, index) => [member, values[index] ?? ''])) };
  }

  #keyOf(row: Row): string {
    const key = row[this.#shape.key];
    assert(typeof key === 'string' && key !== '', `${this.#shape.name} has a key`);
    return key;
  }
}
