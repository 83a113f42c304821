import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blobPath, listBlobs, removeBlob, type StoredBlob } from './blob-directory.ts';
import { BlobTooLarge, receiveBlob, StreamClosed } from './receive-blob.ts';
import { sendSlices, sliceBytes, type Slice } from './send-slices.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cloister-blobs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const allFiles = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
async function blobsIn(listed: AsyncIterable<StoredBlob>): Promise<StoredBlob[]> {
  const blobs: StoredBlob[] = [];
  for await (const blob of listed) blobs.push(blob);
  return blobs;
}
const collector = (): { out: Writable; bytes: () => Buffer } => {
  const chunks: Buffer[] = [];
  const out = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  return { out, bytes: () => Buffer.concat(chunks) };
};

it('keeps a blob in one of 256 folders and refuses ids that are paths', () => {
  expect(blobPath('/data', 'blob-0001')).toMatch(/^\/data\/[0-9a-f]{2}\/blob-0001$/);
  for (const bad of ['../etc', '', 'a/b', '..', 'x'.repeat(65)]) expect(() => blobPath('/data', bad)).toThrow('is a blob id');
});

it('receives what was sent, showing every chunk once and in order, and lists it', async () => {
  const sent = randomBytes(5_000_001);
  const seen: Uint8Array[] = [];
  const chunks = Array.from({ length: Math.ceil(sent.length / 65_536) }, (_, n) => sent.subarray(n * 65_536, (n + 1) * 65_536));
  const path = blobPath(directory, 'blob-0001');
  const size = await receiveBlob(Readable.from(chunks, { objectMode: false }), path, { maxBytes: sent.length, see: (chunk) => seen.push(chunk) });
  expect(size).toBe(sent.length);
  expect(readFileSync(path).equals(sent)).toBe(true);
  expect(Buffer.concat(seen).equals(sent)).toBe(true);
  expect(await blobsIn(listBlobs(directory))).toMatchObject([{ blobId: 'blob-0001', size: sent.length }]);
  await removeBlob(directory, 'blob-0001');
  await removeBlob(directory, 'blob-0001');
  expect(await blobsIn(listBlobs(directory))).toEqual([]);
});

it('lists nothing where there is nothing', async () => {
  expect(await blobsIn(listBlobs(join(directory, 'none')))).toEqual([]);
});

it('receives an empty blob', async () => {
  const path = blobPath(directory, 'empty');
  expect(await receiveBlob(Readable.from([]), path, { maxBytes: 0 })).toBe(0);
  expect(readFileSync(path).length).toBe(0);
});

it('leaves nothing after too many bytes, a refusal, a failing source, a source that closes early', async () => {
  const path = blobPath(directory, 'blob-0002');
  const bytes = (): Readable => Readable.from([Buffer.alloc(3 << 20), Buffer.alloc(3 << 20)], { objectMode: false });
  await expect(receiveBlob(bytes(), path, { maxBytes: 4 << 20 })).rejects.toThrow(BlobTooLarge);
  const refuse = (): void => {
    throw new Error('no');
  };
  await expect(receiveBlob(bytes(), path, { maxBytes: 8 << 20, see: refuse })).rejects.toThrow('no');
  await expect(receiveBlob(bytes(), path, { maxBytes: 8 << 20, verify: refuse })).rejects.toThrow('no');
  const failing = new PassThrough();
  failing.write(Buffer.alloc(2 << 20));
  setTimeout(() => failing.destroy(new Error('broken')), 20);
  await expect(receiveBlob(failing, path, { maxBytes: 8 << 20 })).rejects.toThrow('broken');
  const closing = new PassThrough();
  setTimeout(() => closing.destroy(), 20);
  await expect(receiveBlob(closing, path, { maxBytes: 8 << 20 })).rejects.toThrow(StreamClosed);
  const gone = new PassThrough();
  gone.destroy(new Error('gone before'));
  await expect(receiveBlob(gone, path, { maxBytes: 8 << 20 })).rejects.toThrow('gone before');
  expect(allFiles()).toEqual([]);
});

it('stores what decoding leaves, however small the pieces', async () => {
  const path = blobPath(directory, 'blob-0005');
  const sent = randomBytes(200_000);
  const everySecond = (chunk: Uint8Array): Uint8Array[] => Array.from({ length: chunk.length >> 1 }, (_, n) => chunk.subarray(2 * n, 2 * n + 1));
  const size = await receiveBlob(Readable.from([sent], { objectMode: false }), path, { maxBytes: 100_000, decode: everySecond });
  expect(size).toBe(100_000);
  expect(readFileSync(path).every((byte, n) => byte === sent[2 * n])).toBe(true);
});

it('never overwrites a blob', async () => {
  const path = blobPath(directory, 'blob-0003');
  await receiveBlob(Readable.from([Buffer.from('first')]), path, { maxBytes: 10 });
  await expect(receiveBlob(Readable.from([Buffer.from('second')]), path, { maxBytes: 10 })).rejects.toThrow('EEXIST');
  expect(readFileSync(path, 'utf8')).toBe('first');
});

it('holds a bounded number of bytes when the disk is slower than the source', async () => {
  let produced = 0;
  const source = new Readable({
    read() {
      produced += 1 << 20;
      this.push(produced > 256 << 20 ? null : Buffer.alloc(1 << 20));
    },
  });
  let paused = 0;
  source.on('pause', () => (paused += 1));
  await receiveBlob(source, blobPath(directory, 'blob-0004'), { maxBytes: 1 << 30 });
  expect(paused).toBeGreaterThan(0);
});

it('sends any ranges of any files in order', async () => {
  const contents = [randomBytes(3_500_000), randomBytes(10), Buffer.alloc(0)];
  const paths = contents.map((content, n) => {
    const path = join(directory, `file-${n}`);
    writeFileSync(path, content);
    return path;
  });
  const slice = fc.nat(2).chain((n) => {
    const length = contents[n]?.length ?? 0;
    return fc
      .tuple(fc.nat(length), fc.nat(length))
      .map(([a, b]): Slice => ({ path: paths[n] ?? '', start: Math.min(a, b), end: Math.max(a, b) - 1 }));
  });
  await fc.assert(
    fc.asyncProperty(fc.array(slice, { maxLength: 4 }), async (slices) => {
      const { out, bytes } = collector();
      await sendSlices(slices, out);
      const expected = Buffer.concat(
        slices.map(({ path, start, end }) => contents[paths.indexOf(path)]?.subarray(start, end + 1) ?? Buffer.alloc(0)),
      );
      expect(bytes().equals(expected)).toBe(true);
      expect(sliceBytes(slices)).toBe(expected.length);
    }),
    { numRuns: 40 },
  );
});

it('stops sending when the reader goes away, and when a file is too short', async () => {
  const path = join(directory, 'file');
  writeFileSync(path, Buffer.alloc(20 << 20));
  const out = new Writable({ highWaterMark: 1, write: () => setTimeout(() => out.destroy(), 10) });
  await expect(sendSlices([{ path, start: 0, end: (20 << 20) - 1 }], out)).rejects.toThrow(StreamClosed);
  const { out: other } = collector();
  await expect(sendSlices([{ path, start: 0, end: 20 << 20 }], other)).rejects.toThrow('is shorter than');
  expect(existsSync(path)).toBe(true);
});
