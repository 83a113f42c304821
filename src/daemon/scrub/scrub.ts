import { relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../stdx/clock.ts';
import { blobSize, listBlobs } from '../../store/blobs/blob-directory.ts';
import type { PartRow } from '../../store/object-store.ts';
import type { BlobUse } from '../../store/s3-blob-uses.ts';
import type { Store } from '../../store/store.ts';
import { fileState, type Lack, lacksOf, neededSizes } from './compare.ts';

export interface ScrubSources {
  readonly store: Store;
  readonly blobDirectory: string;
  readonly clock: Clock;
}

interface Files {
  blobs: number;
  bytes: number;
}

interface Orphan {
  /** Below the directory of blobs. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** What the disk holds of objects' bytes against what rows say. */
export interface ScrubReport {
  /** Nothing is missing or short. */
  readonly whole: boolean;
  readonly referenced: Files;
  /** Dropped a while ago and to be removed soon, or perhaps of an upload under way. */
  readonly waiting: Files;
  readonly orphans: Files & { readonly first: readonly Orphan[] };
  readonly missing: { readonly count: number; readonly first: readonly Lack[] };
  readonly short: { readonly count: number; readonly first: readonly Lack[] };
}

/** An upload of which no byte has come for a minute is ended: what is older than this, nobody is writing. */
const uploadQuietMs = 10 * 60_000;
/** Less than a data worker waits for the control thread. */
const scrubDeadlineMs = 50_000;
const listedMax = 100;

export async function scrubAnswer(
  sources: ScrubSources,
): Promise<(ScrubReport & { readonly status: 200 }) | { readonly status: 503; readonly message: string }> {
  const deadline = AbortSignal.timeout(scrubDeadlineMs);
  try {
    return { status: 200, ...(await scrub(sources, deadline)) };
  } catch (error) {
    if (!deadline.aborted || error !== deadline.reason) throw error;
    return { status: 503, message: `the scrub was not done after ${scrubDeadlineMs / 1_000} s: there is too much to compare, or the disk is slow` };
  }
}

/**
 * Compares both ways. Each folder of files and each page of rows is looked at by itself, and others are served in
 * between: memory is bounded and nobody waits. What looks wrong is looked at twice, as it may have changed in between.
 */
export async function scrub(sources: ScrubSources, signal: AbortSignal): Promise<ScrubReport> {
  const files = await compareFiles(sources, signal);
  const missing = { count: 0, first: [] as Lack[] };
  const short = { count: 0, first: [] as Lack[] };
  for (const page of sources.store.s3.blobUses.pages()) {
    signal.throwIfAborted();
    for (const lack of await lacksIn(sources, page)) {
      const kind = lack.bytes === undefined ? missing : short;
      kind.count += 1;
      if (kind.first.length < listedMax) kind.first.push(lack);
    }
    await setImmediate();
  }
  return { whole: missing.count === 0 && short.count === 0, ...files, missing, short };
}

async function compareFiles(
  { store, blobDirectory, clock }: ScrubSources,
  signal: AbortSignal,
): Promise<Pick<ScrubReport, 'referenced' | 'waiting' | 'orphans'>> {
  const youngSince = new Date(clock.now().getTime() - uploadQuietMs);
  const referenced = { blobs: 0, bytes: 0 };
  const waiting = { blobs: 0, bytes: 0 };
  const orphans = { blobs: 0, bytes: 0, first: [] as Orphan[] };
  for await (const file of listBlobs(blobDirectory)) {
    signal.throwIfAborted();
    const state = fileState(file, store.s3.blobs.find(file.blobId), youngSince);
    // It may have been removed, and its row with it, since it was listed.
    if (state === 'orphan' && file.isInPlace && (await blobSize(blobDirectory, file.blobId)) === undefined) continue;
    const files = { referenced, waiting, orphan: orphans }[state];
    files.blobs += 1;
    files.bytes += file.size;
    if (state !== 'orphan' || orphans.first.length >= listedMax) continue;
    orphans.first.push({ path: relative(blobDirectory, file.path), bytes: file.size, modifiedAt: file.modifiedAt });
  }
  return { referenced, waiting, orphans };
}

async function lacksIn({ store, blobDirectory }: ScrubSources, page: readonly BlobUse[]): Promise<Lack[]> {
  const sizes = new Map<string, number | undefined>();
  for (const use of page) {
    const blobIds = [...neededSizes(use).keys()].filter((blobId) => !sizes.has(blobId));
    await Promise.all(blobIds.map(async (blobId) => sizes.set(blobId, await blobSize(blobDirectory, blobId))));
  }
  return page.flatMap((use) => lacksOf(use, sizes)).filter((lack) => stillNeeds(store, lack));
}

/** False when the row went, or was replaced, since its page was read. */
function stillNeeds({ s3: { objects } }: Store, { bucketName, key, versionId, uploadId, partNumber = 0, blobId }: Lack): boolean {
  const names = ({ ranges }: PartRow): boolean => ranges.some((range) => range.blobId === blobId);
  if (uploadId !== undefined) return objects.listParts(uploadId, partNumber - 1, 1).some(names);
  const version = objects.findVersion(bucketName, key, versionId);
  return version?.isDeleteMarker === false && objects.listObjectParts(version).some(names);
}
