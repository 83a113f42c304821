import type { AgentCredentials, AgentOrder, AgentResult } from '../../model/job/agent-orders.ts';
import type { Capability } from '../network/network-driver.ts';

/** One instance of a job: its directory, its user range, its agent's namespace. */
export interface InstanceSpec {
  /** `JOB.algo-1` */
  readonly instanceId: string;
  readonly region: string;
  /** See `instanceLayout`. Made by `prepare`. */
  readonly directory: string;
  readonly uidBase: number;
  /** What `/opt/ml` may hold at most; less where the host has less. */
  readonly volumeBytes: number;
  /** The agent's ENI. */
  readonly networkNamespacePath: string;
  readonly nameServers: readonly string[];
  /** PEM of the authorities the agent and the container trust. */
  readonly certificateAuthorities: string;
  /** Files of the container's `/opt/ml/input/config`, by name, and its `/etc/hosts` and `/etc/resolv.conf`. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly hosts: string;
  readonly resolvConf: string;
  /**
   * Instances of the same job whose output this one's agent archives with its own. They have the same `uidBase`, and are
   * prepared before this agent is started. It can read them and cannot write to them.
   */
  readonly peers?: readonly { readonly name: string; readonly directory: string }[];
}

/** What an instance's volume can hold, and how much more. */
export interface VolumeUse {
  readonly bytes: number;
  readonly freeBytes: number;
  readonly freeFiles: number;
  /** What the machine's own file system has left for all volumes to grow. */
  readonly hostFreeBytes: number;
}

/** The agent ended before its order was done. The same order to a new agent is right. */
export class AgentLost extends Error {
  override readonly name = 'AgentLost';
  readonly instanceId: string;

  constructor(instanceId: string, detail: string) {
    super(`the agent of ${instanceId} ended${detail === '' ? '' : `: ${detail}`}`);
    this.instanceId = instanceId;
  }
}

export interface OrderOptions {
  readonly onProgress?: (moved: { readonly objects: number; readonly bytes: number }) => void;
  /**
   * Of an order that goes on until it is told: aborted, the agent ends it in order and gives its result. Such an order is
   * not cancelled by its signal, which only ends the waiting: the next daemon goes on with it.
   */
  readonly finish?: AbortSignal;
}

/** The daemon's side of one running agent. Who speaks is known by which socket accepted. */
export interface AgentSession {
  /** Sends the order and waits for its result. Rejects with `AgentLost` when the agent ends before it. */
  order(order: AgentOrder, signal: AbortSignal, options?: OrderOptions): Promise<AgentResult>;
  /** Ends the agent. */
  stop(): Promise<void>;
}

export interface PlacementDriver {
  capabilities(): Promise<readonly Capability[]>;
  /** Makes the instance's directories with the right owners. Idempotent. */
  prepare(spec: InstanceSpec): Promise<void>;
  /** Starts the agent, or adopts the one that runs. `credentials` is asked again before they expire. */
  startAgent(spec: InstanceSpec, credentials: () => Promise<AgentCredentials>): Promise<AgentSession>;
  /** The agent of an instance, to be shown; undefined when none was started. */
  findAgent(directory: string): Promise<{ readonly pid: number; readonly alive: boolean } | undefined>;
  /** Undefined when there is none. */
  volumeUse(directory: string): Promise<VolumeUse | undefined>;
  /** Ends the agent and removes the instance's directory. Idempotent. */
  release(instanceId: string, directory: string): Promise<void>;
  /** Lets go of every agent without ending it: the next daemon adopts them. */
  detach(): void;
  purge(): Promise<readonly string[]>;
}
