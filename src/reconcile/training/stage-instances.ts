import type { ContainerSpec } from '../../drivers/container/container-driver.ts';
import { checkpointsPathOf } from '../../model/job/checkpoints.ts';
import { containerCommand } from '../../model/job/container-contract.ts';
import { containerMounts, instanceLayout } from '../../model/job/instance-layout.ts';
import type { SagaStep } from '../saga.ts';
import { fileChannels } from './channels.ts';
import { restoreCheckpoints } from './checkpoints.ts';
import { createJobContainer } from '../job/create-container.ts';
import { containerLimits } from '../job/container-limits.ts';
import { contractEnvironment } from './contract.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import type { TrainingJobContext } from './context.ts';
import { mountFastFile, releaseFastFile, type FastFileMounts } from './fast-file.ts';
import { openPipes } from './pipes.ts';
import { imageToPull, pullImage } from './pull-image.ts';
import { refusedSoFar } from '../job/refused-packets.ts';
import { transfer } from '../job/transfer.ts';

/** Input data comes while the containers are created and initialised: only starting them is left. */
export const stageInstances: SagaStep<TrainingJobContext> = {
  name: 'stage-instances',

  async run(context, signal) {
    const pulledImage = await imageToPull(context);
    const instancesStartAt = context.row.instancesStartAt ?? context.services.clock.now().toISOString();
    context.advance('Downloading', { instancesStartAt }, { pulledImage });
    const pulled = pulledImage === undefined ? Promise.resolve() : pullImage(context, pulledImage, signal);
    const staged = context.instances.flatMap((instance, index) => [
      download(context, instance, index, signal),
      openPipes(context, instance, signal),
      restoreCheckpoints(context, instance, signal),
      mountFastFile(context, instance, index, signal).then(async (mounts) => await createContainer(context, instance, mounts, pulled)),
    ]);
    // Read here, before any code of the job runs; last, because nobody waits for it.
    const refusedBefore = refusedSoFar(context);
    const results = await Promise.allSettled([pulled, ...staged, refusedBefore]);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    return { refusedBefore: await refusedBefore };
  },

  async undo(context) {
    for (const { host } of context.instances) {
      await context.services.containers.remove(context.instanceId(host));
      await releaseFastFile(context, host);
    }
  },
};

async function download(context: TrainingJobContext, instance: InstanceRecord, index: number, signal: AbortSignal): Promise<void> {
  const channels = fileChannels(context.request, index);
  if (channels.length > 0) await transfer(context, instance, 'download', { kind: 'download', orderId: 'download', channels }, signal);
}

async function createContainer(
  context: TrainingJobContext,
  instance: InstanceRecord,
  fastFile: FastFileMounts,
  pulled: Promise<void>,
): Promise<void> {
  await pulled;
  const { AlgorithmSpecification, CheckpointConfig } = context.request;
  const directory = context.instanceDirectory(instance.host);
  const spec: ContainerSpec = {
    name: context.instanceId(instance.host),
    labels: { job: context.name, host: instance.host, ...fastFile.labels },
    image: context.image,
    ...containerCommand(AlgorithmSpecification.ContainerEntrypoint, AlgorithmSpecification.ContainerArguments),
    environment: contractEnvironment(context, instance),
    mounts: [...containerMounts(directory, CheckpointConfig && checkpointsPathOf(CheckpointConfig)), ...fastFile.mounts],
    networkNamespacePath: context.namespaceOf(instance.algorithmInterfaceId),
    hostname: instance.host,
    uidBase: instance.uidBase,
    ...containerLimits(context, instance),
    logPath: instanceLayout(directory).containerLog,
  };
  await createJobContainer(context, spec, 'algorithm');
}
