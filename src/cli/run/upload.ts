import { openAsBlob } from 'node:fs';
import { uriEncode } from '../../aws/sigv4-canonical.ts';
import { type Api, ApiError } from '../api.ts';
import { hashOf } from '../file-hash.ts';
import { contentName, type LocalFile } from './files.ts';

/** Puts files below a prefix that is named by what they hold: what is there already is not sent again. Returns `s3://…/`. */
export async function uploadFiles(api: Api, bucket: string, files: readonly LocalFile[]): Promise<{ readonly uri: string; readonly sent: number }> {
  const hashed: (LocalFile & { readonly sha256: Buffer })[] = [];
  for (const file of files) hashed.push({ ...file, sha256: await hashOf(file.path) });
  const prefix = `input/${contentName(hashed)}`;
  let sent = 0;
  for (const { key, path, sha256 } of hashed) {
    const target = `/${[bucket, ...`${prefix}/${key}`.split('/')].map(uriEncode).join('/')}`;
    if (await isThere(api, target)) continue;
    await api.putObject(target, await openAsBlob(path), sha256);
    sent += 1;
  }
  return { uri: `s3://${bucket}/${prefix}/`, sent };
}

async function isThere(api: Api, target: string): Promise<boolean> {
  try {
    await api.s3('HEAD', target);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === '404') return false;
    throw error;
  }
}
