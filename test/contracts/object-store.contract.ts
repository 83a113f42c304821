import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewObject, ObjectRow, ObjectStore, PartRow, UploadRow, VersionRow } from '../../src/store/object-store.ts';
import type { ListingPosition } from '../../src/store/s3-listing.ts';

/** What is tested, fresh for each test. */
export interface Stored {
  readonly objects: ObjectStore;
  /** The blobs that must be kept: all that some object or part names. */
  readonly keptBlobs: () => readonly string[];
}

const bucketName = 'bucket';
const start = Date.UTC(2026, 10, 21);
const at = (n: number): Date => new Date(start + n);
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function objectOf(key: string, n: number): NewObject {
  const described = { storageClass: 'STANDARD', headers: { ContentType: 'text/plain' }, metadata: { n: `${n}` }, tags: {} };
  const body = { size: 3, etag: `etag-${n}`, lastModified: at(n).toISOString(), checksums: { crc32: `crc-${n}` } };
  return { bucketName, key, ...described, ...body, checksumType: 'FULL_OBJECT', partCount: 0 };
}

function partOf(partNumber: number, blobId: string): PartRow {
  return { partNumber, etag: `etag-${blobId}`, size: 3, lastModified: at(0).toISOString(), checksums: {}, ranges: [{ blobId, start: 0, size: 3 }] };
}

function uploadOf(uploadId: string, key: string): UploadRow {
  const described = { storageClass: 'STANDARD', headers: {}, metadata: {}, tags: {} };
  return { ...described, uploadId, bucketName, key, initiatedAt: at(0).toISOString(), initiatorArn: 'arn' };
}

type Step =
  | { readonly kind: 'put' | 'mark'; readonly key: string; readonly keepsVersions: boolean }
  | { readonly kind: 'delete' | 'tag'; readonly key: string; readonly nth: number };

const key = fc.constantFrom('a', 'a/1', 'a/2', 'a//', 'b', '\u00e9', 'e\u0301', '\u0001');
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('put' as const, 'put' as const, 'mark' as const), key, keepsVersions: fc.boolean() }),
    fc.record({ kind: fc.constantFrom('delete' as const, 'tag' as const), key, nth: fc.nat(3) }),
  ),
  { maxLength: 30 },
);

interface Version {
  row: VersionRow;
  /** None for a delete marker. */
  readonly blobId: string | undefined;
  readonly keepsVersions: boolean;
}

/** Versions in a list per key, the newest first: what every store must look like from outside. */
class Expected {
  readonly versions = new Map<string, Version[]>();
  readonly #stored: Stored;
  #count = 0;

  constructor(stored: Stored) {
    this.#stored = stored;
  }

  of(name: string): Version[] {
    return this.versions.get(name) ?? [];
  }

  step(step: Step): void {
    this.#count += 1;
    if ('nth' in step) this.#change(step, this.#count);
    else this.#write(step, this.#count);
  }

  #write({ kind, key: name, keepsVersions }: Step & { readonly keepsVersions: boolean }, n: number): void {
    const { objects } = this.#stored;
    const writing = { keepsVersions, secret: `secret ${n}`, now: at(n) };
    const blobId = kind === 'put' ? `blob-${n}` : undefined;
    const row =
      blobId === undefined ? objects.putDeleteMarker(bucketName, name, writing) : objects.putObject(objectOf(name, n), [partOf(1, blobId)], writing);
    const kept = this.of(name).filter((version) => keepsVersions || version.row.versionId !== 'null');
    this.versions.set(name, [{ row, blobId, keepsVersions }, ...kept]);
  }

  #change({ kind, key: name, nth }: Step & { readonly nth: number }, n: number): void {
    const { objects } = this.#stored;
    const version = this.of(name)[nth];
    if (version === undefined) return;
    if (kind === 'delete') {
      objects.deleteVersion(version.row, at(n));
      const others = this.of(name).filter((other) => other !== version);
      this.versions.set(name, others);
    } else if (!version.row.isDeleteMarker) {
      version.row = { ...version.row, tags: { n: `${n}` } };
      objects.setTags(version.row, { n: `${n}` });
    }
  }

  get keys(): string[] {
    return [...this.versions.keys()].filter((name) => this.of(name).length > 0).sort(byBytes);
  }

  current(name: string): ObjectRow | undefined {
    const newest = this.of(name)[0]?.row;
    return newest?.isDeleteMarker === false ? newest : undefined;
  }
}

/** Page after page, as a client asks. */
function paged<Row>(
  limit: number,
  page: (after: ListingPosition | undefined) => { readonly rows: readonly Row[]; readonly next?: ListingPosition },
): Row[] {
  const rows: Row[] = [];
  for (let after: ListingPosition | undefined, pages = 0; pages < 1_000; pages += 1) {
    const { rows: found, next } = page(after);
    expect(found.length).toBeLessThanOrEqual(limit);
    rows.push(...found);
    if (next === undefined) return rows;
    after = next;
  }
  throw new Error('the listing does not end');
}

/** What another object store must do, too. `make` gives an empty one. */
export function describeObjectStore(name: string, make: () => Stored): void {
  describe(`the object store ${name}`, () => {
    it('holds the versions of every key, whatever was done, and the bytes of these and no others', () => {
      fc.assert(
        fc.property(steps, fc.integer({ min: 1, max: 5 }), (given, limit) => {
          const stored = make();
          const { objects } = stored;
          const expected = new Expected(stored);
          for (const step of given) expected.step(step);

          for (const each of expected.versions.keys()) {
            expect(objects.findObject(bucketName, each)).toEqual(expected.current(each));
            expect(objects.findVersion(bucketName, each)).toEqual(expected.of(each)[0]?.row);
            for (const { row, blobId, keepsVersions } of expected.of(each)) {
              expect(row.versionId === 'null').toBe(!keepsVersions);
              expect(objects.findVersion(bucketName, each, row.versionId)).toEqual(row);
              const parts = row.isDeleteMarker ? [] : objects.listObjectParts(row);
              expect(parts.flatMap(({ ranges }) => ranges.map((range) => range.blobId))).toEqual(blobId === undefined ? [] : [blobId]);
            }
          }
          const position = (after: ListingPosition | undefined) => (after === undefined ? {} : { after });
          const current = paged(limit, (after) => objects.listObjects(bucketName, { prefix: '', limit, ...position(after) }));
          expect(current.map((row) => row.key)).toEqual(expected.keys.filter((each) => expected.current(each) !== undefined));
          const all = paged(limit, (after) => objects.listVersions(bucketName, { prefix: '', limit, ...position(after) }));
          expect(all.map((row) => [row.key, row.versionId, row.isLatest, row.isDeleteMarker])).toEqual(
            expected.keys.flatMap((each) => expected.of(each).map(({ row }, n) => [each, row.versionId, n === 0, row.isDeleteMarker])),
          );
          const blobs = expected.keys.flatMap((each) => expected.of(each).flatMap(({ blobId }) => blobId ?? []));
          expect(stored.keptBlobs().toSorted()).toEqual(blobs.toSorted());
          expect(objects.isEmpty(bucketName)).toBe(expected.keys.length === 0);
        }),
        { numRuns: 100 },
      );
    });

    it('groups keys by a delimiter, and goes on behind a group', () => {
      const { objects } = make();
      for (const [n, each] of ['a', 'b/1', 'b/2', 'c/1', 'd'].entries()) {
        objects.putObject(objectOf(each, n), [partOf(1, `blob-${n}`)], { keepsVersions: false, secret: '', now: at(n) });
      }
      for (const list of [objects.listObjects.bind(objects), objects.listVersions.bind(objects)]) {
        const first = list(bucketName, { prefix: '', delimiter: '/', limit: 2 });
        expect([first.rows.map((row) => row.key), first.groups, first.next?.key]).toEqual([['a'], ['b/'], 'b/']);
        const rest = list(bucketName, { prefix: '', delimiter: '/', limit: 9, after: { key: 'b/' } });
        expect([rest.rows.map((row) => row.key), rest.groups, rest.next]).toEqual([['d'], ['c/'], undefined]);
        expect(list(bucketName, { prefix: 'b/', limit: 9 }).rows.map((row) => row.key)).toEqual(['b/1', 'b/2']);
        expect(list('another', { prefix: '', limit: 9 }).rows).toEqual([]);
      }
    });

    it('holds the parts of an upload until it is gone, and no reader sees them', () => {
      const { objects, keptBlobs } = make();
      for (const [id, each] of [
        ['2', 'a'],
        ['1', 'a'],
        ['3', 'b'],
      ] as const) {
        objects.insertUpload(uploadOf(id, each));
      }
      objects.putPart('1', partOf(7, 'seven'), at(1));
      objects.putPart('1', partOf(2, 'two'), at(1));
      objects.putPart('1', partOf(7, 'seven again'), at(2));
      expect(objects.listParts('1').map((part) => part.ranges[0]?.blobId)).toEqual(['two', 'seven again']);
      expect(objects.listParts('1', 2, 1)).toMatchObject([{ partNumber: 7 }]);
      expect(objects.listParts('1', 0, 1)).toMatchObject([{ partNumber: 2 }]);
      expect(objects.findUpload('1')).toEqual(uploadOf('1', 'a'));
      expect(objects.findUpload('none')).toBeUndefined();
      const page = objects.listUploads(bucketName, { prefix: '', limit: 1 });
      expect([page.rows.map((upload) => upload.uploadId), page.next]).toEqual([['1'], { key: 'a', id: '1' }]);
      const rest = objects.listUploads(bucketName, { prefix: '', limit: 9, after: { key: 'a', id: '1' } });
      expect(rest.rows.map((upload) => upload.uploadId)).toEqual(['2', '3']);
      expect([objects.isEmpty(bucketName), objects.findObject(bucketName, 'a'), keptBlobs().toSorted()]).toEqual([
        true,
        undefined,
        ['seven again', 'two'],
      ]);

      // An object takes a part over: its bytes outlive the upload.
      const [taken] = objects.listParts('1');
      objects.putObject(objectOf('a', 1), taken === undefined ? [] : [taken], { keepsVersions: false, secret: '', now: at(3) });
      objects.deleteUpload('1', at(4));
      expect([keptBlobs(), objects.listParts('1'), objects.findUpload('1')]).toEqual([['two'], [], undefined]);
      objects.deleteUploads(bucketName, at(5));
      expect(objects.listUploads(bucketName, { prefix: '', limit: 9 }).rows).toEqual([]);
    });

    it('shares bytes between copies, which live as long as one of them', () => {
      const { objects, keptBlobs } = make();
      const writing = { keepsVersions: false, secret: '', now: at(1) };
      const source = objects.putObject(objectOf('from', 1), [partOf(1, 'shared')], writing);
      const copy = objects.putObject(objectOf('to', 2), objects.listObjectParts(source), writing);
      objects.putObject(objectOf('from', 3), objects.listObjectParts(source), writing);
      expect(keptBlobs()).toEqual(['shared']);
      objects.deleteVersion(copy, at(2));
      expect(keptBlobs()).toEqual(['shared']);
      objects.deleteVersion(source, at(3));
      expect(keptBlobs()).toEqual([]);
    });
  });
}
