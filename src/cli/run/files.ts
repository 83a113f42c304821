import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** One file of the user's, and what its key is below a prefix. */
export interface LocalFile {
  readonly key: string;
  readonly path: string;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html */
const channelPattern = /^[A-Za-z0-9.\-_]{1,64}$/u;
/** Of the twenty that a job may have one is the code's. */
const channelsMax = 19;
/** What the SageMaker SDK calls the one that nobody named. */
const onlyChannel = 'training';

/** All regular files below a folder, hidden ones only when wanted; links are what they lead to. */
export function filesBelow(folder: string, { hidden }: { readonly hidden: boolean }): LocalFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => hidden || !name.split(sep).some((part) => part.startsWith('.')))
    .map((name) => ({ key: name.split(sep).join('/'), path: join(folder, name) }))
    .filter(({ path }) => statSync(path).isFile())
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * The channels of a folder of data: `train` and `validation` when it holds these folders and no file beside them, else the one
 * `training`.
 */
export function channelsOf(files: readonly LocalFile[]): Map<string, LocalFile[]> {
  const folders = Map.groupBy(files, ({ key }) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : ''));
  const names = [...folders.keys()];
  const areChannels = names.every((name) => channelPattern.test(name) && !['code', '.', '..'].includes(name));
  if (!areChannels || names.length > channelsMax) return new Map([[onlyChannel, [...files]]]);
  return new Map(Array.from(folders, ([name, own]) => [name, own.map(({ key, path }) => ({ key: key.slice(name.length + 1), path }))]));
}

/** The name of what files hold, whoever has them and wherever. */
export function contentName(hashes: readonly { readonly key: string; readonly sha256: Buffer }[]): string {
  const lines = hashes.map(({ key, sha256 }) => `${sha256.toString('hex')} ${key}\n`).toSorted();
  return createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16);
}

/** A script's path below the folder of its code. Throws when it is not in there. */
export function pathWithin(folder: string, script: string): string {
  const path = relative(folder, script);
  if (path.startsWith('..')) throw new Error(`${script} is not in ${folder}`);
  return path.split(sep).join('/');
}
