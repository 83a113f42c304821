import type { Database, Migration } from './database.ts';

export const identifierMigrations: readonly Migration[] = [
  {
    id: 'identifiers-0001',
    sql: `create table spent_ids (id text primary key) strict, without rowid;
          create table sequences (name text primary key, last integer not null) strict, without rowid;
          create table applied (vpc_id text primary key, generation integer not null) strict, without rowid;
          create table settings (name text primary key, value text not null) strict, without rowid;`,
  },
];

/** Those that outlive a reset: an id is never given twice in the life of a data directory. */
export const lastingTables = ['spent_ids', 'sequences', 'settings'] as const;

/** Ids and numbers that are never given twice in the life of a data directory: policies trust them. */
export class IdentifierStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** False when the id was given before. */
  spend(id: string): boolean {
    return this.#database.run('insert or ignore into spent_ids (id) values (?)', id) === 1;
  }

  /** 1, 2, 3, … per name. */
  next(name: string): number {
    const sql = 'insert into sequences (name, last) values (?, 1) on conflict (name) do update set last = last + 1 returning last';
    const row = this.#database.get<{ last: number }>(sql, name);
    return Number(row?.last);
  }

  setting(name: string): string | undefined {
    return this.#database.get<{ value: string }>('select value from settings where name = ?', name)?.value;
  }

  setSetting(name: string, value: string): void {
    this.#database.run('insert into settings (name, value) values (?, ?) on conflict (name) do update set value = excluded.value', name, value);
  }

  /** The generation of the VPC that the kernel holds, as its reconciler last wrote. */
  appliedGeneration(vpcId: string): number {
    return this.#database.get<{ generation: number }>('select generation from applied where vpc_id = ?', vpcId)?.generation ?? 0;
  }

  setAppliedGeneration(vpcId: string, generation: number): void {
    const sql =
      'insert into applied (vpc_id, generation) values (?, ?) on conflict (vpc_id) do update set generation = max(generation, excluded.generation)';
    this.#database.run(sql, vpcId, generation);
  }
}
