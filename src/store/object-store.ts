import type { KeyListing, KeyQuery } from './s3-listing.ts';

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

/** An object before it is stored, without the list of its parts, which can be long: see `ObjectStore.listObjectParts`. */
export interface NewObject extends ObjectDescription {
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

/** One version of an object. */
export interface ObjectRow extends NewObject {
  readonly versionId: string;
  readonly isDeleteMarker: false;
}

/** What says that there is no object any more, while older versions are kept. */
export interface DeleteMarkerRow {
  readonly bucketName: string;
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: string;
  readonly isDeleteMarker: true;
}

export type VersionRow = ObjectRow | DeleteMarkerRow;

/** An object as a listing shows it. */
export type ListedObjectRow = Pick<ObjectRow, 'key' | 'size' | 'etag' | 'lastModified' | 'storageClass' | 'checksums' | 'checksumType'>;

/** A version as a listing shows it: of a delete marker only what it has. */
export interface ListedVersionRow extends ListedObjectRow {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
}

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

/** How a write treats the versions that its key has. */
export interface Writing {
  /** What is there stays, as an older version. Else the write takes the place of the version `null`. */
  readonly keepsVersions: boolean;
  /** Random: what makes the new version's id one that nobody guesses. */
  readonly secret: string;
  readonly now: Date;
}

/**
 * Everything that S3's operations need of objects and unfinished uploads, and all of it: the embedded store is behind
 * it, and another can be (docs/decisions/0011-object-store.md says what that must do). Keys are compared and sorted by
 * their UTF-8 bytes and never changed. Calls are made within one transaction and are all done or not at all.
 */
export interface ObjectStore {
  /** True when the bucket holds no version and no delete marker. Unfinished uploads do not count. */
  isEmpty(bucketName: string): boolean;
  /** Removes every unfinished upload of a bucket. */
  deleteUploads(bucketName: string, now: Date): void;

  /** What a read without a version id gets: the newest version, unless that is a delete marker. */
  findObject(bucketName: string, key: string): ObjectRow | undefined;
  /** The version of this id; the newest without one. */
  findVersion(bucketName: string, key: string, versionId?: string): VersionRow | undefined;
  /** The parts of an object in order, at least one. */
  listObjectParts(object: ObjectRow): readonly PartRow[];
  putObject(object: NewObject, parts: readonly PartRow[], writing: Writing): ObjectRow;
  putDeleteMarker(bucketName: string, key: string, writing: Writing): DeleteMarkerRow;
  setTags(object: ObjectRow, tags: Readonly<Record<string, string>>): void;
  /** Removes one version for good; the one before it is then the newest. */
  deleteVersion(version: VersionRow, now: Date): void;

  /** Current objects in order of their keys, and groups of keys where a delimiter is given. */
  listObjects(bucketName: string, query: KeyQuery): KeyListing<ListedObjectRow>;
  /** Every version and delete marker, in order of keys, the newest of a key first. The id of a position is a version id. */
  listVersions(bucketName: string, query: KeyQuery): KeyListing<ListedVersionRow>;

  insertUpload(upload: UploadRow): void;
  findUpload(uploadId: string): UploadRow | undefined;
  /** Removes an upload and its parts. Bytes that an object took over live on. */
  deleteUpload(uploadId: string, now: Date): void;
  /** Unfinished uploads in order of their keys, then of their ids. */
  listUploads(bucketName: string, query: KeyQuery): KeyListing<UploadRow>;
  /** Puts a part in the place of the one with its number. */
  putPart(uploadId: string, part: PartRow, now: Date): void;
  /** Parts with a number above `after`, in order, at most `limit`. */
  listParts(uploadId: string, after?: number, limit?: number): readonly PartRow[];
}
