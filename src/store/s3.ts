import type { Database, Migration } from './database.ts';
import { Collection, collectionSql, type CollectionShape } from './collection.ts';
import { S3BlobReferences, s3BlobReferencesSql } from './s3-blob-references.ts';
import { listKeys, type KeyListing, type KeyQuery, type ListingPosition } from './s3-listing.ts';

export interface BucketRow {
  readonly bucketName: string;
  readonly ownerId: string;
  readonly region: string;
  readonly createdAt: string;
  /** The bucket policy, as it was put. */
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Absent: nothing is blocked. */
  readonly publicAccessBlock?: PublicAccessBlock;
  /** Absent: BucketOwnerEnforced. */
  readonly ownershipControls?: 'none';
  readonly encryption?: BucketEncryption;
  readonly accelerate?: 'Suspended';
}

/** What a bucket can lose again. */
export type BucketDocument = Exclude<keyof BucketRow, 'bucketName' | 'ownerId' | 'region' | 'createdAt'>;

/** AES256 is said of every bucket. */
export interface BucketEncryption {
  readonly bucketKeyEnabled: boolean;
  readonly blockedTypes?: readonly ('NONE' | 'SSE-C')[];
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** Bytes `start` … `start + size - 1` of a stored blob. Several rows may share a blob (copies). */
export interface BlobRange {
  readonly blobId: string;
  readonly start: number;
  readonly size: number;
}

/** What a client sent in one body: a whole object, or a part of one. An object's bytes are its parts' ranges in order. */
export interface PartRow {
  readonly partNumber: number;
  /** Without the quotes of the header. */
  readonly etag: string;
  readonly size: number;
  readonly lastModified: string;
  /** Base64, by algorithm: `crc32`, `sha256`, … */
  readonly checksums: Readonly<Record<string, string>>;
  readonly ranges: readonly BlobRange[];
}

/** What was said about an object when it was made, and comes back with it. */
export interface ObjectDescription {
  readonly storageClass: string;
  /** System headers by their member names in the API: `ContentType`, `CacheControl`, … */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** An object without the list of its parts, which can be long: see `S3Store.listObjectParts`. */
export interface ObjectRow extends ObjectDescription {
  readonly bucketName: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType: ChecksumType;
  /** 0 for an object that came in one body. */
  readonly partCount: number;
}

/** An object as a listing shows it. */
export type ListedObjectRow = Pick<ObjectRow, 'key' | 'size' | 'etag' | 'lastModified' | 'storageClass' | 'checksums' | 'checksumType'>;

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface UploadRow extends ObjectDescription {
  readonly uploadId: string;
  readonly bucketName: string;
  readonly key: string;
  readonly initiatedAt: string;
  readonly initiatorArn: string;
  /** As the API writes it (`CRC32`), when the client chose one. */
  readonly checksumAlgorithm?: string;
  readonly checksumType?: ChecksumType;
}

const buckets = { name: 's3_buckets', key: 'bucketName', indexes: ['ownerId'] } satisfies CollectionShape<BucketRow>;

// `version_id` has one value until versioning exists. `parts` is last: SQLite then reads a row's other columns without its overflow pages.
export const s3Migrations: readonly Migration[] = [
  {
    id: 's3-0001',
    sql: `${collectionSql<BucketRow>(buckets)}
      create table s3_objects (
        bucket_name text not null, key text not null, version_id text not null default 'null',
        size integer not null, etag text not null, last_modified text not null, storage_class text not null,
        checksums text not null, checksum_type text not null, part_count integer not null,
        headers text not null, metadata text not null, tags text not null, parts text not null,
        unique (bucket_name, key, version_id)
      ) strict;
      create table s3_uploads (upload_id text primary key, bucket_name text not null, key text not null, body text not null) strict;
      create index s3_uploads_key on s3_uploads (bucket_name, key, upload_id);
      create table s3_parts (upload_id text not null, part_number integer not null, body text not null, primary key (upload_id, part_number)) strict;
      ${s3BlobReferencesSql}`,
  },
];

interface ObjectRecord {
  readonly bucket_name: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly last_modified: string;
  readonly storage_class: string;
  readonly checksums: string;
  readonly checksum_type: string;
  readonly part_count: number;
  readonly headers: string;
  readonly metadata: string;
  readonly tags: string;
}

const objectColumns = `bucket_name, key, size, etag, last_modified, storage_class, checksums, checksum_type, part_count, headers, metadata, tags`;
const listedColumns = 'key, size, etag, last_modified as lastModified, storage_class as storageClass, checksums, checksum_type as checksumType';
const parsed = <T>(text: string): T => JSON.parse(text) as T;

const objectRow = (record: ObjectRecord): ObjectRow => ({
  bucketName: record.bucket_name,
  key: record.key,
  size: record.size,
  etag: record.etag,
  lastModified: record.last_modified,
  storageClass: record.storage_class,
  checksums: parsed(record.checksums),
  checksumType: record.checksum_type === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT',
  partCount: record.part_count,
  headers: parsed(record.headers),
  metadata: parsed(record.metadata),
  tags: parsed(record.tags),
});

/** Rows after a position, and with keys below `before`. */
function between(id: string, after: Required<ListingPosition>, before: string | undefined): { filter: string; values: string[] } {
  const filter = `(key, ${id}) > (?, ?)`;
  return before === undefined
    ? { filter, values: [after.key, after.id] }
    : { filter: `${filter} and key < ?`, values: [after.key, after.id, before] };
}

/** Buckets, objects and unfinished uploads: everything about them but their bytes, which are in blobs. */
export class S3Store {
  readonly #database: Database;
  readonly buckets: Collection<BucketRow>;
  readonly blobs: S3BlobReferences;

  constructor(database: Database) {
    this.#database = database;
    this.buckets = new Collection<BucketRow>(database, buckets);
    this.blobs = new S3BlobReferences(database);
  }

  /** True when the bucket holds no object. Unfinished uploads do not count. */
  isEmpty(bucketName: string): boolean {
    return this.#database.get('select 1 from s3_objects where bucket_name = ? limit 1', bucketName) === undefined;
  }

  /** Removes an empty bucket and its unfinished uploads. */
  deleteBucket(bucketName: string, now: Date): void {
    const uploads = this.#database.all<{ upload_id: string }>('select upload_id from s3_uploads where bucket_name = ?', bucketName);
    for (const { upload_id } of uploads) this.deleteUpload(upload_id, now);
    this.buckets.delete(bucketName);
  }

  /** Takes a document from a bucket. */
  unsetBucket(bucketName: string, member: BucketDocument): void {
    const { [member]: _, ...rest } = this.buckets.get(bucketName);
    this.buckets.delete(bucketName);
    this.buckets.insert(rest);
  }

  findObject(bucketName: string, key: string): ObjectRow | undefined {
    const sql = `select ${objectColumns} from s3_objects where bucket_name = ? and key = ?`;
    const record = this.#database.get<ObjectRecord>(sql, bucketName, key);
    return record === undefined ? undefined : objectRow(record);
  }

  /** The parts of an object in order, at least one. Empty when there is no such object. */
  listObjectParts(bucketName: string, key: string): readonly PartRow[] {
    const record = this.#database.get<{ parts: string }>('select parts from s3_objects where bucket_name = ? and key = ?', bucketName, key);
    return record === undefined ? [] : parsed(record.parts);
  }

  /** Puts an object in the place of whatever had its key. */
  putObject(row: ObjectRow, parts: readonly PartRow[], now: Date): void {
    // Taken before the old ones are given back: an object may be copied onto itself.
    this.blobs.take(parts);
    this.deleteObject(row.bucketName, row.key, now);
    this.#database.run(
      `insert into s3_objects (${objectColumns}, parts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.bucketName,
      row.key,
      row.size,
      row.etag,
      row.lastModified,
      row.storageClass,
      JSON.stringify(row.checksums),
      row.checksumType,
      row.partCount,
      JSON.stringify(row.headers),
      JSON.stringify(row.metadata),
      JSON.stringify(row.tags),
      JSON.stringify(parts),
    );
  }

  setObjectTags(bucketName: string, key: string, tags: Readonly<Record<string, string>>): void {
    this.#database.run('update s3_objects set tags = ? where bucket_name = ? and key = ?', JSON.stringify(tags), bucketName, key);
  }

  /** True when there was such an object. */
  deleteObject(bucketName: string, key: string, now: Date): boolean {
    const parts = this.listObjectParts(bucketName, key);
    this.blobs.giveBack(parts, now);
    return this.#database.run('delete from s3_objects where bucket_name = ? and key = ?', bucketName, key) > 0;
  }

  /** Objects in UTF-8 byte order of their keys, and groups of keys where a delimiter is given. */
  listObjects(bucketName: string, query: KeyQuery): KeyListing<ListedObjectRow> {
    const idOf = (): string => 'null';
    return listKeys(query, idOf, (after, before, limit) => {
      const { filter, values } = between('version_id', after, before);
      const sql = `select ${listedColumns} from s3_objects where bucket_name = ? and ${filter} order by key, version_id limit ?`;
      const records = this.#database.all<ListedObjectRow & { readonly checksums: string }>(sql, bucketName, ...values, limit);
      return records.map((record) => ({ ...record, checksums: record.checksums === '{}' ? {} : parsed(record.checksums) }));
    });
  }

  insertUpload(row: UploadRow): void {
    const sql = 'insert into s3_uploads (upload_id, bucket_name, key, body) values (?, ?, ?, ?)';
    this.#database.run(sql, row.uploadId, row.bucketName, row.key, JSON.stringify(row));
  }

  findUpload(uploadId: string): UploadRow | undefined {
    const record = this.#database.get<{ body: string }>('select body from s3_uploads where upload_id = ?', uploadId);
    return record === undefined ? undefined : parsed(record.body);
  }

  /** Removes an upload and its parts. Blobs that an object took over live on. */
  deleteUpload(uploadId: string, now: Date): void {
    this.blobs.giveBack(this.listParts(uploadId), now);
    this.#database.run('delete from s3_parts where upload_id = ?', uploadId);
    this.#database.run('delete from s3_uploads where upload_id = ?', uploadId);
  }

  /** Unfinished uploads in order of their keys, then of their ids. */
  listUploads(bucketName: string, query: KeyQuery): KeyListing<UploadRow> {
    return listKeys<UploadRow>(
      query,
      (row) => row.uploadId,
      (after, before, limit) => {
        const { filter, values } = between('upload_id', after, before);
        const sql = `select body from s3_uploads where bucket_name = ? and ${filter} order by key, upload_id limit ?`;
        return this.#database.all<{ body: string }>(sql, bucketName, ...values, limit).map(({ body }) => parsed(body));
      },
    );
  }

  /** Puts a part in the place of the one with its number. */
  putPart(uploadId: string, part: PartRow, now: Date): void {
    this.blobs.take([part]);
    const replaced = this.#database.get<{ body: string }>(
      'select body from s3_parts where upload_id = ? and part_number = ?',
      uploadId,
      part.partNumber,
    );
    if (replaced !== undefined) this.blobs.giveBack([parsed<PartRow>(replaced.body)], now);
    const sql = 'insert or replace into s3_parts (upload_id, part_number, body) values (?, ?, ?)';
    this.#database.run(sql, uploadId, part.partNumber, JSON.stringify(part));
  }

  /** Parts with a number above `after`, in order, at most `limit`. */
  listParts(uploadId: string, after = 0, limit = -1): PartRow[] {
    const sql = 'select body from s3_parts where upload_id = ? and part_number > ? order by part_number limit ?';
    return this.#database.all<{ body: string }>(sql, uploadId, after, limit).map(({ body }) => parsed(body));
  }
}
