import { existsSync, watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MachineSize } from '../../../model/job/instance-types.ts';
import { assert, present } from '../../../stdx/assert.ts';
import { sleep } from '../../../stdx/deadline.ts';
import { findByCommandLine, kill } from '../../process/end-process.ts';
import { isAlive } from '../../process/process-identity.ts';
import { removeAbandoned } from '../../process/abandoned.ts';
import { ProcessError, run } from '../../process/process.ts';
import type { Capability } from '../../network/network-driver.ts';
import {
  ContainerNotStartable,
  type ContainerDriver,
  type ContainerSpec,
  type ContainerState,
  type ContainerUsage,
  type LogLine,
} from '../container-driver.ts';
import { contentHash, type ImageBuild } from '../image/content-hash.ts';
import { usageOfGroup } from './cgroup-usage.ts';
import { createParameters, fingerprint } from './create-parameters.ts';
import { beginLog, followLog } from './k8s-log.ts';
import { canLimit, hardOpenFiles, podmanCapabilities } from './podman-capabilities.ts';
import { memoryKillsInKernelLog, memoryKillsOfGroup } from './memory-kills.ts';
import { notStartable } from './not-startable.ts';
import { PodmanCommand, type PodmanStore } from './podman-command.ts';
import { machineSize } from './machine-size.ts';
import { parseInspected, stateOf, type InspectedContainer } from './podman-state.ts';

export interface PodmanOptions extends PodmanStore {
  /** In front of every label, so that stores of other programs never mix with ours. */
  readonly labelPrefix: string;
  /** How CDI calls the GPUs that containers get; NVIDIA's when not given. */
  readonly gpuKind?: string;
}

/** File events tell that a container ended; this is only for those that were lost (a conmon that was killed). */
const lostExitMs = 5_000;
/** Between the exit file and podman's own bookkeeping. */
const exitSettleMs = 1_000;
/** Beyond the grace that `stop` was given. */
const stopMarginMs = 30_000;
/** podman's cleanup of an ended container may hold a mount for a moment. */
const removeAttempts = 3;
/** From the end of a container that never ran to its monitor's note of it. */
const lateExitMs = 2_000;
const lookMs = 20;
/** After SIGKILL, which takes a moment and tells nobody but the parent. */
const [monitorMs, monitorRoundsMax] = [10, 500];

/** Writing a root file system down as one file, or taking it in: a large one on a busy disk. */
const importMs = 10 * 60_000;

/** What podman says of a text that can be no name of an image. */
const noName = /invalid reference format|repository name must/u;

const importPrefix = 'import-';
const nvidiaGpus = 'nvidia.com/gpu';
const contentLabel = 'content';
const sourceLabel = 'source';

/** Containers by Podman, as root, in user namespaces. conmon keeps them through restarts of the daemon. */
export class PodmanDriver implements ContainerDriver {
  readonly #podman: PodmanCommand;
  readonly #options: PodmanOptions;
  /** Made and initialised in the life of this process and not started yet: starting them needs no look at their state. */
  readonly #ready = new Set<string>();
  /** Ended in the life of this process, as `wait` saw. */
  readonly #ended = new Set<string>();
  /** Of containers whose end this process saw: read before podman took their control groups away. */
  readonly #memoryKills = new Map<string, number>();
  readonly #asked = new Map<string, Promise<InspectedContainer | undefined>>();
  /** Of containers that run. */
  readonly #groups = new Map<string, string>();

  constructor(options: PodmanOptions) {
    this.#options = options;
    this.#podman = new PodmanCommand(options);
  }

  get #gpuKind(): string {
    return this.#options.gpuKind ?? nvidiaGpus;
  }

  capabilities(): Promise<readonly Capability[]> {
    return podmanCapabilities();
  }

  size(): MachineSize {
    return machineSize(this.#gpuKind);
  }

  async ensureImage(image: string, build: ImageBuild): Promise<void> {
    const content = await contentHash(build);
    const { source = '' } = build;
    if ((await this.#imageLabel(image, contentLabel)) === content && (await this.#imageLabel(image, sourceLabel)) === source) return;
    await removeAbandoned(this.#options.root, importPrefix);
    const folder = await mkdtemp(join(this.#options.root, importPrefix));
    try {
      const archive = join(folder, 'rootfs.tar');
      await run(
        ['tar', '--create', '--file', archive, '--directory', build.rootfs, '--sort=name', '--numeric-owner', '--owner=0', '--group=0', '.'],
        { timeoutMs: importMs },
      );
      const environment = Object.entries(build.environment).flatMap(([key, value]) => ['--change', `ENV ${key}=${value}`]);
      const labels = [`${contentLabel}=${content}`, `${sourceLabel}=${source}`].flatMap((label) => [
        '--change',
        `LABEL ${this.#options.labelPrefix}.${label}`,
      ]);
      const changes = ['--change', `ENTRYPOINT ${JSON.stringify(build.entrypoint)}`, ...labels, ...environment];
      await this.#podman.run(['import', '--quiet', ...changes, archive, image], importMs);
      // The image of this name before, when nobody runs it. Young ones may be in use by a driver that shares this store.
      await this.#podman.run(['image', 'prune', '--force', '--filter', 'until=1h']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async imageSource(image: string): Promise<string | undefined> {
    return await this.#imageLabel(image, sourceLabel);
  }

  async #imageLabel(image: string, label: string): Promise<string | undefined> {
    const name = `${this.#options.labelPrefix}.${label}`;
    return (await this.#podman.find(['image', 'inspect', '--format', `{{index .Labels "${name}"}}`, '--', image]))?.trim();
  }

  async hasImage(image: string): Promise<boolean> {
    try {
      await this.#podman.run(['image', 'exists', '--', image]);
      return true;
    } catch (error) {
      if (error instanceof ProcessError && (error.exitCode === 1 || noName.test(error.stderr))) return false;
      throw error;
    }
  }

  async create(spec: ContainerSpec): Promise<void> {
    await this.#refuseUnenforceable(spec);
    await mkdir(dirname(spec.logPath), { recursive: true });
    // Usually there is none of this name: looking first would cost every job one more start of podman.
    if (!(await this.#tryCreate(spec))) {
      const existing = present(await this.#inspect(spec.name), `podman has a container ${spec.name}`);
      const state = stateOf(existing, this.#options.labelPrefix);
      if (state.status !== 'created') return;
      const same = state.labels['fingerprint'] === fingerprint(spec);
      if (same && existing.State.Status === 'initialized') return;
      if (!same) {
        await this.remove(spec.name);
        assert(await this.#tryCreate(spec), `${spec.name} was removed`);
      }
    }
    await beginLog(spec.logPath);
    await this.#initialise(spec.name);
  }

  /** False when there is a container of this name. */
  async #tryCreate(spec: ContainerSpec): Promise<boolean> {
    try {
      await this.#podman.run(createParameters(spec, this.#options.labelPrefix, hardOpenFiles(), this.#podman.emptyFile, this.#gpuKind));
      return true;
    } catch (error) {
      if (error instanceof ProcessError && /name .* is already in use/.test(error.stderr)) return false;
      throw asNotStartable(error);
    }
  }

  async start(name: string): Promise<void> {
    // podman would run an ended container once more.
    const startable = this.#ready.delete(name) || present(await this.inspect(name), `container ${name} exists`).status === 'created';
    if (startable) await this.#podman.run(['start', name]);
  }

  async stop(name: string, graceMs: number): Promise<void> {
    const state = await this.inspect(name);
    if (state?.status !== 'running') return;
    const seconds = Math.max(0, Math.ceil(graceMs / 1_000));
    await this.#podman.run(['stop', '--time', String(seconds), name], graceMs + stopMarginMs);
  }

  async inspect(name: string): Promise<ContainerState | undefined> {
    const inspected = await this.#inspect(name);
    return inspected === undefined ? undefined : stateOf(inspected, this.#options.labelPrefix);
  }

  async wait(name: string, signal: AbortSignal): Promise<number> {
    const before = present(await this.#inspect(name), `container ${name} exists`);
    let exited = Promise.withResolvers<void>();
    let settling = false;
    const watcher = watch(this.#podman.exitDirectory, (_event, file) => {
      if (file?.startsWith(before.Id) !== true) return;
      this.#noteMemoryKills(name, before.State.CgroupPath);
      exited.resolve();
    });
    watcher.on('error', () => exited.resolve());
    try {
      // An end between that look and the watch told nobody, but left its file.
      let seen = existsSync(join(this.#podman.exitDirectory, before.Id)) ? undefined : stateOf(before, this.#options.labelPrefix);
      for (;;) {
        signal.throwIfAborted();
        const state = seen ?? present(await this.inspect(name), `container ${name} is not removed while somebody waits for it`);
        seen = undefined;
        if (state.status === 'exited') {
          this.#ended.add(name);
          return present(state.exitCode, 'an ended container has an exit code');
        }
        const woken = new AbortController();
        const pause = sleep(settling ? exitSettleMs : lostExitMs, AbortSignal.any([signal, woken.signal]));
        settling = await Promise.race([exited.promise.then(() => true), pause.then(() => false)]);
        woken.abort();
        exited = Promise.withResolvers<void>();
      }
    } finally {
      watcher.close();
    }
  }

  async usage(name: string): Promise<ContainerUsage | undefined> {
    let group = this.#groups.get(name);
    if (group === undefined) {
      const { Status, CgroupPath = '' } = (await this.#inspect(name))?.State ?? {};
      if (Status !== 'running' || CgroupPath === '') return undefined;
      group = CgroupPath;
      this.#groups.set(name, group);
    }
    return usageOfGroup(group);
  }

  async memoryKills(name: string): Promise<number> {
    const known = this.#memoryKills.get(name);
    if (known !== undefined) return known;
    const { Id } = present(await this.#inspect(name), `container ${name} exists`);
    return memoryKillsInKernelLog(Id);
  }

  /** At once: podman is being started to take the group away. */
  #noteMemoryKills(name: string, cgroupPath = ''): void {
    const kills = cgroupPath === '' ? undefined : memoryKillsOfGroup(cgroupPath);
    if (kills !== undefined) this.#memoryKills.set(name, kills);
  }

  async *logs(name: string, fromLine: number, signal: AbortSignal): AsyncGenerator<LogLine> {
    const inspected = present(await this.#inspect(name), `container ${name} exists`);
    const reader = new AbortController();
    const ended = this.wait(name, AbortSignal.any([signal, reader.signal]));
    try {
      yield* followLog(inspected.HostConfig.LogConfig.Path, fromLine, ended, signal);
    } finally {
      reader.abort();
      await ended.catch(() => undefined);
    }
  }

  async list(labels: Readonly<Record<string, string>>): Promise<readonly ContainerState[]> {
    const filters = Object.entries(labels).flatMap(([key, value]) => ['--filter', `label=${this.#options.labelPrefix}.${key}=${value}`]);
    const ids = (await this.#podman.run(['ps', '--all', '--no-trunc', '--quiet', ...filters])).split('\n').filter((id) => id !== '');
    const found = await Promise.all(ids.map((id) => this.inspect(id)));
    return found.filter((state) => state !== undefined);
  }

  async remove(name: string): Promise<void> {
    this.#ready.delete(name);
    this.#memoryKills.delete(name);
    this.#groups.delete(name);
    const before = this.#ended.delete(name) ? undefined : await this.#inspect(name);
    await this.#remove(name);
    if (before?.State.Status === 'initialized') await this.#forgetExit(before.Id);
  }

  async #remove(name: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#podman.run(['rm', '--force', '--ignore', '--time', '0', name]);
        return;
      } catch (error) {
        if (attempt === removeAttempts) throw error;
        await sleep(exitSettleMs);
      }
    }
  }

  async purge(): Promise<readonly string[]> {
    const all = await this.#podman.run(['ps', '--all', '--no-trunc', '--format', '{{.Names}}']);
    const names = all.split('\n').filter((name) => name !== '');
    this.#ready.clear();
    this.#ended.clear();
    // All at once, and those that it could not one by one.
    if (names.length > 0) await this.#podman.run(['rm', '--all', '--force', '--time', '0']).catch(() => this.#removeEach(names));
    await this.#endMonitors();
    // What a killed podman left mounted, the innermost first.
    const { root, runRoot } = this.#options;
    const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
    const own = mounts.filter((path) => path.startsWith(`${root}/`) || path.startsWith(`${runRoot}/`));
    for (const path of own.reverse()) await run(['umount', '--lazy', path]);
    return [...names.map((name) => `container ${name}`), ...own.map((path) => `mount ${path}`)];
  }

  async #removeEach(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#remove(name);
  }

  /** Those of containers that are gone: they would write down an exit that nobody asks for, and have it cleaned up. */
  async #endMonitors(): Promise<void> {
    const monitors = (): ReturnType<typeof findByCommandLine> => findByCommandLine(`${this.#options.runRoot}/`);
    // One may have started the clean-up just before it ended. A dead one that nobody buries has no command line.
    for (let found = monitors(), round = 0; found.length > 0 && round < monitorRoundsMax; found = monitors(), round += 1) {
      for (const monitor of found) if (isAlive(monitor)) kill(monitor);
      await sleep(monitorMs);
    }
    for (const exit of await readdir(this.#podman.exitDirectory)) await rm(join(this.#podman.exitDirectory, exit), { force: true });
  }

  /** The monitor of a container that never ran notes its end after podman has forgotten both. */
  async #forgetExit(id: string): Promise<void> {
    const path = join(this.#podman.exitDirectory, id);
    for (let waitedMs = 0; waitedMs < lateExitMs && !existsSync(path); waitedMs += lookMs) await sleep(lookMs);
    await rm(path, { force: true });
  }

  async #initialise(name: string): Promise<void> {
    try {
      await this.#podman.run(['init', name]);
    } catch (error) {
      // A half-made container would be taken for a good one by the next `create`.
      await this.remove(name);
      throw asNotStartable(error);
    }
    this.#ready.add(name);
  }

  async #refuseUnenforceable(spec: ContainerSpec): Promise<void> {
    assert(spec.memoryBytes === undefined || (await canLimit('memory')), 'a memory limit is asked for only where cgroups enforce it');
    assert(spec.cpus === undefined || (await canLimit('cpu')), 'a limit of CPUs is asked for only where cgroups enforce it');
    assert(await canLimit('pids'), 'containers run only where cgroups limit their processes');
  }

  /** Those who ask in the same turn get one answer, of a podman that is started after all of them asked. */
  async #inspect(name: string): Promise<InspectedContainer | undefined> {
    const asked = this.#asked.get(name);
    if (asked !== undefined) return await asked;
    const answer = nextTurn().then(async () => {
      this.#asked.delete(name);
      return await this.#look(name);
    });
    this.#asked.set(name, answer);
    return await answer;
  }

  async #look(name: string): Promise<InspectedContainer | undefined> {
    const json = await this.#podman.find(['container', 'inspect', name]);
    return json === undefined ? undefined : parseInspected(json)[0];
  }
}

function asNotStartable(error: unknown): unknown {
  const reason = error instanceof ProcessError ? notStartable(error.stderr) : undefined;
  return reason === undefined ? error : new ContainerNotStartable(reason, { cause: error });
}
