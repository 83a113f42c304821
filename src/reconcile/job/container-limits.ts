import type { ContainerSpec } from '../../drivers/container/container-driver.ts';
import { instanceShare, instanceSizeOf } from '../../model/job/instance-types.ts';
import { present } from '../../stdx/assert.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';

type Limits = Required<Pick<ContainerSpec, 'memoryBytes' | 'cpus' | 'sharedMemoryBytes' | 'gpus'>>;

/** What the container of one instance may take: its type's share of this machine. Two instances of a job never have the same GPU. */
export function containerLimits(context: JobContext, instance: InstanceRecord): Limits {
  const { instanceType } = context;
  const size = present(instanceSizeOf(instanceType), 'every type of the shape has a size');
  const { cpus, memoryBytes, sharedMemoryBytes, gpus } = instanceShare(instanceType, size, context.services.containers.size());
  const index = context.instances.findIndex(({ host }) => host === instance.host);
  return { cpus, memoryBytes, sharedMemoryBytes, gpus: Array.from({ length: gpus }, (_, gpu) => index * gpus + gpu) };
}
