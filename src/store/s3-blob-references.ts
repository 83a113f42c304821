import { assert } from '../stdx/assert.ts';
import type { Database } from './database.ts';

/** Rows that name blobs. */
interface NamesBlobs {
  readonly ranges: readonly { readonly blobId: string }[];
}

export const s3BlobReferencesSql = `
  create table s3_blobs (blob_id text primary key, reference_count integer not null check (reference_count >= 0), dropped_at text) strict, without rowid;
  create index s3_blobs_dropped on s3_blobs (dropped_at) where dropped_at is not null;`;

const pageSize = 1_000;

/**
 * How many rows name each blob. A blob that nothing names any more is kept for a while, because somebody may be
 * reading it, and waits here to be unlinked: so nothing is forgotten over a crash.
 */
export class S3BlobReferences {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  take(rows: readonly NamesBlobs[]): void {
    const sql = `insert into s3_blobs (blob_id, reference_count) values (?, 1)
      on conflict (blob_id) do update set reference_count = reference_count + 1, dropped_at = null`;
    for (const { ranges } of rows) for (const { blobId } of ranges) this.#database.run(sql, blobId);
  }

  giveBack(rows: readonly NamesBlobs[], now: Date): void {
    const sql = `update s3_blobs set reference_count = reference_count - 1, dropped_at = iif(reference_count = 1, ?, null) where blob_id = ?`;
    for (const { ranges } of rows) {
      for (const { blobId } of ranges) assert(this.#database.run(sql, now.toISOString(), blobId) === 1, `blob ${blobId} is counted`);
    }
  }

  /** What keeps a blob's file: `named` by a row, or `dropped` and to be unlinked soon; undefined when nothing does. */
  find(blobId: string): 'named' | 'dropped' | undefined {
    const row = this.#database.get<{ reference_count: number }>('select reference_count from s3_blobs where blob_id = ?', blobId);
    if (row === undefined) return undefined;
    return row.reference_count > 0 ? 'named' : 'dropped';
  }

  /** Blobs that nothing has named since `before`, oldest first: unlink them, then `forget` them. */
  listDropped(before: Date, limit: number): readonly string[] {
    const sql = 'select blob_id from s3_blobs where dropped_at < ? order by dropped_at limit ?';
    return this.#database.all<{ blob_id: string }>(sql, before.toISOString(), limit).map((row) => row.blob_id);
  }

  /** After their files are gone. A blob that was named again in between stays. */
  forget(blobIds: readonly string[]): void {
    for (const blobId of blobIds) this.#database.run('delete from s3_blobs where blob_id = ? and reference_count = 0', blobId);
  }

  /** Every blob that a file must be kept for, page by page. A file of any other name is an orphan. */
  *blobIds(): IterableIterator<string> {
    for (let after = '', page = pageSize; page === pageSize;) {
      const rows = this.#database.all<{ blob_id: string }>(
        'select blob_id from s3_blobs where blob_id > ? order by blob_id limit ?',
        after,
        pageSize,
      );
      for (const row of rows) yield row.blob_id;
      page = rows.length;
      after = rows.at(-1)?.blob_id ?? after;
    }
  }
}
