import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { uriEncode } from '../../aws/sigv4-canonical.ts';
import type { Api } from '../api.ts';

/** Copies an object to a file, which is there when it is whole. Nothing is written through a link that somebody put in its way. */
export async function downloadModel(api: Pick<Api, 'getObject'>, uri: string, file: string): Promise<void> {
  const target = `/${uri.slice('s3://'.length).split('/').map(uriEncode).join('/')}`;
  const { body } = await api.getObject(target);
  if (body === null) throw new Error(`${uri} came without a body`);
  const part = `${file}.part`;
  await rm(part, { force: true });
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(part, { flags: 'wx' }));
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}
