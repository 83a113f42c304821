import { EmbeddedUploads } from './embedded-uploads.ts';
import type { Database } from './database.ts';
import type {
  DeleteMarkerRow,
  ListedObjectRow,
  ListedVersionRow,
  NewObject,
  ObjectRow,
  ObjectStore,
  PartRow,
  VersionRow,
  Writing,
} from './object-store.ts';
import type { S3BlobReferences } from './s3-blob-references.ts';
import { listKeys, rowsBetween, type KeyListing, type KeyQuery } from './s3-listing.ts';
import { nullVersion, placeBefore, versionIdOf, type VersionPlace } from './s3-version-place.ts';

interface VersionRecord {
  readonly bucket_name: string;
  readonly key: string;
  readonly place: string;
  readonly is_delete_marker: number;
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

type ListedRecord = Omit<ListedVersionRow, 'checksums' | 'isLatest' | 'isDeleteMarker' | 'versionId'> & {
  readonly checksums: string;
  readonly place: string;
  readonly isLatest: number;
  readonly isDeleteMarker: number;
};

const columns = `bucket_name, key, place, is_delete_marker, size, etag, last_modified, storage_class, checksums, checksum_type, part_count, headers, metadata, tags`;
const listedColumns = `key, place, size, etag, last_modified as lastModified, storage_class as storageClass, checksums, checksum_type as checksumType,
  is_latest as isLatest, is_delete_marker as isDeleteMarker`;
const ofKey = 'bucket_name = ? and key = ?';
// The version `null` has the short place: the index alone finds it.
const isNull = 'length(place) = 8';
const isCurrent = 'is_latest = 1 and is_delete_marker = 0';
/** After every place. */
const placesEnd = '~';
const parsed = <T>(text: string): T => JSON.parse(text) as T;

function versionRow(record: VersionRecord): VersionRow {
  const { bucket_name: bucketName, key, last_modified: lastModified } = record;
  const name = { bucketName, key, lastModified, versionId: versionIdOf(record.place) };
  if (record.is_delete_marker === 1) return { ...name, isDeleteMarker: true };
  return {
    ...name,
    isDeleteMarker: false,
    size: record.size,
    etag: record.etag,
    storageClass: record.storage_class,
    checksums: parsed(record.checksums),
    checksumType: record.checksum_type === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT',
    partCount: record.part_count,
    headers: parsed(record.headers),
    metadata: parsed(record.metadata),
    tags: parsed(record.tags),
  };
}

const listedRow = ({ place, checksums, isLatest, isDeleteMarker, ...record }: ListedRecord): ListedVersionRow => ({
  ...record,
  checksums: checksums === '{}' ? {} : parsed(checksums),
  versionId: versionIdOf(place),
  isLatest: isLatest === 1,
  isDeleteMarker: isDeleteMarker === 1,
});

/** Objects in SQLite: everything about them but their bytes, which are in blobs. */
export class EmbeddedObjectStore extends EmbeddedUploads implements ObjectStore {
  readonly #database: Database;
  readonly #blobs: S3BlobReferences;

  constructor(database: Database, blobs: S3BlobReferences) {
    super(database, blobs);
    this.#database = database;
    this.#blobs = blobs;
  }

  isEmpty(bucketName: string): boolean {
    return this.#database.get('select 1 from s3_versions where bucket_name = ? limit 1', bucketName) === undefined;
  }

  findObject(bucketName: string, key: string): ObjectRow | undefined {
    const newest = this.findVersion(bucketName, key);
    return newest?.isDeleteMarker === false ? newest : undefined;
  }

  findVersion(bucketName: string, key: string, versionId?: string): VersionRow | undefined {
    const record = this.#find<VersionRecord>(columns, bucketName, key, versionId);
    return record === undefined ? undefined : versionRow(record);
  }

  listObjectParts({ bucketName, key, versionId }: ObjectRow): readonly PartRow[] {
    const record = this.#find<{ parts: string }>('parts', bucketName, key, versionId);
    return record === undefined ? [] : parsed(record.parts);
  }

  putObject(object: NewObject, parts: readonly PartRow[], writing: Writing): ObjectRow {
    // Taken before the old ones are given back: an object may be copied onto itself.
    this.#blobs.take(parts);
    const place = this.#makePlace(object.bucketName, object.key, writing);
    this.#database.run(
      `insert into s3_versions (${columns}, is_latest, parts) values (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
      object.bucketName,
      object.key,
      place,
      object.size,
      object.etag,
      object.lastModified,
      object.storageClass,
      JSON.stringify(object.checksums),
      object.checksumType,
      object.partCount,
      JSON.stringify(object.headers),
      JSON.stringify(object.metadata),
      JSON.stringify(object.tags),
      JSON.stringify(parts),
    );
    return { ...object, versionId: versionIdOf(place), isDeleteMarker: false };
  }

  putDeleteMarker(bucketName: string, key: string, writing: Writing): DeleteMarkerRow {
    const place = this.#makePlace(bucketName, key, writing);
    const lastModified = writing.now.toISOString();
    const sql = `insert into s3_versions (${columns}, is_latest, parts) values (?, ?, ?, 1, 0, '', ?, '', '{}', '', 0, '{}', '{}', '{}', 1, '[]')`;
    this.#database.run(sql, bucketName, key, place, lastModified);
    return { bucketName, key, versionId: versionIdOf(place), lastModified, isDeleteMarker: true };
  }

  setTags({ bucketName, key, versionId }: ObjectRow, tags: Readonly<Record<string, string>>): void {
    const place = this.#placeOf(bucketName, key, versionId);
    if (place === undefined) return;
    this.#database.run(`update s3_versions set tags = ? where ${ofKey} and place = ?`, JSON.stringify(tags), bucketName, key, place);
  }

  deleteVersion({ bucketName, key, versionId }: VersionRow, now: Date): void {
    this.#remove(bucketName, key, versionId, now);
    const newest = this.#find<{ place: string }>('place', bucketName, key)?.place;
    if (newest !== undefined) this.#setLatest(bucketName, key, newest, 1);
  }

  listObjects(bucketName: string, query: KeyQuery): KeyListing<ListedObjectRow> {
    return listKeys(
      query,
      () => placesEnd,
      (after, before, limit) => this.#list(isCurrent, bucketName, rowsBetween('place', after, before), limit),
    );
  }

  listVersions(bucketName: string, query: KeyQuery): KeyListing<ListedVersionRow> {
    const { after, ...rest } = query;
    const start = after?.id === undefined ? after : { key: after.key, id: this.#placeAfter(bucketName, after.key, after.id) };
    const places = new Map<ListedVersionRow, VersionPlace>();
    const listing = listKeys<ListedVersionRow>(
      start === undefined ? rest : { ...rest, after: start },
      (row) => places.get(row) ?? placesEnd,
      (position, before, limit) => this.#list('true', bucketName, rowsBetween('place', position, before), limit, places),
    );
    const last = listing.rows.at(-1);
    // The listing goes on after a row or after a group, which has no version.
    if (listing.next === undefined || last === undefined || listing.next.id !== places.get(last)) return listing;
    return { ...listing, next: { key: last.key, id: last.versionId } };
  }

  #list(
    condition: string,
    bucketName: string,
    { filter, values }: ReturnType<typeof rowsBetween>,
    limit: number,
    places?: Map<ListedVersionRow, VersionPlace>,
  ): ListedVersionRow[] {
    const sql = `select ${listedColumns} from s3_versions where bucket_name = ? and ${condition} and ${filter} order by key, place limit ?`;
    return this.#database.all<ListedRecord>(sql, bucketName, ...values, limit).map((record) => {
      const row = listedRow(record);
      places?.set(row, record.place);
      return row;
    });
  }

  /** Takes what the write replaces away and makes its version the newest. */
  #makePlace(bucketName: string, key: string, { keepsVersions, secret, now }: Writing): VersionPlace {
    if (!keepsVersions) this.#remove(bucketName, key, nullVersion, now);
    const newest = this.#find<{ place: string }>('place', bucketName, key)?.place;
    if (newest !== undefined) this.#setLatest(bucketName, key, newest, 0);
    return placeBefore(newest, now, keepsVersions ? secret : undefined);
  }

  #remove(bucketName: string, key: string, versionId: string, now: Date): void {
    const record = this.#find<{ place: string; parts: string }>('place, parts', bucketName, key, versionId);
    if (record === undefined) return;
    this.#blobs.giveBack(parsed<readonly PartRow[]>(record.parts), now);
    this.#database.run(`delete from s3_versions where ${ofKey} and place = ?`, bucketName, key, record.place);
  }

  #setLatest(bucketName: string, key: string, place: VersionPlace, isLatest: 0 | 1): void {
    this.#database.run(`update s3_versions set is_latest = ? where ${ofKey} and place = ?`, isLatest, bucketName, key, place);
  }

  #placeOf(bucketName: string, key: string, versionId: string): VersionPlace | undefined {
    return this.#find<{ place: string }>('place', bucketName, key, versionId)?.place;
  }

  /** Where a listing goes on after a version, which may be gone by now: its id says where it was, but for `null`, whose key begins again. */
  #placeAfter(bucketName: string, key: string, versionId: string): VersionPlace {
    return versionId === nullVersion ? (this.#placeOf(bucketName, key, versionId) ?? '') : versionId;
  }

  /** The newest version without an id. */
  #find<Row>(selected: string, bucketName: string, key: string, versionId?: string): Row | undefined {
    const sql = (condition: string): string => `select ${selected} from s3_versions where ${ofKey}${condition}`;
    if (versionId === undefined) return this.#database.get<Row>(sql(' order by place limit 1'), bucketName, key);
    if (versionId === nullVersion) return this.#database.get<Row>(sql(` and ${isNull}`), bucketName, key);
    return this.#database.get<Row>(sql(' and place = ?'), bucketName, key, versionId);
  }
}
