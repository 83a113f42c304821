import { ImageNotPulled } from '../../drivers/container/image-store.ts';
import { registryHostOf } from '../../model/job/registries.ts';
import { JobFailure } from '../job/job-failure.ts';
import type { TrainingJobContext } from './context.ts';

/** The job's image where its name has a registry and the store lacks it. One that is there stays as it is: `cloister image pull` renews it. */
export async function imageToPull({ image, services }: TrainingJobContext): Promise<string | undefined> {
  return registryHostOf(image) === undefined || (await services.containers.hasImage(image)) ? undefined : image;
}

export async function pullImage({ services }: TrainingJobContext, image: string, signal: AbortSignal): Promise<void> {
  try {
    await services.pullImage(image, signal);
  } catch (error) {
    if (!(error instanceof ImageNotPulled)) throw error;
    throw JobFailure.of({ kind: 'image', image, message: error.message }, { cause: error });
  }
}
