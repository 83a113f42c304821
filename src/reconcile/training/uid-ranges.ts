import { assert } from '../../stdx/assert.ts';
import type { Store } from '../../store/store.ts';
import type { InstanceRecord } from './context.ts';

/** Host users of the instances: one range of 65,536 each, far above the users of a host and below 2^31. */
const firstUid = 0x2000_0000;
const rangeSize = 0x1_0000;
const rangesMax = 4_096;

/** The lowest range that no running job's instance has. Ranges are used again when a job has ended. */
export function freeUidBase(store: Store, job: string, own: readonly InstanceRecord[]): number {
  const taken = new Set(own.map((instance) => instance.uidBase));
  for (const row of store.sagemaker.trainingJobs.list({ saga: 'running' })) {
    if (row.trainingJobName === job) continue;
    const entry = store.sagemaker.journal(row.trainingJobName).get('create-interfaces');
    const result = entry?.result as { readonly instances?: readonly InstanceRecord[] } | null | undefined;
    for (const instance of result?.instances ?? []) taken.add(instance.uidBase);
  }
  for (let range = 0; range < rangesMax; range += 1) {
    const base = firstUid + range * rangeSize;
    if (!taken.has(base)) return base;
  }
  assert(false, `at most ${rangesMax} instances run at once`);
}
