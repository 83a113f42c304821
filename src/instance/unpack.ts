import { constants, createReadStream } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { AgentOrder } from '../model/job/agent-orders.ts';
import { Permits } from '../stdx/permits.ts';
import { makeFolders } from './download.ts';
import { OrderFailed } from './failure.ts';
import { fetchObject } from './fetch-object.ts';
import { transfersMax, unpackedArchiveBytesMax } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';
import { readTar, UnusableArchive, type ArchiveMember } from './untar.ts';

type UnpackOrder = Extract<AgentOrder, { readonly kind: 'unpack' }>;

const archiveName = '.cloister-archive';
const fileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Fetches one tar.gz and unpacks it. What is no such archive is an observation of its own. */
export async function unpackObject(storage: Storage, order: UnpackOrder, mlPath: string, transfer: Transfer): Promise<void> {
  const { bucket, key, folder, otherFolders } = order;
  const archive = join(mlPath, archiveName);
  for (const name of [folder, ...otherFolders]) await makeFolders(mlPath, name, 0o777);
  try {
    await rm(archive, { force: true });
    {
      await using file = await open(archive, 'wx', 0o600);
      await fetchObject({ storage, transfer, permits: new Permits(transfersMax) }, { bucket, key, prefix: '' }, file);
    }
    await unpackArchive(archive, join(mlPath, folder), transfer.signal);
    transfer.moved(1, 0);
  } catch (error) {
    const message = archiveFault(error);
    if (message === undefined) throw error;
    throw new OrderFailed({ kind: 'unusable-archive', attempted: `unpack s3://${bucket}/${key}`, message });
  } finally {
    await rm(archive, { force: true });
  }
}

/** Into a folder that is emptied first: an order that is given again begins anew. */
export async function unpackArchive(archive: string, folder: string, signal: AbortSignal): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  const packed = createReadStream(archive, { signal });
  const bytes = createGunzip();
  packed.on('error', (error) => bytes.destroy(error));
  packed.pipe(bytes);
  let total = 0;
  let lastMade: string | undefined;
  try {
    for await (const member of readTar(bytes)) {
      total += member.size;
      if (total > unpackedArchiveBytesMax) throw new UnusableArchive(`It holds more than ${unpackedArchiveBytesMax} bytes`);
      const parent = member.kind === 'folder' ? member.path : dirname(member.path);
      // Members of a folder mostly follow each other.
      if (parent !== lastMade) await makeFolders(folder, parent, 0o755);
      lastMade = parent;
      if (member.kind === 'file') await write(member, folder);
    }
  } finally {
    packed.destroy();
    bytes.destroy();
  }
}

async function write({ path, content }: ArchiveMember, folder: string): Promise<void> {
  await using file = await open(join(folder, path), fileFlags, 0o644);
  await file.chmod(0o644);
  for await (const chunk of content) {
    for (let written = 0; written < chunk.length;) written += (await file.write(chunk, written)).bytesWritten;
  }
}

/** What of an error is the archive's: no gzip, no tar, or two members that want the same name. */
export function archiveFault(error: unknown): string | undefined {
  if (error instanceof UnusableArchive) return error.message;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code.startsWith('Z_')) return `It is not compressed by gzip, or broken: ${message}`;
  if (['EISDIR', 'ENOTDIR', 'EEXIST'].includes(code)) return 'It holds a file where it also has a folder';
  return undefined;
}
