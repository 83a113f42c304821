import type { SagaStep } from '../saga.ts';
import { instanceSpec } from './contract.ts';
import type { TrainingJobContext } from './context.ts';

/** The directory of each instance, with the files that SageMaker's containers read. Nothing runs there yet. */
export const placeInstances: SagaStep<TrainingJobContext> = {
  name: 'place-instances',
  async run(context) {
    for (const instance of context.instances) await context.services.placement.prepare(instanceSpec(context, instance));
  },
  async undo(context) {
    for (const { host } of context.instances) {
      context.forgetAgent(host);
      await context.services.placement.release(context.instanceId(host), context.instanceDirectory(host));
    }
  },
};
