import { ContainerNotStartable, type ContainerSpec } from '../../drivers/container/container-driver.ts';
import type { NotStartable } from '../../model/job/failure-reason.ts';
import type { JobContext } from './job-context.ts';
import { JobFailure } from './job-failure.ts';

/** Creates the container of an instance. An image that cannot be started is the job's failure, not Cloister's; `owner` words whose it is. */
export async function createJobContainer({ services }: JobContext, spec: ContainerSpec, owner: NotStartable['owner']): Promise<void> {
  try {
    await services.containers.create(spec);
  } catch (error) {
    if (!(error instanceof ContainerNotStartable)) throw error;
    throw JobFailure.of({ kind: 'not-startable', owner, image: spec.image, reason: error.reason }, { cause: error });
  }
}
