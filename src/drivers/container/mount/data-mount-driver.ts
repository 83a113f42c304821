import type { AgentCredentials } from '../../../model/job/agent-orders.ts';
import type { FastFileSource } from '../../../model/job/fast-file.ts';
import type { Capability } from '../../network/network-driver.ts';

/** One FastFile channel of one instance. */
export interface DataMountSpec {
  /** See `instanceLayout`. */
  readonly directory: string;
  readonly source: FastFileSource;
  readonly region: string;
  /** The files belong to the first user of the range, and the program behind them runs as it, without privileges. */
  readonly uidBase: number;
  /** Every read of S3 leaves by this interface: the agent's. */
  readonly networkNamespacePath: string;
}

/** A read-only view of objects, mounted on this machine. */
export interface DataMount {
  readonly channelName: string;
  readonly path: string;
  /** Tells it from an earlier one at the same path. */
  readonly id: string;
}

/**
 * Shows objects as files, read when they are read. Mounts and the programs behind them outlive the daemon. Nothing here
 * looks into a mount: one that hangs does not hang the daemon.
 */
export interface DataMountDriver {
  capability(): Promise<Capability>;
  /** Credentials for all mounts of an instance, those to come as well. To be given again before they expire. */
  giveCredentials(spec: Pick<DataMountSpec, 'directory' | 'uidBase'>, credentials: AgentCredentials): Promise<void>;
  /** Mounts, or adopts what an earlier daemon mounted, if it is alive. */
  mount(spec: DataMountSpec): Promise<DataMount>;
  /** Whether the program behind a channel is there; false when it never was. */
  isAlive(directory: string, channelName: string): boolean;
  /** The end of what the program behind a channel printed. What is longer than that is thrown away. */
  log(directory: string, channelName: string): Promise<string>;
  /** Ends the programs and unmounts everything of an instance. Idempotent. */
  release(directory: string): Promise<void>;
  /** Releases everything. Needs no database. */
  purge(): Promise<readonly string[]>;
}
