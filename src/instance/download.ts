import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AgentChannel } from '../model/job/agent-orders.ts';
import { inTurns } from '../stdx/in-turns.ts';
import { Permits } from '../stdx/permits.ts';
import { channelObjects, refuse, type ChannelObject } from './channel-objects.ts';
import { fetchObject, type Fetching } from './fetch-object.ts';
import { listsMax, transfersMax } from './limits.ts';
import { objectPath, shardOf, TakenPaths } from './object-path.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

/** Beside the folders of the channels: a name of any length is free there, and renaming into a channel is one step. */
const unfinishedFolder = '.cloister-unfinished';

interface PlacedObject {
  readonly object: ChannelObject;
  readonly path: string;
}

interface PlacedChannel {
  readonly folder: string;
  readonly folders: readonly string[];
  readonly files: readonly PlacedObject[];
}

/** Where each object goes. Keys that are no path, or that want the same one, are refused before anything is read. */
async function placeChannel(storage: Storage, channel: AgentChannel, dataFolder: string, transfer: Transfer): Promise<PlacedChannel> {
  const { channelName, shard } = channel;
  // AWS's pattern for names of channels allows these two.
  if (['.', '..'].includes(channelName)) refuse(`channel ${channelName}`, 'the name of the channel is no name of a folder');
  const found = await channelObjects(storage, channel, transfer);
  const folders: string[] = [];
  const files: PlacedObject[] = [];
  const known = new Set<string>();
  // A manifest may name an object twice: it is one file.
  for (const object of found.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    if (known.has(object.key)) continue;
    known.add(object.key);
    const attempted = `GetObject s3://${object.bucket}/${object.key}`;
    const where = objectPath(object.key, object.prefix);
    if ('refused' in where) refuse(attempted, where.refused);
    if (!where.isFolder) files.push({ object, path: where.path });
    else if ((object.seen?.size ?? 0) > 0) refuse(attempted, 'the key ends in a slash, which makes it a folder, but the object is not empty');
    else folders.push(where.path);
  }
  const mine = shardOf(files, shard);
  const taken = new TakenPaths();
  for (const path of folders) taken.take(path, path, false);
  for (const { object, path } of mine) {
    const other = taken.take(path, object.key, true);
    if (other !== undefined) refuse(`GetObject s3://${object.bucket}/${object.key}`, `the file would be where "${other}" is`);
  }
  return { folder: join(dataFolder, channelName), folders, files: mine };
}

/** Written aside and renamed, so that a file is whole or not there. */
async function fetchFile(fetching: Fetching, object: ChannelObject, path: string, unfinished: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await using file = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
  await fetchObject(fetching, object, file);
  await rename(unfinished, path);
  fetching.transfer.moved(1, 0);
}

/** Brings the objects of channels into their folders, which are emptied first: an order that is given again begins anew. */
export async function downloadChannels(storage: Storage, channels: readonly AgentChannel[], dataFolder: string, transfer: Transfer): Promise<void> {
  const placed: PlacedChannel[] = [];
  await inTurns(channels, listsMax, async (channel) => void placed.push(await placeChannel(storage, channel, dataFolder, transfer)));
  const unfinished = join(dataFolder, '..', unfinishedFolder);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  try {
    for (const { folder, folders } of placed) {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
      for (const path of folders) await mkdir(join(folder, path), { recursive: true });
    }
    const fetching: Fetching = { storage, transfer, permits: new Permits(transfersMax) };
    const files = placed.flatMap(({ folder, files: own }) => own.map(({ object, path }) => ({ object, path: join(folder, path) })));
    await inTurns(files.entries(), transfersMax, async ([number, { object, path }]) => {
      await fetchFile(fetching, object, path, join(unfinished, String(number)));
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
