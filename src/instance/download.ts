import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { AgentChannel } from '../model/job/agent-orders.ts';
import { inTurns } from '../stdx/in-turns.ts';
import { OrderFailed } from './failure.ts';
import { manifestBytesMax, objectsMax, s3Attempts, transfersMax } from './limits.ts';
import { parseManifest } from './manifest.ts';
import { objectPath, shardOf } from './object-path.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

interface FoundObject {
  readonly bucket: string;
  readonly key: string;
  /** Below the channel's folder. */
  readonly path: string;
  readonly isFolder: boolean;
}

const partSuffix = '.cloister-part';

function refuse(attempted: string, message: string): never {
  throw new OrderFailed({ kind: 'local-files', attempted, message });
}

function placed(bucket: string, key: string, prefix: string): FoundObject {
  const where = objectPath(key, prefix);
  if ('refused' in where) refuse(`GetObject s3://${bucket}/${key}`, where.refused);
  return { bucket, key, ...where };
}

async function listPrefix(storage: Storage, { bucket, prefix }: AgentChannel, transfer: Transfer): Promise<FoundObject[]> {
  const found: FoundObject[] = [];
  let token: string | undefined;
  do {
    transfer.signal.throwIfAborted();
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) });
    const page = await storage.attempt('ListObjectsV2', bucket, prefix, () => storage.client.send(command, { abortSignal: transfer.signal }));
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) found.push(placed(bucket, Key, prefix));
    if (found.length > objectsMax) refuse(`ListObjectsV2 s3://${bucket}/${prefix}`, `more than ${objectsMax} objects`);
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return found;
}

async function readManifest(storage: Storage, { bucket, prefix }: AgentChannel, transfer: Transfer): Promise<FoundObject[]> {
  const attempted = `GetObject s3://${bucket}/${prefix}`;
  const text = await storage.attempt('GetObject', bucket, prefix, async () => {
    const { Body, ContentLength = 0 } = await storage.client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix }), {
      abortSignal: transfer.signal,
    });
    if (ContentLength > manifestBytesMax) refuse(attempted, `the manifest is larger than ${manifestBytesMax} bytes`);
    return (await Body?.transformToString()) ?? '';
  });
  let manifest;
  try {
    manifest = parseManifest(text);
  } catch (error) {
    return refuse(attempted, (error as Error).message);
  }
  const { bucket: from, prefix: folder, entries } = manifest;
  if (entries.length > objectsMax) refuse(attempted, `more than ${objectsMax} objects`);
  return entries.map((entry) => placed(from, `${folder}${entry}`, folder));
}

/** Writes beside and renames, so that a file is whole or not there. Never follows a link. */
async function writeBody(body: Readable, path: string, transfer: Transfer): Promise<number> {
  const part = `${path}${partSuffix}`;
  await rm(part, { force: true });
  const file = await open(part, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
  const target = file.createWriteStream();
  await pipeline(body, target, { signal: transfer.signal });
  await rename(part, path);
  return target.bytesWritten;
}

async function fetchObject(storage: Storage, { bucket, key }: FoundObject, path: string, transfer: Transfer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const bytes = await storage.attempt('GetObject', bucket, key, async () => {
    // A body that breaks off is asked for again.
    for (let attempt = 1; ; attempt++) {
      const { Body } = await storage.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: transfer.signal });
      try {
        return await writeBody(Body as Readable, path, transfer);
      } catch (error) {
        const { name, code = '' } = error as NodeJS.ErrnoException;
        const again = name === 'TimeoutError' || ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ETIMEDOUT'].includes(code);
        if (!again || attempt === s3Attempts || transfer.signal.aborted) throw error;
      }
    }
  });
  transfer.moved(1, bytes);
}

/** Brings the objects of one channel into its folder, which is emptied first: an order that is given again begins anew. */
export async function downloadChannel(storage: Storage, channel: AgentChannel, dataFolder: string, transfer: Transfer): Promise<void> {
  // AWS's pattern for names of channels allows these two.
  if (['.', '..'].includes(channel.channelName)) refuse(`channel ${channel.channelName}`, 'the name of the channel is no name of a folder');
  const folder = join(dataFolder, channel.channelName);
  const list = channel.dataType === 'ManifestFile' ? readManifest : listPrefix;
  const all = (await list(storage, channel, transfer)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const attempted = `ListObjectsV2 s3://${channel.bucket}/${channel.prefix}`;
  if (all.length === 0) throw new OrderFailed({ kind: 'no-objects', attempted });
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  const mine = shardOf(
    all.filter(({ isFolder }) => !isFolder),
    channel.shard,
  );
  for (const { path } of all.filter(({ isFolder }) => isFolder)) await mkdir(join(folder, path), { recursive: true });
  await inTurns(mine, transfersMax, (object) => fetchObject(storage, object, join(folder, object.path), transfer));
}
