import type { SagaStep } from '../saga.ts';
import type { JobContext } from './job-context.ts';

/** The directory of each instance, with the files that its container reads. Nothing runs there yet. */
export const placeInstances: SagaStep<JobContext> = {
  name: 'place-instances',
  async run(context) {
    const { placement } = context.services;
    const placed = await Promise.allSettled(context.instances.map(async (instance) => await placement.prepare(context.instanceSpec(instance))));
    const failure = placed.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  },
  async undo(context) {
    for (const { host } of context.instances) {
      context.forgetAgent(host);
      await context.services.placement.release(context.instanceId(host), context.instanceDirectory(host));
    }
  },
};
