import type { Access } from '../../access/access.ts';
import type { FlowSource } from '../../drivers/network/flow-source.ts';
import type { ServiceName } from '../../model/arrival.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Log } from '../../stdx/log.ts';
import type { Random } from '../../stdx/random.ts';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';
import type { Store } from '../../store/store.ts';

/** As whom a delivery acts, and the body that it brings. */
export interface DeliveryActor {
  readonly servicePrincipal: string;
  readonly sourceArn: string;
  readonly received?: ReceivedBlob;
}

/** Everything that flow logs may touch. The daemon composes it. */
export interface FlowLogServices {
  readonly store: Store;
  readonly region: string;
  readonly accountId: string;
  readonly source: FlowSource;
  readonly access: Access;
  readonly clock: Clock;
  readonly random: Random;
  /** In-process requests through the same chain as users'. */
  readonly call: (
    service: ServiceName,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    principal: Principal,
    actor: DeliveryActor,
  ) => Promise<Record<string, unknown>>;
  readonly blobDirectory: string;
  /** The generation of a VPC that the kernel holds. */
  readonly appliedGeneration: (vpcId: string) => number;
  readonly log: Log;
  readonly pace: FlowLogPace;
}

/** How often things are done. Tests cannot wait for minutes. */
export interface FlowLogPace {
  /** Between two looks at what is due. */
  readonly periodMs: number;
  /** A window is no longer than this, whatever a flow log allows. */
  readonly windowMsMax: number;
  /** After a delivery that failed. */
  readonly retryMs: number;
}

export const flowLogPace: FlowLogPace = { periodMs: 5_000, windowMsMax: 600_000, retryMs: 60_000 };
