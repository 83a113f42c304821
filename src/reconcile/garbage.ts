import { rm } from 'node:fs/promises';
import { listBlobs, removeBlob } from '../store/blobs/blob-directory.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Store } from '../store/store.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';

/** A dropped blob may still be read by a download that began before. */
const readingMs = 10 * 60_000;
/** A file without a row may be an upload under way. The longest is bounded by S3's presigned URLs: seven days. */
const uploadingMs = 7 * 24 * 60 * 60_000;
const batch = 1_000;

/** Removes what nothing leads to any more: rows that have expired, and bytes that no row names, as after a delete or a crash. */
export class GarbageReconciler implements Reconciler {
  readonly name = 'garbage';
  readonly #store: Store;
  readonly #blobDirectory: string;
  readonly #clock: Clock;
  /** Files without a row that are older are of no upload of this daemon. Only at first: a clock may be set back later. */
  #orphansBefore: number;

  /** @param dependencies `startedAt`: when this daemon took the data directory, before it received anything */
  constructor(dependencies: { readonly store: Store; readonly blobDirectory: string; readonly clock: Clock; readonly startedAt: Date }) {
    this.#store = dependencies.store;
    this.#blobDirectory = dependencies.blobDirectory;
    this.#clock = dependencies.clock;
    this.#orphansBefore = dependencies.startedAt.getTime();
  }

  async activate(signal: AbortSignal): Promise<ReconcileStatus> {
    const changed = this.#removeExpired(signal) + (await this.#removeDropped(signal)) + (await this.#removeOrphans(signal));
    return { changed, failures: [] };
  }

  /** Sessions that have ended, and log events whose group keeps them no longer: nobody could see them any more. */
  #removeExpired(signal: AbortSignal): number {
    const now = this.#clock.now();
    const { iam, logs } = this.#store;
    let removed = this.#store.transact(() => iam.sweepSessions(now));
    for (let deleted = batch; deleted === batch && !signal.aborted;) {
      deleted = this.#store.transact(() => logs.deleteExpiredEvents(now, batch));
      removed += deleted;
    }
    return removed;
  }

  async #removeDropped(signal: AbortSignal): Promise<number> {
    const { blobs } = this.#store.s3;
    const before = new Date(this.#clock.now().getTime() - readingMs);
    let removed = 0;
    while (!signal.aborted) {
      const dropped = blobs.listDropped(before, batch);
      for (const blobId of dropped) await removeBlob(this.#blobDirectory, blobId);
      this.#store.transact(() => blobs.forget(dropped));
      removed += dropped.length;
      if (dropped.length < batch) break;
    }
    return removed;
  }

  async #removeOrphans(signal: AbortSignal): Promise<number> {
    const named = new Set(this.#store.s3.blobs.blobIds());
    const before = Math.max(this.#clock.now().getTime() - uploadingMs, this.#orphansBefore);
    this.#orphansBefore = 0;
    let removed = 0;
    for await (const { blobId, path, isInPlace, modifiedAt } of listBlobs(this.#blobDirectory)) {
      if (signal.aborted) break;
      if ((isInPlace && named.has(blobId)) || modifiedAt.getTime() > before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
    return removed;
  }
}
