import { parseSources, troubleIn } from '../../model/job/fast-file.ts';
import { channelPath } from '../../model/job/instance-layout.ts';
import type { Mount } from '../../drivers/container/container-driver.ts';
import { sleep } from '../../stdx/deadline.ts';
import { fastFileChannels } from './channels.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import type { TrainingJobContext } from './context.ts';
import { JobFailure } from '../job/job-failure.ts';
import { transfer } from '../job/transfer.ts';
import { transferFailure } from '../job/transfer-failure.ts';

/** What a container has of its FastFile channels. */
export interface FastFileMounts {
  readonly mounts: readonly Mount[];
  /** Other mounts make another container of it: one that was made with dead ones is of no use. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Programs that end tell only their parent, which may have been an earlier daemon. */
const lookMs = 1_000;
const credentialsMs = 60_000;

/**
 * Mounts the FastFile channels of one instance. The agent lists them first, through its interface and with the role's
 * credentials, so what keeps the job from its data ends it here, as in File mode.
 */
export async function mountFastFile(
  context: TrainingJobContext,
  instance: InstanceRecord,
  index: number,
  signal: AbortSignal,
): Promise<FastFileMounts> {
  const channels = fastFileChannels(context.request, index);
  if (channels.length === 0) return { mounts: [], labels: {} };
  const { dataMounts, region } = context.services;
  const { text = '' } = await transfer(context, instance, 'download', { kind: 'list', orderId: 'list', channels }, signal);
  await giveCredentials(context, instance);
  const directory = context.instanceDirectory(instance.host);
  const { uidBase, agentInterfaceId } = instance;
  const networkNamespacePath = context.namespaceOf(agentInterfaceId);
  const mounted = await Promise.all(
    parseSources(text).map(async (source) => await dataMounts.mount({ directory, source, region, uidBase, networkNamespacePath })),
  );
  const inOrder = mounted.toSorted((a, b) => (a.channelName < b.channelName ? -1 : 1));
  return {
    mounts: inOrder.map(({ path, channelName }) => ({ source: path, target: channelPath(channelName), readOnly: true })),
    labels: { dataMounts: inOrder.map(({ id }) => id).join(',') },
  };
}

async function giveCredentials(context: TrainingJobContext, { host, uidBase }: InstanceRecord): Promise<void> {
  await context.services.dataMounts.giveCredentials({ directory: context.instanceDirectory(host), uidBase }, context.credentials());
}

/** Takes the mounts away; the containers that had them are gone. */
export async function releaseFastFile(context: TrainingJobContext, host: string): Promise<void> {
  if (hasFastFile(context)) await context.services.dataMounts.release(context.instanceDirectory(host));
}

const hasFastFile = (context: TrainingJobContext): boolean => fastFileChannels(context.request, 0).length > 0;

/** Keeps what is behind the FastFile channels alive while the containers run, or says that it is not: `onLost` is called once, and it ends. */
export async function watchFastFile(context: TrainingJobContext, onLost: () => void, signal: AbortSignal): Promise<void> {
  if (!hasFastFile(context)) return;
  let renewInMs = 0;
  while (!signal.aborted) {
    if (context.instances.some((instance) => lostChannel(context, instance) !== undefined)) {
      onLost();
      return;
    }
    if (renewInMs <= 0) {
      await renew(context);
      renewInMs = credentialsMs;
    }
    await sleep(lookMs, signal).catch(() => undefined);
    renewInMs -= lookMs;
  }
}

/** What the programs hold is good for a while: a job does not fail by this. */
async function renew(context: TrainingJobContext): Promise<void> {
  try {
    for (const instance of context.instances) {
      await giveCredentials(context, instance);
      // It also keeps what they print in bounds.
      await logsOf(context, instance);
    }
  } catch (error) {
    context.services.log('credentials of FastFile channels were not renewed', { job: context.name, error: String(error) });
  }
}

/** The first channel whose program has ended: every read of it fails. */
function lostChannel(context: TrainingJobContext, { host }: InstanceRecord): string | undefined {
  const directory = context.instanceDirectory(host);
  return fastFileChannels(context.request, 0).find(({ channelName }) => !context.services.dataMounts.isAlive(directory, channelName))?.channelName;
}

/** The failure of a job that lost the program behind a channel, if it did. */
export function fastFileLoss(context: TrainingJobContext): JobFailure | undefined {
  for (const instance of context.instances) {
    const channelName = lostChannel(context, instance);
    if (channelName === undefined) continue;
    return JobFailure.of({
      kind: 'internal',
      detail: `The program that reads the FastFile channel ${channelName} of ${instance.host} ended before its job.`,
    });
  }
  return undefined;
}

/** Why reads of FastFile channels failed last, where a policy or the network was the cause; empty when none failed so. */
export async function fastFileTrouble(context: TrainingJobContext, instance: InstanceRecord): Promise<string> {
  const told: string[] = [];
  for (const { channelName, attempted, log } of await logsOf(context, instance)) {
    const trouble = troubleIn(log, attempted);
    const cause = trouble === undefined ? undefined : await transferFailure(context, 'download', instance, trouble);
    if (cause?.kind === 's3-refused')
      told.push(`FastFile channel ${channelName}: ${cause.code} (${cause.status}): ${cause.message} (${cause.attempted})`);
    if (cause?.kind === 'unreachable') told.push(`FastFile channel ${channelName}: ${cause.cause}`);
  }
  return told.join('; ');
}

async function logsOf(
  context: TrainingJobContext,
  { host }: InstanceRecord,
): Promise<readonly { readonly channelName: string; readonly attempted: string; readonly log: string }[]> {
  const directory = context.instanceDirectory(host);
  return await Promise.all(
    fastFileChannels(context.request, 0).map(async ({ channelName, bucket, prefix }) => ({
      channelName,
      attempted: `reading s3://${bucket}/${prefix}`,
      log: await context.services.dataMounts.log(directory, channelName),
    })),
  );
}
