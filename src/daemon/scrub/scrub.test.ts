import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { s3 } from '../../services/s3/registry.ts';
import { blobPath } from '../../store/blobs/blob-directory.ts';
import type { BlobRange } from '../../store/object-store.ts';
import { fileState, lacksOf } from './compare.ts';
import { scrub, scrubAnswer, type ScrubReport } from './scrub.ts';

const Bucket = 'data-bucket';
const hourMs = 3_600_000;
let world: OperationWorld;
let blobDirectory: string;

beforeEach(() => {
  blobDirectory = mkdtempSync(join(tmpdir(), 'cloister-scrub-'));
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});
afterEach(() => rmSync(blobDirectory, { recursive: true }));

function write(path: string, text: string, agoMs: number): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const at = new Date(world.clock.now().getTime() - agoMs);
  utimesSync(path, at, at);
  return path;
}

/** A body that was received: its file, and what the operation is told of it. */
function received(text: string) {
  const body = world.receive(text);
  return { body, path: write(blobPath(blobDirectory, body.blobId), text, hourMs) };
}

function put(Key: string, text: string): string {
  const { body, path } = received(text);
  world.run(s3.PutObject, { Bucket, Key }, body);
  return path;
}

const sources = () => ({ store: world.store, blobDirectory, clock: world.clock });
const scrubbed = async (): Promise<ScrubReport> => await scrub(sources(), new AbortController().signal);

describe('the comparison', () => {
  const now = new Date('2026-11-21T10:00:00.000Z');
  const old = { isInPlace: true, modifiedAt: new Date(now.getTime() - 1) };
  const range = (blobId: string, start: number, size: number): BlobRange => ({ blobId, start, size });

  it.each([
    ['referenced', old, 'named'],
    ['waiting', old, 'dropped'],
    ['orphan', old, undefined],
    ['waiting', { ...old, modifiedAt: now }, undefined],
    ['orphan', { isInPlace: false, modifiedAt: now }, 'named'],
  ] as const)('%s: a file %o that is %s', (state, file, kept) => {
    expect(fileState(file, kept, now)).toBe(state);
  });

  it('needs each file as far as the last byte that a row reads of it', () => {
    const use = { bucketName: 'b', key: 'k', versionId: 'null', ranges: [range('x', 5, 5), range('y', 0, 3), range('x', 0, 2), range('z', 0, 0)] };
    const lacks = (x: number, y?: number, z?: number) => lacksOf(use, new Map(Object.entries({ x, y, z })));
    const row = { bucketName: 'b', key: 'k', versionId: 'null' };
    expect(lacks(10, 3, 0)).toEqual([]);
    expect(lacks(11, 4, 1)).toEqual([]);
    expect(lacks(9, undefined, 0)).toEqual([
      { ...row, blobId: 'x', neededBytes: 10, bytes: 9 },
      { ...row, blobId: 'y', neededBytes: 3, bytes: undefined },
    ]);
    expect(lacks(10, 3, undefined)).toEqual([{ ...row, blobId: 'z', neededBytes: 0, bytes: undefined }]);
  });
});

it('finds nothing wrong where nothing is', async () => {
  for (let index = 0; index < 40; index += 1) put(`key-${index}`, 'four');
  expect(await scrubbed()).toEqual({
    whole: true,
    referenced: { blobs: 40, bytes: 160 },
    waiting: { blobs: 0, bytes: 0 },
    orphans: { blobs: 0, bytes: 0, first: [] },
    missing: { count: 0, first: [] },
    short: { count: 0, first: [] },
  });
});

it('tells files that wait from files of nobody', async () => {
  put('kept', 'kept');
  put('replaced', 'older');
  put('replaced', 'newer');
  write(blobPath(blobDirectory, 'under-way'), 'being uploaded', 60_000);
  write(blobPath(blobDirectory, 'by-hand'), 'by hand', hourMs);
  write(join(blobDirectory, '00', 'not.a.blob'), 'x', 0);
  const report = await scrubbed();
  expect(report).toMatchObject({
    whole: true,
    referenced: { blobs: 2, bytes: 9 },
    waiting: { blobs: 2, bytes: 19 },
    orphans: { blobs: 2, bytes: 8 },
  });
  const paths = report.orphans.first.map(({ path }) => path);
  expect(paths.sort()).toEqual([blobPath('', 'by-hand'), join('00', 'not.a.blob')].sort());
});

it('reports a removed file with bucket, key and version, and a truncated one with its sizes', async () => {
  rmSync(put('gone', 'four'));
  const path = put('cut', 'four');
  world.run(s3.CopyObject, { Bucket, Key: 'copy', CopySource: `${Bucket}/cut` });
  truncateSync(path, 3);
  const { UploadId = '' } = world.run(s3.CreateMultipartUpload, { Bucket, Key: 'parts' });
  const part = received('part');
  world.run(s3.UploadPart, { Bucket, Key: 'parts', UploadId, PartNumber: 7 }, part.body);
  rmSync(part.path);
  const report = await scrubbed();
  expect(report.whole).toBe(false);
  expect(report.missing).toMatchObject({
    count: 2,
    first: [
      { bucketName: Bucket, key: 'gone', versionId: 'null', neededBytes: 4, bytes: undefined },
      { bucketName: Bucket, key: 'parts', uploadId: UploadId, partNumber: 7, blobId: part.body.blobId },
    ],
  });
  expect(report.short).toMatchObject({ count: 2, first: [{ key: 'cut', neededBytes: 4, bytes: 3 }, { key: 'copy' }] });
});

it('lists a bounded number of what it counts', async () => {
  for (let index = 0; index < 101; index += 1) rmSync(put(`key-${index}`, 'x'));
  const { missing } = await scrubbed();
  expect([missing.count, missing.first.length]).toEqual([101, 100]);
});

it('finds what is missing when the counts of references are wrong, too', async () => {
  rmSync(put('gone', 'four'));
  const [row] = [...world.store.s3.blobUses.pages()].flat();
  world.store.s3.blobs.giveBack(row === undefined ? [] : [row], world.clock.now());
  expect((await scrubbed()).missing).toMatchObject({ count: 1, first: [{ key: 'gone' }] });
});

it('reports nothing of rows that go while it compares', async () => {
  const path = put('gone', 'four');
  rmSync(path);
  const comparing = scrubbed();
  // Files come first, rows after them: the delete comes in between or before.
  world.run(s3.DeleteObject, { Bucket, Key: 'gone' });
  expect(await comparing).toMatchObject({ whole: true, missing: { count: 0 } });
});

it('stops when it is told to, and answers when it is not', async () => {
  put('kept', 'kept');
  await expect(scrub(sources(), AbortSignal.abort(new Error('too long')))).rejects.toThrow('too long');
  expect(await scrubAnswer(sources())).toMatchObject({ status: 200, whole: true });
});
