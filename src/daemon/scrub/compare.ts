import type { StoredBlob } from '../../store/blobs/blob-directory.ts';
import type { BlobUse } from '../../store/s3-blob-uses.ts';

/** What a file of bytes is there for. */
export type FileState = 'referenced' | 'waiting' | 'orphan';

/** Bytes that a row needs and the disk lacks. */
export interface Lack extends Omit<BlobUse, 'ranges'> {
  readonly blobId: string;
  readonly neededBytes: number;
  /** Undefined: there is no file. */
  readonly bytes: number | undefined;
}

/** @param youngSince a file that nothing names and that was written since then may be an upload under way */
export function fileState(
  { isInPlace, modifiedAt }: Pick<StoredBlob, 'isInPlace' | 'modifiedAt'>,
  kept: 'named' | 'dropped' | undefined,
  youngSince: Date,
): FileState {
  if (!isInPlace) return 'orphan';
  if (kept === 'named') return 'referenced';
  return kept === 'dropped' || modifiedAt >= youngSince ? 'waiting' : 'orphan';
}

/** How long the file of each blob must be at the least for a row to be read whole. */
export function neededSizes({ ranges }: Pick<BlobUse, 'ranges'>): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  for (const { blobId, start, size } of ranges) needed.set(blobId, Math.max(needed.get(blobId) ?? 0, start + size));
  return needed;
}

/** @param sizes of the files that are there, by blob */
export function lacksOf({ ranges, ...row }: BlobUse, sizes: ReadonlyMap<string, number | undefined>): Lack[] {
  return [...neededSizes({ ranges })].flatMap(([blobId, neededBytes]) => {
    const bytes = sizes.get(blobId);
    return bytes !== undefined && bytes >= neededBytes ? [] : [{ ...row, blobId, neededBytes, bytes }];
  });
}
