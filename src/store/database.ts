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
  #isBegun = false;
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

  /**
   * Runs `fn` as one transaction: everything it wrote, or nothing. Nothing else runs in between. SQLite hears of it with
   * the first statement: what reads rows that are in memory has none.
   */
  transact<T>(fn: () => Synchronous<T>): T {
    assert(!this.#inTransaction, 'transactions do not nest');
    this.#inTransaction = true;
    try {
      try {
        const result = fn() as T;
        if (this.#isBegun) this.run('commit');
        return result;
      } catch (error) {
        if (this.#isBegun) this.run('rollback');
        for (const watcher of this.#undoneWatchers) watcher();
        throw error;
      }
    } finally {
      this.#inTransaction = false;
      this.#isBegun = false;
    }
  }

  /** Calls `watcher` after each transaction that was taken back. */
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

  close(): void {
    this.#sqlite.close();
  }

  #prepare(sql: string): StatementSync {
    if (this.#inTransaction && !this.#isBegun) {
      this.#statement('begin immediate').run();
      this.#isBegun = true;
    }
    return this.#statement(sql);
  }

  #statement(sql: string): StatementSync {
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
        // First: it begins the transaction, which the bare text of a migration does not.
        this.run('insert into migrations (id) values (?)', id);
        this.#sqlite.exec(sql);
      });
    }
  }
}
