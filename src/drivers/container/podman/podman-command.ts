import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessError, run } from '../../process/process.ts';
import { readSeccompProfile, seccompProfilePath, withoutNamespaces } from './seccomp-profile.ts';

export interface PodmanStore {
  /** Images and containers. */
  readonly root: string;
  /** What does not outlive a boot: mounts, locks, exit files. On a tmpfs. */
  readonly runRoot: string;
  /** A store of images that several drivers read (tests share one). */
  readonly imageStore?: string;
}

/**
 * Podman's configuration is ours alone, whatever the host's says: the default sysctl `ping_group_range` cannot be set
 * from a mapped user namespace; shared-memory locks would be shared with every other store on the machine.
 */
const configuration = (seccompProfile: string): string => `[containers]
default_sysctls = []
seccomp_profile = ${JSON.stringify(seccompProfile)}
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
`;

/** No mirror, no alias, and no registry that a name without one would be looked for in. */
const registries = 'unqualified-search-registries = []\n';

const cgroup2Magic = 0x63677270;

/** True where every controller is in the one unified hierarchy. */
export const cgroupsAreUnified = (): boolean => statfsSync('/sys/fs/cgroup').type === cgroup2Magic;

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** crun 1.8 refuses the hybrid hierarchy ("cgroups in hybrid mode not supported"); runc takes every one. */
export async function chooseRuntime(): Promise<'crun' | 'runc' | undefined> {
  const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/usr/libexec/crio'];
  for (const runtime of cgroupsAreUnified() ? (['crun', 'runc'] as const) : (['runc'] as const)) {
    for (const folder of folders) if (await isExecutable(join(folder, runtime))) return runtime;
  }
  return undefined;
}

interface More {
  readonly environment?: Readonly<Record<string, string>>;
  /** What starts podman in its own place. */
  readonly wrapper?: readonly string[];
}

/** Podman with a store, a configuration and locks of its own. */
export class PodmanCommand {
  readonly #store: PodmanStore;
  #runtime: Promise<string> | undefined;

  constructor(store: PodmanStore) {
    this.#store = store;
    mkdirSync(this.exitDirectory, { recursive: true, mode: 0o700 });
    mkdirSync(store.root, { recursive: true, mode: 0o700 });
    mkdirSync(this.pullDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(this.#configurationPath, configuration(this.#seccompPath));
    const profile = seccompProfilePath();
    // Without one podman finds no file there, and creates no container.
    if (profile !== undefined) writeFileSync(this.#seccompPath, JSON.stringify(withoutNamespaces(readSeccompProfile(profile))));
    writeFileSync(this.emptyFile, '');
    writeFileSync(this.noCredentials, '{}');
    writeFileSync(this.#registriesPath, registries);
  }

  /** conmon leaves one file here for each container that ended, named by its id. */
  get exitDirectory(): string {
    return join(this.#temporaryDirectory, 'exits');
  }

  get emptyFile(): string {
    return join(this.#store.runRoot, 'empty');
  }

  /** A file of credentials that has none. */
  get noCredentials(): string {
    return join(this.#store.runRoot, 'auth.json');
  }

  /** What is half fetched. A part of the store, and goes with it. */
  get pullDirectory(): string {
    return join(this.#store.root, 'pulls');
  }

  /**
   * Without the home of whoever started the daemon, where podman would find credentials that nobody named. The kernel ends it
   * with this process: a registry that answers no more would keep it for ever, and the next daemon fetches anew.
   */
  async pull(parameters: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<string> {
    const { runRoot } = this.#store;
    const homes = { HOME: runRoot, XDG_CONFIG_HOME: runRoot, XDG_RUNTIME_DIR: runRoot, DOCKER_CONFIG: runRoot };
    const environment = { TMPDIR: this.pullDirectory, ...homes };
    return await this.run(parameters, timeoutMs, signal, { environment, wrapper: ['setpriv', '--pdeathsig', 'KILL'] });
  }

  /** What the command printed. Throws `ProcessError` with podman's own words. */
  async run(parameters: readonly string[], timeoutMs = 60_000, signal?: AbortSignal, { environment = {}, wrapper = [] }: More = {}): Promise<string> {
    const store = this.#store;
    const images = store.imageStore === undefined ? [] : ['--storage-opt', `additionalimagestore=${store.imageStore}`];
    const directories = ['--root', store.root, '--runroot', store.runRoot, '--tmpdir', this.#temporaryDirectory];
    this.#runtime ??= chooseRuntime().then((runtime) => runtime ?? 'runc');
    const flags = ['--storage-driver', 'overlay', ...images, '--runtime', await this.#runtime, '--log-level', 'error'];
    // conmon, which podman starts, leaves a file `oom` where it is when the memory cgroup of cgroups v1 says so, as at its removal.
    const workingDirectory = store.runRoot;
    const configured = { CONTAINERS_CONF: this.#configurationPath, CONTAINERS_REGISTRIES_CONF: this.#registriesPath, ...environment };
    const argv: [string, ...string[]] = ['podman', ...directories, ...flags, ...parameters];
    return run([...wrapper, ...argv] as typeof argv, { environment: configured, workingDirectory, timeoutMs, ...(signal && { signal }) });
  }

  /** Like `run`, but undefined when podman says that the container or image does not exist. */
  async find(parameters: readonly string[]): Promise<string | undefined> {
    try {
      return await this.run(parameters);
    } catch (error) {
      if (error instanceof ProcessError && /no such (container|image|object)|image not known/i.test(error.stderr)) return undefined;
      throw error;
    }
  }

  get #temporaryDirectory(): string {
    return join(this.#store.runRoot, 'libpod');
  }

  get #seccompPath(): string {
    return join(this.#store.runRoot, 'seccomp.json');
  }

  get #registriesPath(): string {
    return join(this.#store.runRoot, 'registries.conf');
  }

  get #configurationPath(): string {
    return join(this.#store.runRoot, 'containers.conf');
  }
}
