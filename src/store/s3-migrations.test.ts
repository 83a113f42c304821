import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Database } from './database.ts';
import { s3Migrations } from './s3-migrations.ts';
import { S3Store } from './s3.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cloister-migrations-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('objects from before there were versions are the version null, older than what comes', () => {
  const path = join(directory, 'store.db');
  const before = new Database(path, s3Migrations.slice(0, 1));
  before.run(
    `insert into s3_objects values ('b', 'k', 'null', 3, 'etag', '2026-11-01T00:00:00.000Z', 'STANDARD', '{}', 'FULL_OBJECT', 0, '{}', '{"a":"1"}', '{"t":"x"}', '[]')`,
  );
  before.close();

  const database = new Database(path, s3Migrations);
  const { objects } = new S3Store(database);
  const found = objects.findObject('b', 'k');
  expect(found).toMatchObject({ versionId: 'null', isDeleteMarker: false, size: 3, metadata: { a: '1' }, tags: { t: 'x' } });
  expect(objects.listObjects('b', { prefix: '', limit: 9 }).rows).toMatchObject([{ key: 'k', size: 3 }]);
  objects.putDeleteMarker('b', 'k', { keepsVersions: true, secret: 's', now: new Date('2026-11-02T00:00:00.000Z') });
  expect(objects.listVersions('b', { prefix: '', limit: 9 }).rows).toMatchObject([{ isDeleteMarker: true, isLatest: true }, { versionId: 'null' }]);
  database.close();
});

it('listing current objects reads them by their own index, however many versions there are', () => {
  const database = new Database(':memory:', s3Migrations);
  const plan = database.all<{ detail: string }>(
    'explain query plan select key, size from s3_versions where bucket_name = ? and is_latest = 1 and is_delete_marker = 0 and (key, place) > (?, ?) order by key, place limit ?',
    'b',
    '',
    '',
    9,
  );
  expect(plan.map(({ detail }) => detail)).toEqual(['SEARCH s3_versions USING INDEX s3_versions_current (bucket_name=? AND (key,place)>(?,?))']);
  database.close();
});
