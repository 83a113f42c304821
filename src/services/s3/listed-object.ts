import type { _Object as ListedObject } from '@aws-sdk/client-s3';
import type { ListedObjectRow } from '../../store/object-store.ts';
import { canonicalUserId } from './bucket.ts';
import { algorithmNames } from './checksum.ts';
import { quoted } from './etag.ts';
import { parseTime } from './object-description.ts';

/** An object as listings show it. `ownerId` only where the listing tells owners. */
export function listedObject(object: ListedObjectRow, text: (key: string) => string, ownerId?: string): ListedObject {
  const algorithms = algorithmNames(object.checksums) as NonNullable<ListedObject['ChecksumAlgorithm']>;
  return {
    Key: text(object.key),
    LastModified: parseTime(object.lastModified),
    ETag: quoted(object.etag),
    ...(algorithms.length === 0 ? {} : { ChecksumAlgorithm: algorithms, ChecksumType: object.checksumType }),
    Size: object.size,
    StorageClass: object.storageClass as NonNullable<ListedObject['StorageClass']>,
    ...(ownerId === undefined ? {} : { Owner: { ID: canonicalUserId(ownerId) } }),
  };
}

export const commonPrefixes = (groups: readonly string[], text: (key: string) => string): { Prefix: string }[] =>
  groups.map((group) => ({ Prefix: text(group) }));
