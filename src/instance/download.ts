import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
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

interface Placement {
  readonly folders: readonly string[];
  readonly files: readonly PlacedObject[];
}

export interface PlacedFolder extends Placement {
  readonly folder: string;
}

/** The modes of what is made. */
interface Modes {
  readonly folder: number;
  readonly file: number;
}

/** Where each object goes. Keys that are no path, or that want the same one, are refused before anything is read. */
export function placeObjects(found: readonly ChannelObject[], shard: AgentChannel['shard'] = { index: 0, count: 1 }): Placement {
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
  return { folders, files: mine };
}

/** Where the objects of a channel go; nothing is read yet but its list. */
export async function placeChannel(storage: Storage, channel: AgentChannel, dataFolder: string, transfer: Transfer): Promise<PlacedFolder> {
  const { channelName, shard } = channel;
  // AWS's pattern for names of channels allows these two.
  if (['.', '..'].includes(channelName)) refuse(`channel ${channelName}`, 'the name of the channel is no name of a folder');
  return { folder: join(dataFolder, channelName), ...placeObjects(await channelObjects(storage, channel, transfer), shard) };
}

/** All folders on the way to a path get the mode, whatever the umask. */
export async function makeFolders(root: string, path: string, mode: number): Promise<void> {
  const made = await mkdir(join(root, path), { recursive: true });
  if (made === undefined) return;
  for (let folder = join(root, path); folder.length >= made.length; folder = dirname(folder)) await chmod(folder, mode);
}

/** Written aside and renamed, so that a file is whole or not there. */
async function fetchFile(fetching: Fetching, object: ChannelObject, path: string, unfinished: string, mode: number): Promise<void> {
  await using file = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode);
  await file.chmod(mode);
  await fetchObject(fetching, object, file);
  await rename(unfinished, path);
  fetching.transfer.moved(1, 0);
}

/** Brings objects into their folders, which are emptied first: an order that is given again begins anew. */
export async function fetchPlaced(
  storage: Storage,
  placed: readonly PlacedFolder[],
  modes: Modes,
  beside: string,
  transfer: Transfer,
): Promise<void> {
  const unfinished = join(beside, unfinishedFolder);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  try {
    for (const { folder, folders } of placed) {
      await makeFolders(folder, '', modes.folder);
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
      for (const path of folders) await makeFolders(folder, path, modes.folder);
    }
    const fetching: Fetching = { storage, transfer, permits: new Permits(transfersMax) };
    const all = placed.flatMap(({ folder, files }) => files.map(({ object, path }) => ({ object, folder, path })));
    await inTurns(all.entries(), transfersMax, async ([number, { object, folder, path }]) => {
      await makeFolders(folder, dirname(path), modes.folder);
      await fetchFile(fetching, object, join(folder, path), join(unfinished, String(number)), modes.file);
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Brings the objects of channels into their folders. */
export async function downloadChannels(storage: Storage, channels: readonly AgentChannel[], dataFolder: string, transfer: Transfer): Promise<void> {
  const placed: PlacedFolder[] = [];
  await inTurns(channels, listsMax, async (channel) => void placed.push(await placeChannel(storage, channel, dataFolder, transfer)));
  await fetchPlaced(storage, placed, { folder: 0o755, file: 0o644 }, join(dataFolder, '..'), transfer);
}
