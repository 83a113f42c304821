import type { Database } from './database.ts';
import type { PartRow, UploadRow } from './object-store.ts';
import type { S3BlobReferences } from './s3-blob-references.ts';
import { listKeys, rowsBetween, type KeyListing, type KeyQuery } from './s3-listing.ts';

const parsed = <T>(text: string): T => JSON.parse(text) as T;

/** Unfinished uploads in SQLite: the half of the embedded object store that no reader sees. */
export class EmbeddedUploads {
  readonly #database: Database;
  readonly #blobs: S3BlobReferences;

  constructor(database: Database, blobs: S3BlobReferences) {
    this.#database = database;
    this.#blobs = blobs;
  }

  deleteUploads(bucketName: string, now: Date): void {
    const uploads = this.#database.all<{ upload_id: string }>('select upload_id from s3_uploads where bucket_name = ?', bucketName);
    for (const { upload_id } of uploads) this.deleteUpload(upload_id, now);
  }

  insertUpload(row: UploadRow): void {
    const sql = 'insert into s3_uploads (upload_id, bucket_name, key, body) values (?, ?, ?, ?)';
    this.#database.run(sql, row.uploadId, row.bucketName, row.key, JSON.stringify(row));
  }

  findUpload(uploadId: string): UploadRow | undefined {
    const record = this.#database.get<{ body: string }>('select body from s3_uploads where upload_id = ?', uploadId);
    return record === undefined ? undefined : parsed(record.body);
  }

  deleteUpload(uploadId: string, now: Date): void {
    this.#blobs.giveBack(this.listParts(uploadId), now);
    this.#database.run('delete from s3_parts where upload_id = ?', uploadId);
    this.#database.run('delete from s3_uploads where upload_id = ?', uploadId);
  }

  listUploads(bucketName: string, query: KeyQuery): KeyListing<UploadRow> {
    return listKeys<UploadRow>(
      query,
      (row) => row.uploadId,
      (after, before, limit) => {
        const { filter, values } = rowsBetween('upload_id', after, before);
        const sql = `select body from s3_uploads where bucket_name = ? and ${filter} order by key, upload_id limit ?`;
        return this.#database.all<{ body: string }>(sql, bucketName, ...values, limit).map(({ body }) => parsed(body));
      },
    );
  }

  putPart(uploadId: string, part: PartRow, now: Date): void {
    this.#blobs.take([part]);
    const replaced = this.#database.get<{ body: string }>(
      'select body from s3_parts where upload_id = ? and part_number = ?',
      uploadId,
      part.partNumber,
    );
    if (replaced !== undefined) this.#blobs.giveBack([parsed<PartRow>(replaced.body)], now);
    const sql = 'insert or replace into s3_parts (upload_id, part_number, body) values (?, ?, ?)';
    this.#database.run(sql, uploadId, part.partNumber, JSON.stringify(part));
  }

  listParts(uploadId: string, after = 0, limit = -1): PartRow[] {
    const sql = 'select body from s3_parts where upload_id = ? and part_number > ? order by part_number limit ?';
    return this.#database.all<{ body: string }>(sql, uploadId, after, limit).map(({ body }) => parsed(body));
  }
}
