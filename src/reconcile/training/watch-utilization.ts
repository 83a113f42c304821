import { type InstanceSample, type Utilization, utilizationOf } from '../../model/job/utilization.ts';
import { sleep } from '../../stdx/deadline.ts';
import { containerLimits } from '../job/container-limits.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import type { TrainingJobContext } from './context.ts';

const sampleMs = 3_000;
/** Between two times that it is stored; the last is stored at the end. */
const storeMs = 30_000;

/**
 * Looks at what each instance takes, until the signal aborts. One value of each is stored with the job, and the most
 * memory. Never rejects: a job does not fail by being looked at.
 */
export async function watchUtilization(context: TrainingJobContext, signal: AbortSignal): Promise<void> {
  const { clock, log } = context.services;
  const samples = new Map<string, InstanceSample>();
  let current: Readonly<Record<string, Utilization>> = context.row.utilization ?? {};
  let storedMs = clock.monotonicMs();
  try {
    while (!signal.aborted) {
      for (const instance of context.instances) {
        const sample = await sampleOf(context, instance);
        if (sample === undefined) continue;
        const { host } = instance;
        const limit = containerLimits(context, instance).memoryBytes;
        const seen = utilizationOf(samples.get(host), sample, limit, current[host]?.peakMemoryBytes ?? 0);
        samples.set(host, sample);
        if (seen !== undefined) current = { ...current, [host]: seen };
      }
      if (clock.monotonicMs() - storedMs >= storeMs) {
        store(context, current);
        storedMs = clock.monotonicMs();
      }
      await sleep(sampleMs, signal);
    }
    store(context, current);
  } catch (error) {
    log('what a job takes of the machine is not known', { job: context.name, error: String(error) });
  }
}

function store({ services, name }: TrainingJobContext, utilization: Readonly<Record<string, Utilization>>): void {
  if (Object.keys(utilization).length === 0) return;
  services.store.transact(() => services.store.sagemaker.trainingJobs.update(name, { utilization }));
}

/** Undefined when its container has ended. */
async function sampleOf(context: TrainingJobContext, { host }: InstanceRecord): Promise<InstanceSample | undefined> {
  const { containers, placement, clock } = context.services;
  const usage = await containers.usage(context.instanceId(host));
  if (usage === undefined) return undefined;
  const volume = await placement.volumeUse(context.instanceDirectory(host));
  const disk = volume && { usedBytes: volume.bytes - volume.freeBytes, sizeBytes: volume.bytes };
  return { atMs: clock.now().getTime(), ...usage, ...(disk && { disk }) };
}
