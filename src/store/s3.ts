import type { CorsRule } from '../model/cors.ts';
import type { LifecycleRule } from '../model/lifecycle/rule.ts';
import { Collection } from './collection.ts';
import type { Database } from './database.ts';
import { EmbeddedObjectStore } from './embedded-object-store.ts';
import type { ObjectStore } from './object-store.ts';
import { S3BlobReferences } from './s3-blob-references.ts';
import { S3BlobUses } from './s3-blob-uses.ts';
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
  /** Absent: nothing is blocked. */
  readonly publicAccessBlock?: PublicAccessBlock;
  /** Absent: BucketOwnerEnforced. */
  readonly ownershipControls?: 'none';
  readonly encryption?: BucketEncryption;
  readonly accelerate?: 'Suspended';
  readonly lifecycle?: BucketLifecycle;
  readonly cors?: readonly CorsRule[];
}

export interface BucketLifecycle {
  readonly rules: readonly LifecycleRule[];
  readonly minimumSize: 'all_storage_classes_128K' | 'varies_by_storage_class';
}

/** What a bucket can lose again. */
export type BucketDocument = Exclude<keyof BucketRow, 'bucketName' | 'ownerId' | 'region' | 'createdAt'>;

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** AES256 is said of every bucket. */
export interface BucketEncryption {
  readonly bucketKeyEnabled: boolean;
  readonly blockedTypes?: readonly ('NONE' | 'SSE-C')[];
}

/** Buckets, and the objects in them. */
export class S3Store {
  readonly buckets: Collection<BucketRow>;
  readonly objects: ObjectStore;
  readonly blobs: S3BlobReferences;
  readonly blobUses: S3BlobUses;

  constructor(database: Database) {
    this.buckets = new Collection<BucketRow>(database, bucketsShape);
    this.blobs = new S3BlobReferences(database);
    this.blobUses = new S3BlobUses(database);
    this.objects = new EmbeddedObjectStore(database, this.blobs);
  }

  /** Removes an empty bucket and its unfinished uploads. */
  deleteBucket(bucketName: string, now: Date): void {
    this.objects.deleteUploads(bucketName, now);
    this.buckets.delete(bucketName);
  }

  /** Takes a document from a bucket. */
  unsetBucket(bucketName: string, member: BucketDocument): void {
    const { [member]: _, ...rest } = this.buckets.get(bucketName);
    this.buckets.delete(bucketName);
    this.buckets.insert(rest);
  }
}
