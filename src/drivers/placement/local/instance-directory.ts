import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import type { InstanceSpec } from '../placement-driver.ts';
import { makeVolume } from './instance-volume.ts';

/** Below `ml`. Images may run as a user of their own: what they write to is open to all of the instance's users. */
const folders: readonly (readonly [string, number])[] = [
  ['', 0o755],
  ['input', 0o755],
  ['input/config', 0o755],
  ['input/data', 0o755],
  ['model', 0o777],
  ['output', 0o777],
  ['output/data', 0o777],
  ['checkpoints', 0o777],
];

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** In place, so that a container that has the file mounted sees it; and not at all when it is so already. */
async function write(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return;
  await writeFile(path, text);
  await chmod(path, 0o644);
}

/** Once made, nobody but the agent and the container touches `ml`: they could have put links there. */
async function makeMl(ml: string, uidBase: number): Promise<void> {
  if (await isThere(ml)) return;
  const unfinished = `${ml}.new`;
  await rm(unfinished, { recursive: true, force: true });
  for (const [folder, mode] of folders) {
    const path = join(unfinished, folder);
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
    await chown(path, uidBase, uidBase);
  }
  await rename(unfinished, ml);
}

/** Makes everything in the instance's directory. Idempotent. */
export async function makeInstanceDirectory(spec: InstanceSpec): Promise<void> {
  const layout = instanceLayout(spec.directory);
  await mkdir(spec.directory, { recursive: true, mode: 0o700 });
  for (const folder of [layout.config, layout.socketFolder, dirname(layout.hosts)]) {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
  }
  for (const [name, text] of Object.entries(spec.configuration)) await write(join(layout.config, name), text);
  await write(layout.hosts, spec.hosts);
  await write(layout.resolvConf, spec.resolvConf);
  await write(layout.certificateAuthorities, spec.certificateAuthorities);
  await mkdir(layout.lists, { recursive: true });
  await chown(layout.lists, spec.uidBase, spec.uidBase);
  await makeVolume(spec);
  await makeMl(layout.ml, spec.uidBase);
}
