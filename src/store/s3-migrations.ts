import { collectionSql, type CollectionShape } from './collection.ts';
import type { Migration } from './database.ts';
import { s3BlobReferencesSql } from './s3-blob-references.ts';
import type { BucketRow } from './s3.ts';

export const bucketsShape = { name: 's3_buckets', key: 'bucketName', indexes: ['ownerId'] } satisfies CollectionShape<BucketRow>;

const describedColumns = `size, etag, last_modified, storage_class, checksums, checksum_type, part_count, headers, metadata, tags, parts`;

// `parts` is last: SQLite then reads a row's other columns without its overflow pages.
export const s3Migrations: readonly Migration[] = [
  {
    id: 's3-0001',
    sql: `${collectionSql<BucketRow>(bucketsShape)}
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
  {
    // Every version of every key, the newest of a key first (`s3-version-place.ts`). What was there is the oldest, `null`.
    id: 's3-0002',
    sql: `create table s3_versions (
        bucket_name text not null, key text not null, place text not null,
        is_latest integer not null, is_delete_marker integer not null,
        size integer not null, etag text not null, last_modified text not null, storage_class text not null,
        checksums text not null, checksum_type text not null, part_count integer not null,
        headers text not null, metadata text not null, tags text not null, parts text not null,
        unique (bucket_name, key, place)
      ) strict;
      create index s3_versions_current on s3_versions (bucket_name, key, place) where is_latest = 1 and is_delete_marker = 0;
      insert into s3_versions (bucket_name, key, place, is_latest, is_delete_marker, ${describedColumns})
        select bucket_name, key, 'zzzzzzzz', 1, 0, ${describedColumns} from s3_objects;
      drop table s3_objects;`,
  },
];
