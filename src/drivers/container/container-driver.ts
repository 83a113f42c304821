import type { MachineSize } from '../../model/job/instance-types.ts';
import type { ImageBuild } from './image/content-hash.ts';
import type { Capability } from '../network/network-driver.ts';

/** A directory or file of the host shown inside the container. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ContainerSpec {
  /** Unique per daemon, and the label by which a new daemon adopts it: `JOB.algo-1`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** The namespace of the algorithm's ENI; `none` gives the container no network at all. */
  readonly networkNamespacePath: string;
  readonly hostname: string;
  /** First host uid of the range of 65,536 that the container's uids 0… map to; the agent of the instance has the same. */
  readonly uidBase: number;
  readonly memoryBytes?: number;
  readonly cpus?: number;
  /** Of `/dev/shm`. */
  readonly sharedMemoryBytes?: number;
  /** Indexes of GPUs, as `size` counts them. */
  readonly gpus?: readonly number[];
  readonly pidsMax?: number;
  /** Where the container's output is kept while it runs. */
  readonly logPath: string;
  /** What of it is kept, in bytes; the end of what is kept is said in a line. */
  readonly logBytesMax?: number;
}

export interface ContainerState {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'created' | 'running' | 'exited';
  readonly exitCode?: number;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
}

export interface LogLine {
  readonly time: Date;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What the processes of a container have taken so far, and take now. */
export interface ContainerUsage {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** The image has no such program, may not run it, or knows no such user: what the container's owner can mend. */
export class ContainerNotStartable extends Error {
  override readonly name = 'ContainerNotStartable';
  /** `train: executable file not found in $PATH` */
  readonly reason: string;

  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super(`the container cannot start: ${reason}`, options);
    this.reason = reason;
  }
}

/** Runs containers. They outlive the daemon: a new one finds them by name or label. */
export interface ContainerDriver {
  capabilities(): Promise<readonly Capability[]>;
  /** What the machine has for containers. */
  size(): MachineSize;
  /** Makes a local image from a root file system directory, without any registry. Idempotent by content. */
  ensureImage(image: string, build: ImageBuild): Promise<void>;
  hasImage(image: string): Promise<boolean>;
  /** The `source` an image was made with; undefined when there is no such image. */
  imageSource(image: string): Promise<string | undefined>;
  /** Creates and initialises; only starting is left. Idempotent by name. Throws `ContainerNotStartable`. */
  create(spec: ContainerSpec): Promise<void>;
  start(name: string): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace. Returns when it has ended. */
  stop(name: string, graceMs: number): Promise<void>;
  /** The state, or undefined when there is no such container. */
  inspect(name: string): Promise<ContainerState | undefined>;
  /** Resolves with the exit code when it ends; works for a container that another daemon started. */
  wait(name: string, signal: AbortSignal): Promise<number>;
  /** Undefined when it does not run. */
  usage(name: string): Promise<ContainerUsage | undefined>;
  /** How often the kernel killed a process of an ended container for the memory it took. */
  memoryKills(name: string): Promise<number>;
  /** Lines from the given position of the log on; ends after the container's last line, or when aborted. */
  logs(name: string, fromLine: number, signal: AbortSignal): AsyncIterable<LogLine>;
  list(labels: Readonly<Record<string, string>>): Promise<readonly ContainerState[]>;
  remove(name: string): Promise<void>;
  /** Removes every container, and everything else this driver's store holds but images. Needs no database. */
  purge(): Promise<readonly string[]>;
}
