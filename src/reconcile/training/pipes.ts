import { pipeChannels } from './channels.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import type { TrainingJobContext } from './context.ts';
import { transfer } from '../job/transfer.ts';

function channelsOf(context: TrainingJobContext, instance: InstanceRecord): ReturnType<typeof pipeChannels> {
  return pipeChannels(
    context.request,
    context.instances.findIndex(({ host }) => host === instance.host),
  );
}

/** Makes the pipes of the first epoch: the container can start. The same agent is asked twice and has them already. */
export async function openPipes(context: TrainingJobContext, instance: InstanceRecord, signal: AbortSignal): Promise<void> {
  const channels = channelsOf(context, instance);
  if (channels.length > 0) await transfer(context, instance, 'download', { kind: 'open-pipes', orderId: 'open-pipes', channels }, signal);
}

/** Streams into the pipes of one instance until told to finish. */
export async function streamPipes(context: TrainingJobContext, instance: InstanceRecord, signal: AbortSignal, finish: AbortSignal): Promise<void> {
  if (channelsOf(context, instance).length === 0) return;
  await transfer(context, instance, 'download', { kind: 'stream', orderId: 'stream' }, signal, finish);
}
