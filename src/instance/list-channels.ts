import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentChannel } from '../model/job/agent-orders.ts';
import { listName, nothingListed, refusalOfFastFileKey, type FastFileSource } from '../model/job/fast-file.ts';
import { inTurns } from '../stdx/in-turns.ts';
import { refuse } from './channel-objects.ts';
import { placeChannel, type PlacedFolder } from './download.ts';
import { OrderFailed } from './failure.ts';
import { listsMax } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

type PlacedFile = PlacedFolder['files'][number];

/**
 * Lists FastFile channels and reads nothing: which files there are is settled at the start, as on AWS
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html). Returns the sources as JSON; what is
 * not the whole of a folder is written down in `listsFolder`.
 */
export async function listChannels(storage: Storage, channels: readonly AgentChannel[], listsFolder: string, transfer: Transfer): Promise<string> {
  const sources: FastFileSource[] = [];
  await inTurns(channels, listsMax, async (channel) => void sources.push(await listChannel(storage, channel, listsFolder, transfer)));
  return JSON.stringify(sources);
}

async function listChannel(storage: Storage, channel: AgentChannel, listsFolder: string, transfer: Transfer): Promise<FastFileSource> {
  const { files, folder, isListed } = await findFiles(storage, channel, transfer);
  for (const { object } of files) {
    const refusal = refusalOfFastFileKey(object.key);
    if (refusal !== undefined) refuse(`GetObject s3://${object.bucket}/${object.key}`, refusal);
  }
  if (isListed) {
    const paths = files.length === 0 ? [nothingListed] : files.map(({ path }) => path);
    await writeFile(join(listsFolder, listName(channel.channelName)), paths.map((path) => `${path}\n`).join(''));
  }
  transfer.moved(files.length, 0);
  const bucket = files[0]?.object.bucket ?? channel.bucket;
  return { channelName: channel.channelName, bucket, folder, isListed };
}

interface FoundFiles {
  readonly files: readonly PlacedFile[];
  readonly folder: string;
  readonly isListed: boolean;
}

async function findFiles(storage: Storage, channel: AgentChannel, transfer: Transfer): Promise<FoundFiles> {
  const isSharded = channel.shard.count > 1;
  if (channel.dataType === 'ManifestFile') {
    const { files } = await placeChannel(storage, channel, '', transfer);
    return { files, folder: commonFolder(files, channel), isListed: true };
  }
  const { prefix } = channel;
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  try {
    const { files } = await placeChannel(storage, { ...channel, prefix: folder }, '', transfer);
    return { files, folder, isListed: isSharded };
  } catch (error) {
    const isEmpty = error instanceof OrderFailed && error.observation.kind === 'no-objects';
    if (!isEmpty || folder === prefix) throw error;
  }
  return await findOne(storage, channel, transfer);
}

/** The prefix is no folder: it must be the whole key of an object, and not a part of a name. */
async function findOne(storage: Storage, channel: AgentChannel, transfer: Transfer): Promise<FoundFiles> {
  const { prefix, bucket, shard } = channel;
  const { files } = await placeChannel(storage, { ...channel, shard: { index: 0, count: 1 } }, '', transfer);
  const own = files.filter(({ object }) => object.key === prefix);
  if (own.length === 0)
    refuse(`ListObjectsV2 s3://${bucket}/${prefix}`, 'the prefix of a FastFile channel must not be a part of the name of a folder or object');
  return { files: shard.index === 0 ? own : [], folder: prefix.slice(0, prefix.lastIndexOf('/') + 1), isListed: true };
}

/** Above all the paths of a manifest's objects. */
function commonFolder(files: readonly PlacedFile[], { bucket, prefix }: AgentChannel): string {
  const folders = new Set(files.map(({ object, path }) => (object.key.endsWith(path) ? object.key.slice(0, -path.length) : undefined)));
  const [folder = ''] = folders;
  if (folders.size > 1 || folders.has(undefined))
    refuse(`GetObject s3://${bucket}/${prefix}`, 'FastFile cannot show what does not lie as it is named below one folder');
  return folder;
}
