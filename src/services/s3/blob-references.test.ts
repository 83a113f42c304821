import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import type { ObjectRow } from '../../store/object-store.ts';
import { s3 } from './registry.ts';

const Bucket = 'data-bucket';
const key = fc.constantFrom('a', 'b', 'c');

type Step =
  | { readonly kind: 'put' | 'delete'; readonly to: string }
  | { readonly kind: 'copy' | 'copy-part'; readonly from: string; readonly to: string }
  | { readonly kind: 'versions'; readonly Status: 'Enabled' | 'Suspended' }
  | { readonly kind: 'forget'; readonly to: string; readonly nth: number }
  | { readonly kind: 'begin' | 'part' | 'complete' | 'abort'; readonly to: string };

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('put' as const, 'delete' as const, 'begin' as const, 'part' as const, 'complete' as const), to: key }),
    fc.record({ kind: fc.constantFrom('copy' as const, 'copy-part' as const), from: key, to: key }),
    fc.record({ kind: fc.constant('abort' as const), to: key }),
    fc.record({ kind: fc.constant('versions' as const), Status: fc.constantFrom('Enabled' as const, 'Suspended' as const) }),
    fc.record({ kind: fc.constant('forget' as const), to: key, nth: fc.nat(3) }),
  ),
  { maxLength: 40 },
);

/** A bucket, and beside it what every key should read as: the simplest S3 there is. */
class Modelled {
  readonly world = new OperationWorld('us-east-1');
  readonly objects = new Map<string, string>();
  /** By entity tag. */
  readonly texts = new Map<string, string>();
  readonly uploads = new Map<string, { readonly id: string; part?: { readonly text: string; readonly etag: string | undefined } }>();
  #bodies = 0;

  constructor() {
    this.world.run(s3.CreateBucket, { Bucket });
  }

  step(step: Step): void {
    if (step.kind === 'versions') {
      this.world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: step.Status } });
      return;
    }
    if (step.kind === 'forget') {
      this.#forget(step.to, step.nth);
      return;
    }
    const { to: Key } = step;
    const upload = this.uploads.get(Key);
    if (step.kind === 'put') this.#put(Key);
    if (step.kind === 'delete') {
      this.world.run(s3.DeleteObject, { Bucket, Key });
      this.objects.delete(Key);
    }
    if (step.kind === 'copy') this.#copy(step.from, Key);
    if (step.kind === 'begin' && upload === undefined) {
      this.uploads.set(Key, { id: this.world.run(s3.CreateMultipartUpload, { Bucket, Key }).UploadId ?? '' });
    }
    if (upload === undefined) return;
    const to = { Bucket, Key, UploadId: upload.id };
    if (step.kind === 'part') {
      const text = this.#text();
      upload.part = { text, etag: this.world.run(s3.UploadPart, { ...to, PartNumber: 1 }, this.world.receive(text)).ETag };
    }
    if (step.kind === 'copy-part' && this.objects.has(step.from)) {
      const CopySource = `${Bucket}/${step.from}`;
      const { CopyPartResult } = this.world.run(s3.UploadPartCopy, { ...to, PartNumber: 1, CopySource, CopySourceRange: 'bytes=1-2' });
      upload.part = { text: this.objects.get(step.from)?.slice(1, 3) ?? '', etag: CopyPartResult?.ETag };
    }
    if (step.kind === 'abort') this.world.run(s3.AbortMultipartUpload, to);
    if (step.kind === 'complete' && upload.part !== undefined) {
      const { ETag = '' } = this.world.run(s3.CompleteMultipartUpload, {
        ...to,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: upload.part.etag }] },
      });
      this.texts.set(ETag.replaceAll('"', ''), upload.part.text);
      this.objects.set(Key, upload.part.text);
    }
    if (step.kind === 'abort' || (step.kind === 'complete' && upload.part !== undefined)) this.uploads.delete(Key);
  }

  /** Every version that is stored. */
  versions(): ObjectRow[] {
    const { objects } = this.world.store.s3;
    return objects.listVersions(Bucket, { prefix: '', limit: 1_000 }).rows.flatMap(({ key: Key, versionId }) => {
      const version = objects.findVersion(Bucket, Key, versionId);
      return version?.isDeleteMarker === false ? [version] : [];
    });
  }

  /** Blobs that some row names. */
  named(): string[] {
    const { s3: store } = this.world.store;
    const objects = this.versions().flatMap((version) => store.objects.listObjectParts(version));
    const parts = [...this.uploads.values()].flatMap(({ id }) => store.objects.listParts(id));
    return [...new Set([...objects, ...parts].flatMap(({ ranges }) => ranges.map(({ blobId }) => blobId)))].sort();
  }

  #text(): string {
    this.#bodies += 1;
    return `body ${this.#bodies}`;
  }

  /** Deletes one version, or delete marker, for good, and looks up what is current then. */
  #forget(Key: string, nth: number): void {
    const listing = this.world.run(s3.ListObjectVersions, { Bucket, Prefix: Key });
    const VersionId = [...(listing.Versions ?? []), ...(listing.DeleteMarkers ?? [])][nth]?.VersionId;
    if (VersionId === undefined) return;
    this.world.run(s3.DeleteObject, { Bucket, Key, VersionId });
    const current = this.world.store.s3.objects.findObject(Bucket, Key);
    if (current === undefined) this.objects.delete(Key);
    else this.objects.set(Key, this.texts.get(current.etag) ?? '');
  }

  #put(Key: string): void {
    const text = this.#text();
    const { ETag = '' } = this.world.run(s3.PutObject, { Bucket, Key }, this.world.receive(text));
    this.texts.set(ETag.replaceAll('"', ''), text);
    this.objects.set(Key, text);
  }

  #copy(from: string, Key: string): void {
    const text = this.objects.get(from);
    if (text === undefined) return;
    // Onto itself too: it is then described anew.
    this.world.run(s3.CopyObject, { Bucket, Key, CopySource: `${Bucket}/${from}`, MetadataDirective: 'REPLACE' });
    this.objects.set(Key, text);
  }
}

it('every key reads as it should, and the blobs kept are those that rows name, whatever was done', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const modelled = new Modelled();
      for (const step of given) modelled.step(step);
      const { world } = modelled;
      for (const [Key, text] of modelled.objects) expect(world.read(world.run(s3.GetObject, { Bucket, Key }).Body).toString()).toBe(text);
      expect(world.run(s3.ListObjectsV2, { Bucket }).Contents?.map(({ Key }) => Key)).toEqual([...modelled.objects.keys()].sort());

      world.clock.advance(1);
      const { blobs } = world.store.s3;
      blobs.forget(blobs.listDropped(world.clock.now(), 1_000));
      expect([...blobs.blobIds()].sort()).toEqual(modelled.named());
    }),
    { numRuns: 200 },
  );
});
