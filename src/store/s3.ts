import { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { EmbeddedObjectStore } from './embedded-object-store.ts';
import type { ObjectStore } from './object-store.ts';
import { S3BlobReferences } from './s3-blob-references.ts';
import { bucketsShape } from './s3-migrations.ts';

export interface BucketRow {
  readonly bucketName: string;
  readonly ownerId: string;
  readonly region: string;
  readonly createdAt: string;
  /** The bucket policy, as it was put. */
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Absent until it was turned on for the first time. */
  readonly versioning?: 'Enabled' | 'Suspended';
}

/** Buckets, and the objects in them. */
export class S3Store {
  readonly buckets: Collection<BucketRow>;
  readonly objects: ObjectStore;
  readonly blobs: S3BlobReferences;

  constructor(database: Database) {
    this.buckets = new Collection<BucketRow>(database, bucketsShape);
    this.blobs = new S3BlobReferences(database);
    this.objects = new EmbeddedObjectStore(database, this.blobs);
  }

  /** Removes an empty bucket and its unfinished uploads. */
  deleteBucket(bucketName: string, now: Date): void {
    this.objects.deleteUploads(bucketName, now);
    this.buckets.delete(bucketName);
  }

  deleteBucketPolicy(bucketName: string): void {
    const { policy: _, ...rest } = this.buckets.get(bucketName);
    this.buckets.delete(bucketName);
    this.buckets.insert(rest);
  }
}
