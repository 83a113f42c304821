import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Database } from './database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-database-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (sql: string): Database => new Database(join(folder, 'rows.sqlite'), [{ id: 'rows-0001', sql }]);
const table = 'create table numbers (value integer) strict;';

it('takes a migration that fails back whole', () => {
  expect(() => open(`${table} create table numbers (value integer) strict;`)).toThrow('already exists');
  open(table).close();
});

it('writes everything of a transaction or nothing, also after one that touched no table', () => {
  const database = open(table);
  const values = (): unknown[] => database.all<{ value: number }>('select value from numbers').map(({ value }) => value);
  expect(database.transact(() => 'nothing read')).toBe('nothing read');
  database.transact(() => database.run('insert into numbers (value) values (?)', 1));
  const failing = (): void => {
    database.run('insert into numbers (value) values (?)', 2);
    throw new Error('no');
  };
  expect(() => database.transact(failing)).toThrow('no');
  expect(() =>
    database.transact(() => {
      throw new Error('before any statement');
    }),
  ).toThrow('before any statement');
  expect(values()).toEqual([1]);
  database.close();
  const again = open(table);
  expect(again.all<{ value: number }>('select value from numbers')).toEqual([{ value: 1 }]);
  again.close();
});
