import { writeFile } from 'node:fs/promises';
import type { SagaStep } from '../saga.ts';
import { contractFiles } from './contract.ts';
import type { TrainingJobContext } from './context.ts';

/** The directory of each instance, with the files that SageMaker's containers read. Nothing runs there yet. */
export const placeInstances: SagaStep<TrainingJobContext> = {
  name: 'place-instances',
  async run(context) {
    for (const instance of context.instances) {
      await context.services.placement.prepare(context.instanceSpec(instance));
      for (const [path, text] of Object.entries(contractFiles(context, instance))) await writeFile(path, text, { mode: 0o644 });
    }
  },
  async undo(context) {
    for (const { host } of context.instances) {
      context.forgetAgent(host);
      await context.services.placement.release(context.instanceId(host), context.instanceDirectory(host));
    }
  },
};
