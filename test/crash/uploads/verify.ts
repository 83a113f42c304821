import { stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import * as S3 from '@aws-sdk/client-s3';
import { layout } from '../../../src/daemon/layout.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import { blobPath, listBlobs } from '../../../src/store/blobs/blob-directory.ts';
import { Bucket } from './clients.ts';
import { absent, bytesOfContent, digestOfBytes, type Ledger, type OpenUpload } from './ledger.ts';

const orphansGoneMs = 30_000;
const lookMs = 100;
const readsAtOnce = 4;

/** Every object as it is there: the size and digest of the bytes that a client reads. Objects that cannot be read whole are faults. */
export interface Found {
  readonly sizes: ReadonlyMap<string, number>;
  readonly digests: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

export async function findObjects(s3: S3.S3Client): Promise<Found> {
  const keys: string[] = [];
  for await (const { Contents = [] } of S3.paginateListObjectsV2({ client: s3 }, { Bucket })) keys.push(...Contents.map(({ Key = '' }) => Key));
  const [sizes, digests, faults] = [new Map<string, number>(), new Map<string, string>(), Array.of<string>()];
  const waiting = keys.values();
  const read = async (): Promise<void> => {
    for (const Key of waiting) {
      try {
        // The client compares the bytes with the checksum that it sent with them.
        const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
        const bytes = (await Body?.transformToByteArray()) ?? Buffer.alloc(0);
        sizes.set(Key, bytes.length);
        digests.set(Key, digestOfBytes(bytes));
      } catch (error) {
        faults.push(`${Key} cannot be read: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, read));
  return { sizes, digests, faults };
}

/** What is there against what the clients were told. */
export function faultsOfObjects(ledger: Ledger, { digests }: Found): string[] {
  const faults = [...digests.keys()].filter((key) => !ledger.keys.has(key)).map((key) => `${key} was written by nobody`);
  for (const key of ledger.keys) {
    const found = digests.get(key) ?? absent;
    const possible = ledger.possible(key);
    if (!possible.includes(found)) faults.push(`${key} is ${found}, and may be ${possible.join(' or ')}`);
  }
  return faults;
}

/** Acknowledged parts that are not there, or are not what was sent. Returns too what the parts of open uploads hold. */
export async function inspectUploads(s3: S3.S3Client, ledger: Ledger, found: Found): Promise<{ faults: string[]; partBytes: number }> {
  const { Uploads = [] } = await s3.send(new S3.ListMultipartUploadsCommand({ Bucket }));
  const open = new Set(Uploads.map(({ UploadId = '' }) => UploadId));
  const faults: string[] = [];
  let partBytes = 0;
  for (const { UploadId = '', Key = '' } of Uploads) {
    const { Parts = [] } = await s3.send(new S3.ListPartsCommand({ Bucket, Key, UploadId }));
    partBytes += Parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
    const sizes = new Map(Parts.map(({ PartNumber = 0, Size = 0 }) => [PartNumber, Size]));
    for (const [number, { size }] of ledger.uploads.get(UploadId)?.parts ?? []) {
      if (sizes.get(number) !== size) faults.push(`part ${number} of ${Key} has ${sizes.get(number)} bytes instead of ${size}`);
    }
  }
  for (const { uploadId, key, isCompleting } of ledger.uploads.values()) {
    const isObject = found.digests.has(key);
    if (open.has(uploadId) === (isCompleting && isObject)) faults.push(`the upload of ${key} is ${isObject ? 'an object and open' : 'gone'}`);
  }
  return { faults, partBytes };
}

/** Goes on with the uploads that are open, as their clients would: each becomes the object that was meant. */
export async function completeUploads(s3: S3.S3Client, ledger: Ledger): Promise<string[]> {
  const { Uploads = [] } = await s3.send(new S3.ListMultipartUploadsCommand({ Bucket }));
  const faults: string[] = [];
  for (const { UploadId = '', Key = '' } of Uploads) {
    const upload = ledger.uploads.get(UploadId);
    if (upload === undefined || upload.parts.size === 0) await s3.send(new S3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    else faults.push(...(await completed(s3, ledger, upload)));
  }
  ledger.uploads.clear();
  return faults;
}

async function completed(s3: S3.S3Client, ledger: Ledger, { uploadId: UploadId, key: Key, parts }: OpenUpload): Promise<string[]> {
  const { Parts = [] } = await s3.send(new S3.ListPartsCommand({ Bucket, Key, UploadId }));
  // Those that were not acknowledged are left out.
  const acknowledged = Parts.filter(({ PartNumber = 0 }) => parts.has(PartNumber));
  const wanted = acknowledged.map(({ PartNumber, ETag, ChecksumCRC32 }) => ({ PartNumber, ETag, ChecksumCRC32 }));
  const content = { parts: [...parts.values()] };
  const attempt = ledger.start(Key, content);
  await s3.send(new S3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: wanted } }));
  ledger.acknowledge(attempt);
  const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket, Key }));
  const bytes = (await Body?.transformToByteArray()) ?? Buffer.alloc(0);
  return digestOfBytes(bytes) === digestOfBytes(bytesOfContent(content)) ? [] : [`${Key} was completed from its parts to something else`];
}

/**
 * Every byte on disk has a reason. Files of no row go when the daemon starts; what is left is what objects and parts name,
 * each content once however many copies name it, and what was replaced or deleted and waits for its readers to end.
 */
export async function faultsOfDisk(dataDirectory: string, { sizes, digests }: Found, partBytes: number): Promise<string[]> {
  const { blobs } = layout(dataDirectory);
  const onDisk = async (): Promise<Map<string, number>> => {
    const sizesOfFiles = new Map<string, number>();
    for await (const { blobId, size } of listBlobs(blobs)) sizesOfFiles.set(blobId, size);
    return sizesOfFiles;
  };
  let files = await onDisk();
  const counts = countsOf(dataDirectory);
  const orphans = (): string[] => [...files.keys()].filter((blobId) => !counts.has(blobId));
  for (let waitedMs = 0; orphans().length > 0 && waitedMs < orphansGoneMs; waitedMs += lookMs) {
    await sleep(lookMs);
    files = await onDisk();
  }
  const faults = orphans().map((blobId) => `${blobId} (${files.get(blobId)} bytes) is of no row`);
  faults.push(...[...counts.keys()].filter((blobId) => !files.has(blobId)).map((blobId) => `the file of ${blobId} is gone`));
  let held = 0;
  for (const [blobId, size] of files) if ((counts.get(blobId) ?? 0) > 0) held += size;
  const contents = new Map([...digests].map(([key, digest]) => [digest, sizes.get(key) ?? 0]));
  const named = [...contents.values()].reduce((sum, size) => sum + size, 0) + partBytes;
  if (held !== named) faults.push(`${held} bytes are held for objects and parts of ${named}`);
  return faults;
}

/** How many rows name each blob; 0 for what waits to be removed. */
function countsOf(dataDirectory: string): Map<string, number> {
  const database = new DatabaseSync(layout(dataDirectory).database, { readOnly: true });
  try {
    const rows = database.prepare('select blob_id, reference_count from s3_blobs').all() as { blob_id: string; reference_count: number }[];
    return new Map(rows.map((row) => [row.blob_id, row.reference_count]));
  } finally {
    database.close();
  }
}

/** The file of the largest object that a row names, for the test of these tests. */
export async function largestBlob(dataDirectory: string): Promise<string> {
  const { blobs } = layout(dataDirectory);
  let largest = { path: '', size: -1 };
  for (const [blobId, count] of countsOf(dataDirectory)) {
    const path = blobPath(blobs, blobId);
    const { size } = await stat(path);
    if (count > 0 && size > largest.size) largest = { path, size };
  }
  return largest.path;
}
