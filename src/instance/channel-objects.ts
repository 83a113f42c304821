import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { AgentChannel } from '../model/job/agent-orders.ts';
import { OrderFailed } from './failure.ts';
import { manifestBytesMax, objectsMax } from './limits.ts';
import { parseManifest } from './manifest.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

/** An object of a channel, as it was when it was found. Of a manifest's only the key is known. */
export interface ChannelObject {
  readonly bucket: string;
  readonly key: string;
  /** What stands before the part of the key that is the object's name in the channel. */
  readonly prefix: string;
  readonly seen?: Seen;
}

/** One content of an object: another one has another tag. */
export interface Seen {
  readonly size: number;
  readonly etag: string;
}

export function refuse(attempted: string, message: string): never {
  throw new OrderFailed({ kind: 'local-files', attempted, message });
}

/** `EncodingType: url`: XML cannot hold every key. A space is `+`. */
const keyOf = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** All objects below a prefix, in order of keys. */
export async function listPrefix(
  storage: Storage,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  { signal }: Pick<Transfer, 'signal'>,
): Promise<ChannelObject[]> {
  const found: ChannelObject[] = [];
  let token: string | undefined;
  do {
    signal.throwIfAborted();
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: 'url',
      ...(token !== undefined && { ContinuationToken: token }),
    });
    const page = await storage.attempt('ListObjectsV2', bucket, prefix, () => storage.client.send(command, { abortSignal: signal }));
    for (const { Key, Size = 0, ETag = '' } of page.Contents ?? []) {
      if (Key !== undefined) found.push({ bucket, key: keyOf(Key), prefix, seen: { size: Size, etag: ETag } });
    }
    if (found.length > objectsMax) refuse(`ListObjectsV2 s3://${bucket}/${prefix}`, `more than ${objectsMax} objects`);
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return found;
}

async function readManifest(storage: Storage, { bucket, prefix: key }: AgentChannel, { signal }: Transfer): Promise<ChannelObject[]> {
  const attempted = `GetObject s3://${bucket}/${key}`;
  const text = await storage.attempt('GetObject', bucket, key, async () => {
    const { Body, ContentLength = 0 } = await storage.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
    if (ContentLength > manifestBytesMax) refuse(attempted, `the manifest is larger than ${manifestBytesMax} bytes`);
    return (await Body?.transformToString()) ?? '';
  });
  let manifest;
  try {
    manifest = parseManifest(text);
  } catch (error) {
    return refuse(attempted, (error as Error).message);
  }
  const { bucket: from, prefix, entries } = manifest;
  if (entries.length > objectsMax) refuse(attempted, `more than ${objectsMax} objects`);
  return entries.map((entry) => ({ bucket: from, key: `${prefix}${entry}`, prefix }));
}

/** What a channel is made of: by key as S3 lists it, or in the manifest's own order. Nothing at all is a failure. */
export async function channelObjects(storage: Storage, channel: AgentChannel, transfer: Transfer): Promise<readonly ChannelObject[]> {
  const isManifest = channel.dataType === 'ManifestFile';
  const found = await (isManifest ? readManifest : listPrefix)(storage, channel, transfer);
  if (found.length > 0) return found;
  throw new OrderFailed({ kind: 'no-objects', attempted: `${isManifest ? 'GetObject' : 'ListObjectsV2'} s3://${channel.bucket}/${channel.prefix}` });
}
