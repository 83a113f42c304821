import { chmod, copyFile, cp, lstat, mkdir, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ProcessError, run } from '../../process/process.ts';

/** What the base image has beside Node: enough for an entry point script and for a look around. */
const tools = ['sh', 'cat', 'ls', 'sleep', 'id', 'env', 'date', 'mkdir', 'rm', 'cp', 'head', 'sort', 'wc'];

const folders = ['etc/ssl/certs', 'opt/ml', 'opt/program', 'proc', 'sys', 'dev', 'run', 'root', 'usr/bin', 'usr/lib', 'var/tmp'];

const files = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  // Mounted over in a job; without them getaddrinfo would ask a resolver of its own choice.
  'etc/hosts': '127.0.0.1 localhost\n',
  'etc/resolv.conf': '',
};

/** The shared libraries of a program, with the loader, by the names under which it looks for them. */
async function librariesOf(program: string): Promise<readonly string[]> {
  try {
    return [...(await run(['ldd', program])).matchAll(/(?:=> |^\s+)(\/\S+)/gm)].map(([, path]) => path ?? '');
  } catch (error) {
    // Linked statically.
    if (error instanceof ProcessError && /not a dynamic executable|statically linked/.test(error.message)) return [];
    throw error;
  }
}

async function firstThere(candidates: readonly string[]): Promise<string | undefined> {
  for (const path of candidates) if (await lstat(path).catch(() => undefined)) return path;
  return undefined;
}

/** A file of this machine and where it goes in the image. */
export interface BaseFile {
  readonly source: string;
  readonly target: string;
}

/** What the base image takes from this machine: the Node that runs us, its libraries, a shell and a few tools. */
export async function baseFiles(node = process.execPath): Promise<readonly BaseFile[]> {
  const found = await Promise.all(tools.map((tool) => firstThere([`/usr/bin/${tool}`, `/bin/${tool}`])));
  const programs = [node, ...found.filter((path) => path !== undefined)];
  const libraries = new Set((await Promise.all(programs.map(librariesOf))).flat());
  // getaddrinfo loads these by name at run time, so ldd does not list them.
  const loader = [...libraries].find((path) => basename(path).startsWith('libc.so'));
  for (const name of loader === undefined ? [] : ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']) {
    const path = await firstThere([join(dirname(loader ?? ''), name)]);
    if (path !== undefined) libraries.add(path);
  }
  // `/lib` and its like are links into `/usr` on most machines; a library keeps the path that the loader was linked with.
  const copies = [
    ...Array.from(libraries, (library) => [library, library] as const),
    ...programs.map((program) => [program, join('usr/bin', program === node ? 'node' : basename(program))] as const),
  ];
  return await Promise.all(copies.map(async ([path, target]) => ({ source: await realpath(path), target })));
}

/** Puts a root file system together from this machine, without any registry. About 130 MB, nearly all of it Node. */
export async function assembleBase(rootfs: string, copies: readonly BaseFile[]): Promise<void> {
  for (const folder of folders) await mkdir(join(rootfs, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(rootfs, path), text);
  await mkdir(join(rootfs, 'tmp'), { recursive: true });
  await chmod(join(rootfs, 'tmp'), 0o1777);
  await symlink('usr/bin', join(rootfs, 'bin'));
  for (const { source, target } of copies) {
    await mkdir(dirname(join(rootfs, target)), { recursive: true });
    await copyFile(source, join(rootfs, target));
  }
}

/** Which files of this machine, and of which age and size: another one after an update of the system or of Node. */
export async function describeBase(copies: readonly BaseFile[]): Promise<readonly string[]> {
  const lines = await Promise.all(
    copies.map(async ({ source, target }) => {
      const { size, mtimeMs } = await stat(source);
      return `${source} ${target} ${size} ${mtimeMs}`;
    }),
  );
  return [JSON.stringify([folders, files]), ...lines.toSorted()];
}

/** Adds a program's folder to a tree made by `assembleBase`, readable by every user. */
export async function addProgram(rootfs: string, source: string, target: string, include: (path: string) => boolean): Promise<void> {
  await cp(source, join(rootfs, target), { recursive: true, filter: include });
}
