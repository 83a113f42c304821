import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putObject } from '../../test/fixtures/object.ts';
import { Database } from './database.ts';
import { groupOf, textAfterPrefix, type KeyQuery } from './s3-listing.ts';
import { s3Migrations } from './s3-migrations.ts';
import { S3Store } from './s3.ts';

const now = new Date('2026-11-21T10:00:00.000Z');
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const put = (store: S3Store, key: string): void => putObject(store.objects, 'b', key, now);

/** The whole of a listing, without pages: filter, group, sort. */
function naive(keys: readonly string[], query: Omit<KeyQuery, 'limit'>): string[] {
  const found = new Set<string>();
  for (const key of keys) {
    const name = groupOf(key, query) ?? key;
    if (key.startsWith(query.prefix) && (query.after === undefined || byBytes(name, query.after.key) > 0)) found.add(name);
  }
  return [...found].sort(byBytes);
}

/** Page after page until the listing says there is no more. */
function paged(store: S3Store, query: KeyQuery): string[] {
  const names: string[] = [];
  for (let after = query.after, pages = 0; pages < 1_000; pages += 1) {
    const page = store.objects.listObjects('b', after === undefined ? query : { ...query, after });
    const found = [...page.rows.map(({ key }) => key), ...page.groups].sort(byBytes);
    expect(found.length).toBeLessThanOrEqual(query.limit);
    names.push(...found);
    if (page.next === undefined) return names;
    expect(found).toHaveLength(query.limit);
    expect(page.next.key).toBe(found.at(-1));
    after = page.next;
  }
  throw new Error('the listing does not end');
}

const character = fc.constantFrom('a', 'b', '/', '-', '\0', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}');
const word = (maxLength: number) => fc.string({ unit: character, maxLength });

describe('a listing', () => {
  it('is the same as filtering, grouping and sorting all keys, in pages of any size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: character, minLength: 1, maxLength: 6 }), { maxLength: 40 }),
        word(2),
        fc.constantFrom(undefined, '/', '-', 'a/', '\u{10ffff}'),
        fc.option(fc.string({ unit: character, minLength: 1, maxLength: 4 }), { nil: undefined }),
        fc.integer({ min: 1, max: 7 }),
        (keys, prefix, delimiter, start, limit) => {
          const store = new S3Store(new Database(':memory:', s3Migrations));
          for (const key of keys) put(store, key);
          const query = { prefix, ...(delimiter === undefined ? {} : { delimiter }), ...(start === undefined ? {} : { after: { key: start } }) };
          expect(paged(store, { ...query, limit })).toEqual(naive(keys, query));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of nothing is empty and complete', () => {
    const store = new S3Store(new Database(':memory:', s3Migrations));
    put(store, 'a');
    expect(store.objects.listObjects('b', { prefix: '', limit: 0 })).toEqual({ rows: [], groups: [] });
    expect(store.objects.listObjects('other', { prefix: '', limit: 9 })).toEqual({ rows: [], groups: [] });
  });

  it('steps over groups without reading what is in them', () => {
    const database = new Database(':memory:', s3Migrations);
    const store = new S3Store(database);
    database.transact(() => {
      for (const group of ['a', 'b', 'c']) for (let index = 0; index < 3_000; index += 1) put(store, `${group}/${index}`);
    });
    let rowsRead = 0;
    const all = database.all.bind(database);
    database.all = <Row>(sql: string, ...values: Parameters<Database['run']> extends [string, ...infer Rest] ? Rest : never) => {
      const rows = all<Row>(sql, ...values);
      rowsRead += rows.length;
      return rows;
    };
    expect(store.objects.listObjects('b', { prefix: '', delimiter: '/', limit: 1_000 }).groups).toEqual(['a/', 'b/', 'c/']);
    expect(rowsRead).toBeLessThan(20);
  });
});

it('the text after a prefix is the least that sorts after all that begin with it', () => {
  fc.assert(
    fc.property(word(4), word(3), (prefix, rest) => {
      const bound = textAfterPrefix(prefix);
      expect(bound === undefined || byBytes(prefix + rest, bound) < 0).toBe(true);
    }),
  );
  expect(textAfterPrefix('a\u{10ffff}')).toBe('b');
  expect(textAfterPrefix('\ud7ff')).toBe('\ue000');
  expect(textAfterPrefix('\u{10ffff}')).toBeUndefined();
  expect(textAfterPrefix('')).toBeUndefined();
});
