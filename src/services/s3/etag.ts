import { createHash } from 'node:crypto';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';

/**
 * The entity tag of one body: its MD5 where that was computed, else 32 digits of the blob's own with `-1` behind.
 * Clients take only an entity tag without a dash for an MD5, so nobody checks bytes against it.
 */
export function etagOfBody({ md5, blobId }: ReceivedBlob): string {
  return md5 ?? `${createHash('md5').update(blobId).digest('hex')}-1`;
}

/** As S3 makes it: the MD5 of the parts' MD5s, a dash, their number. */
export function etagOfParts(etags: readonly string[]): string {
  const hash = createHash('md5');
  for (const etag of etags) hash.update(Buffer.from(etag.slice(0, 32), 'hex'));
  return `${hash.digest('hex')}-${etags.length}`;
}

export const quoted = (etag: string): string => `"${etag}"`;
