import { closeSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { chmod, chown, mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentCredentials } from '../../../../model/job/agent-orders.ts';
import { instanceLayout } from '../../../../model/job/instance-layout.ts';
import { present } from '../../../../stdx/assert.ts';
import type { Capability } from '../../../network/network-driver.ts';
import { end, findByCommandLine } from '../../../process/end-process.ts';
import { mountsAt, unmountAt } from '../../../process/mounts.ts';
import { identify, isAlive, type ProcessIdentity } from '../../../process/process-identity.ts';
import type { DataMount, DataMountDriver, DataMountSpec } from '../data-mount-driver.ts';
import { mountFuse } from './fuse.ts';
import { rcloneCapability } from './rclone-capability.ts';
import { configuration, configurationFile, credentialsFile, startRclone } from './rclone-sandbox.ts';

/** A container that reads what it may not makes a line of each read. */
const logBytesMax = 1 << 20;
const logTailBytes = 32 << 10;

/** FUSE mounts of this daemon, with Debian's rclone behind each, without privileges. */
export class RcloneMounts implements DataMountDriver {
  readonly #root: string;

  /** @param options.root the folder in which the directories of all instances are */
  constructor({ root }: { readonly root: string }) {
    this.#root = root;
  }

  async capability(): Promise<Capability> {
    return await rcloneCapability();
  }

  async giveCredentials({ directory, uidBase }: Pick<DataMountSpec, 'directory' | 'uidBase'>, credentials: AgentCredentials): Promise<void> {
    const { mounters } = instanceLayout(directory);
    await mkdir(mounters, { recursive: true });
    await chmod(mounters, 0o755);
    await writeFile(join(mounters, configurationFile), configuration);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
    const answer = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: expiration };
    const path = join(mounters, credentialsFile);
    await writeFile(`${path}.new`, JSON.stringify(answer), { mode: 0o600 });
    await chown(`${path}.new`, uidBase, uidBase);
    await rename(`${path}.new`, path);
  }

  async mount(spec: DataMountSpec): Promise<DataMount> {
    const { directory, source } = spec;
    const { channelName } = source;
    const path = join(instanceLayout(directory).fastFile, channelName);
    const before = this.#processOf(directory, channelName);
    if (before !== undefined && isAlive(before) && mountsAt(path).length > 0) return { channelName, path, id: idOf(before) };
    await releaseOne(path);
    await mkdir(path, { recursive: true });
    const device = mountFuse(path);
    try {
      const pid = await startRclone(spec, path, device, this.#logPath(directory, channelName));
      const identity = present(identify(pid), 'a sandbox that has just started is there');
      writeState(stateOf(directory, channelName), identity);
      return { channelName, path, id: idOf(identity) };
    } catch (error) {
      await releaseOne(path);
      throw error;
    } finally {
      closeSync(device);
    }
  }

  isAlive(directory: string, channelName: string): boolean {
    const found = this.#processOf(directory, channelName);
    return found !== undefined && isAlive(found);
  }

  async log(directory: string, channelName: string): Promise<string> {
    const path = this.#logPath(directory, channelName);
    if (!existsSync(path)) return '';
    await using file = await open(path);
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, logTailBytes));
    await file.read(bytes, 0, bytes.length, size - bytes.length);
    // It is appended to, so what follows begins anew.
    if (size > logBytesMax) await truncate(path);
    return bytes.toString();
  }

  async release(directory: string): Promise<void> {
    const { fastFile } = instanceLayout(directory);
    await endAll(`${deviceName(fastFile)}/`);
    unmountAt(fastFile);
    await rm(instanceLayout(directory).mounters, { recursive: true, force: true });
    // Nothing is mounted there any more.
    await rm(fastFile, { recursive: true, force: true });
  }

  async purge(): Promise<readonly string[]> {
    // Also those whose directory is gone.
    const processes = await endAll(`${deviceName(this.#root)}/`);
    const directories = existsSync(this.#root) ? readdirSync(this.#root).map((name) => join(this.#root, name)) : [];
    const places = directories.flatMap((directory) => unmountAt(instanceLayout(directory).fastFile));
    for (const directory of directories) await this.release(directory);
    return [...processes.map(({ pid }) => `FastFile program ${pid}`), ...places.map((path) => `mount ${path}`)];
  }

  #logPath(directory: string, channelName: string): string {
    return join(directory, `fastfile-${channelName}.log`);
  }

  #processOf(directory: string, channelName: string): ProcessIdentity | undefined {
    try {
      return JSON.parse(readFileSync(stateOf(directory, channelName), 'utf8')) as ProcessIdentity;
    } catch {
      return undefined;
    }
  }
}

const idOf = ({ pid, startTime }: ProcessIdentity): string => `${pid} ${startTime}`;
const stateOf = (directory: string, channelName: string): string => join(directory, `fastfile-${channelName}.json`);
/** As it stands in a command line, where a zero byte ends each word. */
const deviceName = (path: string): string => `--devname\0${path}`;

/** Ends what answers at a path and unmounts it; also what was begun just before its daemon was killed. */
async function releaseOne(path: string): Promise<void> {
  await endAll(`${deviceName(path)}\0`);
  unmountAt(path);
}

async function endAll(commandLine: string): Promise<readonly ProcessIdentity[]> {
  const found = findByCommandLine(commandLine);
  for (const one of found) await end(one);
  return found;
}

function writeState(path: string, state: ProcessIdentity): void {
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
