import type { Access } from '../access/access.ts';
import type { MachineSize } from '../model/job/instance-types.ts';
import type { Arrival } from '../model/arrival.ts';
import type { MetricDefinition } from '../model/job/metrics.ts';
import type { AccessRequest, ConditionContext, Decision, Demand } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { RequestMarks } from '../model/policy/request-marks.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import type { Store } from '../store/store.ts';

/** The reconcilers a change may wake. Waking is a hint: they would find the change by themselves within their period. */
export type ReconcilerName = 'vpc-network' | 'jobs' | 'garbage' | 'lifecycle' | 'flow-logs';

/** What an operation may ask the machine in `prepare`. Answers only; it changes nothing. */
export interface Machine {
  /** The names of the images that come with Cloister. */
  readonly builtInImages: readonly string[];
  /** The image of the local store that a name of a request is, by the operator's word: mostly the name itself. */
  localImage(image: string): string;
  /** Whether a container image of this name is in the local store. */
  hasImage(image: string): Promise<boolean>;
  /** Whether it would be fetched from a registry that the operator named, where the store lacks it. */
  mayPull(image: string): boolean;
  /** What it has for the containers of jobs. */
  size(): MachineSize;
  /** Why this machine cannot enforce a private network, or undefined when it can. */
  networkRefusal(): Promise<string | undefined>;
  /** Why this machine cannot show objects as files, or undefined. */
  fastFileRefusal(): Promise<string | undefined>;
  /** Why this machine cannot encrypt what instances of a job send each other, or undefined. */
  encryptionRefusal(): Promise<string | undefined>;
  /** Why metrics cannot be read by these definitions, or undefined when they can. */
  metricProblem(definitions: readonly MetricDefinition[]): Promise<string | undefined>;
}

/** A call that policies refused, as it was told. */
export interface Refusal {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly decision: Decision;
  /** The keys that the service gave with the call. */
  readonly context?: ConditionContext;
}

/** What every operation may touch. Nothing here reaches the kernel, a container or a socket: operations change rows. */
export interface OperationContext {
  /** The account that the request acts for: its principal's, or the installation's own for whoever has none. */
  readonly accountId: string;
  readonly region: string;
  readonly requestId: string;
  readonly principal: Principal;
  readonly arrival: Arrival;
  /** What the request says of itself. Absent: Cloister itself calls. */
  readonly marks?: RequestMarks | undefined;
  readonly now: Date;
  readonly store: Store;
  readonly access: Access;
  /** A fresh id, never used before: `newId('vpc')` is `vpc-` and 17 hexadecimal digits. Call inside `commit`. */
  readonly newId: (prefix: string) => string;
  readonly newUuid: () => string;
  /** Whether the tag `cloister:id` may choose an id: the root key, and a daemon started with `--allow-chosen-ids`. Policies trust ids. */
  readonly chosenIds: boolean;
  /** After commit, asks reconcilers to look again. Carries no data. */
  readonly wake: (...names: readonly ReconcilerName[]) => void;
  readonly machine: Machine;
  /** Keeps what policies refused to this request, for `cloister explain`. For what an operation only learns on its way. */
  readonly recordRefusal: (asked: AccessRequest, decision: Decision) => void;
  /** The refusal that a request ended with, while it is kept. */
  readonly findRefusal: (requestId: string) => Promise<Refusal | undefined>;
  /** The path of a stored object's bytes. */
  readonly blobPath: (blobId: string) => string;
}

/**
 * One AWS operation: prepare → commit → after. Acknowledged means: `commit` returned.
 * Refusals are thrown as `AwsError`s from the service's `errors.ts`.
 */
export interface Operation<I, O, P = undefined> {
  /** Everything the call must be allowed to do. Empty only for calls that AWS lets everyone make (GetCallerIdentity). */
  readonly authorize: (input: I, context: OperationContext) => readonly Demand[];
  /** The request's body is received by a data worker into a blob, which is `prepared` for `commit`. */
  readonly receivesBody?: boolean;
  /** May await; must not write rows. */
  readonly prepare?: (input: I, context: OperationContext) => Promise<P>;
  /** Inside one transaction, synchronous. Re-reads and re-checks everything it decides on. */
  readonly commit: (input: I, context: OperationContext, prepared: P) => O;
  /** After the commit: unlink what is no longer referenced, wake. Must not fail the request. */
  readonly after?: (output: O, prepared: P, context: OperationContext) => void;
}

/** An operation with a streamed request body (PutObject, UploadPart). */
export type ReceivingOperation<I, O> = Operation<I, O, ReceivedBlob> & { readonly receivesBody: true };
