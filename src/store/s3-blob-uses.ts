import type { Database } from './database.ts';
import type { BlobRange, PartRow } from './object-store.ts';
import { versionIdOf } from './s3-version-place.ts';

/** A version of an object, or a part of an unfinished upload, and the bytes that it is made of. */
export interface BlobUse {
  readonly bucketName: string;
  readonly key: string;
  /** Of a version of an object. */
  readonly versionId?: string;
  /** Of a part. */
  readonly uploadId?: string;
  readonly partNumber?: number;
  readonly ranges: readonly BlobRange[];
}

interface Source {
  readonly sql: string;
  readonly use: (record: any) => BlobUse;
}

// An object has up to 10,000 parts: a page of the longest is some tens of megabytes.
const pageSize = 16;
const rangesOf = (parts: readonly PartRow[]): readonly BlobRange[] => parts.flatMap(({ ranges }) => ranges);

const versions: Source = {
  sql: `select rowid, bucket_name, key, place, parts from s3_versions where rowid > ? and is_delete_marker = 0 order by rowid limit ?`,
  use: ({ bucket_name, key, place, parts }: { bucket_name: string; key: string; place: string; parts: string }) => ({
    bucketName: bucket_name,
    key,
    versionId: versionIdOf(place),
    ranges: rangesOf(JSON.parse(parts) as readonly PartRow[]),
  }),
};

const parts: Source = {
  sql: `select s3_parts.rowid as rowid, bucket_name, key, upload_id, s3_parts.body as body from s3_parts join s3_uploads using (upload_id)
    where s3_parts.rowid > ? order by s3_parts.rowid limit ?`,
  use: ({ bucket_name, key, upload_id, body }: { bucket_name: string; key: string; upload_id: string; body: string }) => {
    const { partNumber, ranges } = JSON.parse(body) as PartRow;
    return { bucketName: bucket_name, key, uploadId: upload_id, partNumber, ranges };
  },
};

/** Which rows need which bytes of which blobs: what `S3BlobReferences` counts, row by row. */
export class S3BlobUses {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All of them, in pages that are each read when asked for: others may write in between. */
  *pages(): IterableIterator<readonly BlobUse[]> {
    for (const { sql, use } of [versions, parts]) {
      for (let after = 0, page = pageSize; page === pageSize;) {
        const rows = this.#database.all<{ readonly rowid: number }>(sql, after, pageSize);
        if (rows.length > 0) yield rows.map(use);
        page = rows.length;
        after = rows.at(-1)?.rowid ?? after;
      }
    }
  }
}
