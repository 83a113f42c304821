import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isPackageRepository, packageRepositories, repositoryBucketName, repositoryHostName } from '../../model/package-repositories.ts';
import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import { Repository } from '../repository.ts';
import type { Terminal } from '../terminal.ts';

export interface RepoImportOptions {
  readonly data: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly delete: boolean;
}

/**
 * Fills a bucket of packages from a directory. Run again it changes what changed. What points to other files comes last, and
 * what is removed goes after it, so that a client in the middle of it finds what it was pointed to.
 */
export async function repoImport(terminal: Terminal, directory: string, options: RepoImportOptions): Promise<void> {
  const { bucket, prefix: given } = options;
  if (!isPackageRepository(bucket)) throw new Error(`--bucket is one of ${packageRepositories.join(', ')}`);
  const prefix = prefixOf(given);
  const files = new Map(filesBelow(directory).map((path) => [`${prefix}${path}`, join(directory, path)]));
  if (files.size === 0) throw new Error(`${directory} holds no file`);
  const daemon = readRunningDaemon(options.data);
  const repository = new Repository(new Api(daemon), bucket);
  const before = await repository.list(prefix);
  const counts = { new: 0, changed: 0, unchanged: 0, removed: 0 };
  for (const [key, file] of Array.from(files).toSorted(([one], [other]) => pointing(one) - pointing(other))) {
    counts[await repository.put(key, file, before.has(key))] += 1;
  }
  for (const key of options.delete ? before.keys() : []) {
    if (files.has(key)) continue;
    await repository.remove(key);
    counts.removed += 1;
  }
  const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  terminal.done(`${repositoryBucketName(bucket, daemon.region)}: ${said.join(', ')}`);
  terminal.note(`inside VPCs: http://${repositoryHostName(bucket, daemon.region)}/${prefix}`);
}

export async function repoList(terminal: Terminal, options: { readonly data: string }): Promise<void> {
  const daemon = readRunningDaemon(options.data);
  const rows: string[][] = [];
  for (const name of packageRepositories) {
    const sizes = await new Repository(new Api(daemon), name).list('');
    const bytes = sizes.values().reduce((sum, size) => sum + size, 0);
    rows.push([name, String(sizes.size), String(bytes), `http://${repositoryHostName(name, daemon.region)}/`]);
  }
  terminal.table(['repository', 'objects', 'bytes', 'inside VPCs'], rows);
}

/** A package is found through a list of packages, and that through `repomd.xml`. */
function pointing(key: string): number {
  if (/(?:^|\/)(?:repomd\.xml(?:\.\w+)?|mirror\.list)$/u.test(key)) return 2;
  return key.includes('repodata/') ? 1 : 0;
}

function prefixOf(given: string): string {
  const segments = given.replaceAll(/^\/|\/$/gu, '').split('/');
  if (segments.length === 1 && segments[0] === '') return '';
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) throw new Error(`${given} is no prefix of keys`);
  return `${segments.join('/')}/`;
}

/** Relative paths, sorted. A link stands for the file that it leads to; what is neither file nor folder is refused. */
function filesBelow(directory: string, folder = ''): string[] {
  const entries = readdirSync(join(directory, folder), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(directory, path);
    if (!statSync(join(directory, path)).isFile()) throw new Error(`${join(directory, path)} is no file`);
    return [path];
  });
}
