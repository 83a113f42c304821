import type { AgentChannel } from '../../model/job/agent-orders.ts';
import { containerCommand } from '../../model/job/container-contract.ts';
import { containerMounts, instanceLayout } from '../../model/job/instance-layout.ts';
import { parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import { containerLimits } from './container-limits.ts';
import { contractEnvironment } from './contract.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';
import { refusedSoFar } from './refused-packets.ts';
import { transfer } from './transfer.ts';

/** Input data comes while the containers are created and initialised: only starting them is left. */
export const stageInstances: SagaStep<TrainingJobContext> = {
  name: 'stage-instances',

  async run(context, signal) {
    context.advance('Downloading', { instancesStartAt: context.row.instancesStartAt ?? context.services.clock.now().toISOString() });
    // Read here, where there is time, and before any code of the job runs.
    const refusedBefore = refusedSoFar(context);
    const results = await Promise.allSettled([
      refusedBefore,
      ...context.instances.flatMap((instance, index) => [download(context, instance, index, signal), createContainer(context, instance)]),
    ]);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    return { refusedBefore: await refusedBefore };
  },

  async undo(context) {
    for (const { host } of context.instances) await context.services.containers.remove(context.instanceId(host));
  },
};

async function download(context: TrainingJobContext, instance: InstanceRecord, index: number, signal: AbortSignal): Promise<void> {
  const count = context.instances.length;
  const channels = (context.request.InputDataConfig ?? []).map(({ ChannelName, DataSource: { S3DataSource: source } }): AgentChannel => {
    const { bucket, key } = present(parseS3Uri(source.S3Uri), 'the shape requires an S3 URI');
    const sharded = source.S3DataDistributionType === 'ShardedByS3Key';
    return {
      channelName: ChannelName,
      dataType: source.S3DataType,
      bucket,
      prefix: key,
      shard: sharded ? { index, count } : { index: 0, count: 1 },
    };
  });
  if (channels.length > 0) await transfer(context, instance, 'download', { kind: 'download', orderId: 'download', channels }, signal);
}

async function createContainer(context: TrainingJobContext, instance: InstanceRecord): Promise<void> {
  const { containers } = context.services;
  const { AlgorithmSpecification } = context.request;
  const directory = context.instanceDirectory(instance.host);
  await containers.create({
    name: context.instanceId(instance.host),
    labels: { job: context.name, host: instance.host },
    image: AlgorithmSpecification.TrainingImage,
    ...containerCommand(AlgorithmSpecification.ContainerEntrypoint, AlgorithmSpecification.ContainerArguments),
    environment: contractEnvironment(context, instance),
    mounts: containerMounts(directory),
    networkNamespacePath: context.namespaceOf(instance.algorithmInterfaceId),
    hostname: instance.host,
    uidBase: instance.uidBase,
    ...containerLimits(context, instance),
    logPath: instanceLayout(directory).containerLog,
  });
}
