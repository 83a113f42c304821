import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instanceFiles } from '../../model/job/container-contract.ts';
import type { SagaStep } from '../saga.ts';
import { contractOf } from './contract.ts';
import type { TrainingJobContext } from './context.ts';

/** The directory of each instance, with the files that SageMaker's containers read. Nothing runs there yet. */
export const placeInstances: SagaStep<TrainingJobContext> = {
  name: 'place-instances',
  async run(context) {
    for (const instance of context.instances) {
      await context.services.placement.prepare(context.instanceSpec(instance));
      const directory = context.instanceDirectory(instance.host);
      for (const [path, text] of Object.entries(instanceFiles(contractOf(context, instance)))) {
        await writeFile(join(directory, path), text, { mode: 0o644 });
      }
    }
  },
  async undo(context) {
    for (const { host } of context.instances) {
      context.forgetAgent(host);
      await context.services.placement.release(context.instanceId(host), context.instanceDirectory(host));
    }
  },
};
