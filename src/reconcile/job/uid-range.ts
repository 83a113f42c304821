import { AssertionError } from '../../stdx/assert.ts';
import type { JobContext } from './job-context.ts';

/** Host users of jobs: one range of 65,536 each, far above the users of a host and below 2^31. */
const firstUid = 0x2000_0000;
const rangeSize = 0x1_0000;
const rangesMax = 4_096;

/**
 * Gives a job the lowest range that no other running job has, in one transaction: two jobs never share users. All
 * instances of a job do, so that the first one's agent can archive what the others left.
 */
export function takeUidRange(context: JobContext): number {
  const { store } = context.services;
  return store.transact(() => {
    const own = context.row.uidBase;
    if (own !== undefined) return own;
    const taken = store.sagemaker.takenUidBases();
    for (let range = 0; range < rangesMax; range += 1) {
      const uidBase = firstUid + range * rangeSize;
      if (taken.has(uidBase)) continue;
      context.update({ uidBase });
      return uidBase;
    }
    throw new AssertionError(`at most ${rangesMax} jobs run at once`);
  });
}
