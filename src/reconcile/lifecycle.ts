import { setImmediate } from 'node:timers/promises';
import { expiryOf, isMarkerDue, isNoncurrentDue, isUploadDue } from '../model/lifecycle/due.ts';
import { type LifecycleRule, predicatesOf } from '../model/lifecycle/rule.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Random } from '../stdx/random.ts';
import type { ListedVersionRow } from '../store/object-store.ts';
import type { ListingPosition } from '../store/s3-listing.ts';
import type { BucketRow } from '../store/s3.ts';
import type { Store } from '../store/store.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';

/** Versions looked at in one transaction, so that nobody waits long for the next. */
const pageSize = 200;

/** Where a walk through the versions of a bucket is: after this version, whose key has so many newer ones. */
interface Walk {
  readonly after?: ListingPosition;
  readonly newest?: { readonly key: string; readonly replacedAt: string; readonly noncurrent: number };
}

export interface LifecycleDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Carries out the lifecycle rules of buckets. Everything becomes due at a midnight (UTC): a bucket is gone through once
 * a day, and when its rules change. https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
export class LifecycleReconciler implements Reconciler {
  readonly name = 'lifecycle';
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  /** By bucket, the day and the rules it was gone through for. */
  readonly #done = new Map<string, string>();

  constructor({ store, clock, random }: LifecycleDependencies) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  async activate(signal: AbortSignal): Promise<ReconcileStatus> {
    let changed = 0;
    const buckets = this.#store.s3.buckets.list();
    for (const bucketName of this.#done.keys()) if (!buckets.some((bucket) => bucket.bucketName === bucketName)) this.#done.delete(bucketName);
    for (const { bucketName, createdAt, lifecycle } of buckets) {
      if (lifecycle === undefined) continue;
      const task = `${this.#clock.now().toISOString().slice(0, 10)} ${createdAt} ${JSON.stringify(lifecycle.rules)}`;
      if (this.#done.get(bucketName) === task) continue;
      let went: number | undefined;
      // What is left of a key may only then be due: a delete marker that nothing is behind any more.
      do {
        went = await this.#goThrough(bucketName, lifecycle.rules, signal);
        changed += went ?? 0;
      } while (went !== undefined && went > 0);
      if (went !== undefined) this.#done.set(bucketName, task);
    }
    return { changed, failures: [] };
  }

  /** How much went. Undefined when the rules changed meanwhile or there is no time any more: the next activation begins again. */
  async #goThrough(bucketName: string, rules: readonly LifecycleRule[], signal: AbortSignal): Promise<number | undefined> {
    const { objects } = this.#store.s3;
    const asked = JSON.stringify(rules);
    let went = 0;
    const eachPage = async (page: (bucket: BucketRow) => boolean): Promise<boolean> => {
      for (let more = true; more;) {
        if (signal.aborted) return false;
        const bucket = this.#store.s3.buckets.find(bucketName);
        if (bucket === undefined || JSON.stringify(bucket.lifecycle?.rules) !== asked) return false;
        more = this.#store.transact(() => page(bucket));
        await setImmediate();
      }
      return true;
    };

    let walk: Walk = {};
    const versions = await eachPage((bucket) => {
      const { rows, next } = objects.listVersions(bucketName, {
        prefix: '',
        limit: pageSize,
        ...(walk.after === undefined ? {} : { after: walk.after }),
      });
      for (const row of rows) {
        const newest = row.isLatest || walk.newest?.key !== row.key ? undefined : walk.newest;
        went += this.#judge(bucket, rules, row, newest) ? 1 : 0;
        walk = { newest: { key: row.key, replacedAt: row.lastModified, noncurrent: newest === undefined ? 0 : newest.noncurrent + 1 } };
      }
      walk = { ...walk, ...(next === undefined ? {} : { after: next }) };
      return next !== undefined;
    });
    if (!versions) return undefined;

    let after: ListingPosition | undefined;
    const uploads = await eachPage(() => {
      const { rows, next } = objects.listUploads(bucketName, { prefix: '', limit: pageSize, ...(after === undefined ? {} : { after }) });
      const now = this.#clock.now();
      const due = rows.filter((upload) => isUploadDue(rules, upload, now));
      for (const { uploadId } of due) objects.deleteUpload(uploadId, now);
      went += due.length;
      after = next;
      return next !== undefined;
    });
    return uploads ? went : undefined;
  }

  /** Takes a version away when a rule says so. Without `newest` it is the newest of its key. */
  #judge(bucket: BucketRow, rules: readonly LifecycleRule[], row: ListedVersionRow, newest: Walk['newest']): boolean {
    const { objects } = this.#store.s3;
    const now = this.#clock.now();
    if (newest === undefined && row.isDeleteMarker) {
      return isMarkerDue(rules, row, now) && this.#isAlone(bucket.bucketName, row) && this.#delete(bucket.bucketName, row, now);
    }
    const filtered = { ...row, tags: this.#tagsOf(bucket.bucketName, rules, row) };
    if (newest !== undefined) {
      const version = { ...filtered, noncurrentSince: newest.replacedAt, newerNoncurrent: newest.noncurrent };
      return isNoncurrentDue(rules, version, now) && this.#delete(bucket.bucketName, row, now);
    }
    const expiry = expiryOf(rules, filtered);
    if (expiry === undefined || expiry.at > now) return false;
    if (bucket.versioning === undefined) return this.#delete(bucket.bucketName, row, now);
    const writing = { keepsVersions: bucket.versioning === 'Enabled', secret: this.#random.uuid(), now };
    objects.putDeleteMarker(bucket.bucketName, row.key, writing);
    return true;
  }

  #delete(bucketName: string, { key, versionId }: ListedVersionRow, now: Date): boolean {
    const version = this.#store.s3.objects.findVersion(bucketName, key, versionId);
    if (version !== undefined) this.#store.s3.objects.deleteVersion(version, now);
    return version !== undefined;
  }

  #isAlone(bucketName: string, { key, versionId }: ListedVersionRow): boolean {
    const { rows } = this.#store.s3.objects.listVersions(bucketName, { prefix: key, after: { key, id: versionId }, limit: 1 });
    return rows[0]?.key !== key;
  }

  /** Listings do not have them: they are read for rules that look at them. */
  #tagsOf(bucketName: string, rules: readonly LifecycleRule[], { key, versionId }: ListedVersionRow): Readonly<Record<string, string>> {
    if (rules.every(({ scope }) => predicatesOf(scope).tags.length === 0)) return {};
    const version = this.#store.s3.objects.findVersion(bucketName, key, versionId);
    return version?.isDeleteMarker === false ? version.tags : {};
  }
}
