import type { InstanceAtEnd, VolumeAtEnd } from '../../model/job/failure-reason.ts';
import { containerLimits } from './container-limits.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';

/** What the machine says of an instance whose container has ended. A job neither fails nor hides its reason by what it does not say. */
export async function instanceAtEnd(context: JobContext, instance: InstanceRecord): Promise<InstanceAtEnd> {
  const { containers, log } = context.services;
  let memoryKills = 0;
  try {
    memoryKills = await containers.memoryKills(context.instanceId(instance.host));
  } catch (error) {
    log('whether the kernel killed for memory could not be read', { job: context.name, host: instance.host, error: String(error) });
  }
  return {
    host: instance.host,
    instances: context.instances.length,
    instanceType: context.instanceType,
    memoryBytes: containerLimits(context, instance).memoryBytes,
    memoryKills,
    volume: await volumeAtEnd(context, instance),
  };
}

export async function volumeAtEnd(context: JobContext, { host }: InstanceRecord): Promise<VolumeAtEnd | undefined> {
  const use = await context.services.placement.volumeUse(context.instanceDirectory(host)).catch(() => undefined);
  return use === undefined ? undefined : { host, ...use, askedBytes: context.volumeBytes };
}
