import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { assert } from '../stdx/assert.ts';

/** A promise inside a transaction would let others in between: the type refuses it. */
type Synchronous<T> = T extends PromiseLike<unknown> ? never : T;

/** One step of the schema. Applied once, in the order listed, and never edited after a release. */
export interface Migration {
  readonly id: string;
  readonly sql: string;
}

/** The one SQLite file. Durable (`synchronous=FULL`): what `transact` returned survives `kill -9` and power loss. */
export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #inTransaction = false;
  readonly #undoneWatchers: (() => void)[] = [];

  constructor(path: string, migrations: readonly Migration[]) {
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // It holds keys. SQLite gives its other files the mode of this one.
      closeSync(openSync(path, 'a', 0o600));
    }
    this.#sqlite = new DatabaseSync(path, { timeout: 5_000 });
    this.#sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;');
    this.#migrate(migrations);
  }

  /** Runs `fn` as one transaction: everything it wrote, or nothing. Nothing else runs in between. */
  transact<T>(fn: () => Synchronous<T>): T {
    assert(!this.#inTransaction, 'transactions do not nest');
    this.#inTransaction = true;
    try {
      this.#sqlite.exec('begin immediate');
      try {
        const result = fn() as T;
        this.#sqlite.exec('commit');
        return result;
      } catch (error) {
        this.#sqlite.exec('rollback');
        this.#tellUndone();
        throw error;
      }
    } finally {
      this.#inTransaction = false;
    }
  }

  /** Calls `watcher` when rows are no longer what was written last: a transaction was taken back, or everything was cleared. */
  onUndone(watcher: () => void): void {
    this.#undoneWatchers.push(watcher);
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** Returns the number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** Empties every table that is not named, but for the rows that a condition keeps. All or nothing. */
  clear(kept: { readonly tables: readonly string[]; readonly rows: Readonly<Record<string, string>> }): void {
    const tables = this.all<{ name: string }>(`select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_'`);
    this.transact(() => {
      for (const { name } of tables) {
        if (kept.tables.includes(name)) continue;
        const condition = kept.rows[name];
        this.#sqlite.exec(`delete from "${name}"${condition === undefined ? '' : ` where not (${condition})`}`);
      }
    });
    this.#tellUndone();
  }

  close(): void {
    this.#sqlite.close();
  }

  #tellUndone(): void {
    for (const watcher of this.#undoneWatchers) watcher();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#sqlite.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #migrate(migrations: readonly Migration[]): void {
    this.#sqlite.exec('create table if not exists migrations (id text primary key) strict');
    for (const { id, sql } of migrations) {
      if (this.get('select id from migrations where id = ?', id) !== undefined) continue;
      this.transact(() => {
        this.#sqlite.exec(sql);
        this.run('insert into migrations (id) values (?)', id);
      });
    }
  }
}
