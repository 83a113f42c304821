import type { Access } from '../access/access.ts';
import type { Reply, RequestHead } from '../aws/message.ts';
import type { validate } from '../aws/validate.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { Operation, OperationContext } from '../services/operation.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Log } from '../stdx/log.ts';
import type { Random } from '../stdx/random.ts';
import type { Store } from '../store/store.ts';
import type { AuditRecord, RefusalRecord } from './records.ts';

/** A service's operations by name. The inputs and outputs are checked where the service is written (`Service<M>`). */
export type Registry = Readonly<Record<string, Operation<any, any, any> | undefined>>;
export type Registries = Readonly<Record<ServiceName, Registry>>;

/** Serves `/_cloister/…` on the host's listener; undefined when the path is none of its own. */
export type OperatorPaths = (head: RequestHead, body: Uint8Array, principal: Principal | undefined) => Promise<Reply | undefined>;

export interface GatewayOptions {
  readonly registries: Registries;
  /** Refuses what AWS's model does not allow. */
  readonly validate: typeof validate;
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly random: Random;
  readonly accountId: string;
  readonly region: string;
  readonly machine: OperationContext['machine'];
  /** Lets the root key, and nobody else, choose ids. */
  readonly chosenIds: boolean;
  /** When aborted, what this gateway serves is gone: nothing is committed any more. */
  readonly ended?: AbortSignal;
  readonly wake: OperationContext['wake'];
  readonly blobPath: OperationContext['blobPath'];
  /** Removes the bytes of a received blob that no row came to point to. */
  readonly discardBlob: (blobId: string) => void;
  readonly operatorPaths?: OperatorPaths;
  readonly audit?: (record: AuditRecord) => void;
  /** What policies refused to a request, while it is kept. */
  readonly findRefusals: (requestId: string) => Promise<readonly RefusalRecord[]>;
  /** Keeps a bounded number of them. */
  readonly recordRefusal?: (record: RefusalRecord) => void;
  /** For what is no caller's fault: told with the request id that the caller was given. */
  readonly log: Log;
}

/**
 * Bodies that the control thread reads. The longest are PutLogEvents (1 MiB of messages and their JSON) and
 * CompleteMultipartUpload (10,000 parts with their checksums).
 */
export const collectedBytesMax = 2 * 1024 * 1024;
/** S3's limit for an object or part in one request. */
export const objectBytesMax = 5 * 1024 ** 3;
/** Up to this size an ETag is the MD5 of the object, which some clients compare; hashing more would halve the speed. */
export const md5BytesMax = 8 * 1024 * 1024;
