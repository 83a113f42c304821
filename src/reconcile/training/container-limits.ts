import type { ContainerSpec } from '../../drivers/container/container-driver.ts';
import { instanceShare, instanceSizeOf } from '../../model/job/instance-types.ts';
import { present } from '../../stdx/assert.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';

type Limits = Required<Pick<ContainerSpec, 'memoryBytes' | 'cpus' | 'sharedMemoryBytes' | 'gpus'>>;

/** What the container of one instance may take: its type's share of this machine. Two instances of a job never have the same GPU. */
export function containerLimits(context: TrainingJobContext, instance: InstanceRecord): Limits {
  const { InstanceType } = context.request.ResourceConfig;
  const size = present(instanceSizeOf(InstanceType), 'every type of the shape has a size');
  const { cpus, memoryBytes, sharedMemoryBytes, gpus } = instanceShare(InstanceType, size, context.services.containers.size());
  const index = context.instances.findIndex(({ host }) => host === instance.host);
  return { cpus, memoryBytes, sharedMemoryBytes, gpus: Array.from({ length: gpus }, (_, gpu) => index * gpus + gpu) };
}
