import { join } from 'node:path';
import type { Access, IssuedCredentials } from '../../access/access.ts';
import type { ServiceName } from '../../model/arrival.ts';
import type { AgentCredentials } from '../../model/job/agent-orders.ts';
import { executionSessionName, sagemakerPrincipal } from '../../model/job/execution-role.ts';
import type { TransferDirection } from '../../model/job/failure-reason.ts';
import type { RegisteredCompiler } from '../../model/job/compilers.ts';
import type { JobOutcome } from '../../model/job/training-job.ts';
import { readWorld } from '../../store/world.ts';
import type { RefusedNames } from '../../model/network/refused-names.ts';
import type { World } from '../../model/network/world.ts';
import type { AccessRequest, Decision } from '../../model/policy/decision.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { DataMountDriver } from '../../drivers/container/mount/data-mount-driver.ts';
import type { ContainerDriver } from '../../drivers/container/container-driver.ts';
import type { MetricReader } from '../../drivers/metrics/metric-thread.ts';
import type { NetworkDriver } from '../../drivers/network/network-driver.ts';
import type { TunnelDriver } from '../../drivers/network/tunnel/tunnel-driver.ts';
import type { AgentSession, InstanceSpec, PlacementDriver } from '../../drivers/placement/placement-driver.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Log } from '../../stdx/log.ts';
import { present } from '../../stdx/assert.ts';
import type { Store } from '../../store/store.ts';
import type { JobRow } from '../../store/sagemaker.ts';
import type { Journal, SagaSignals } from '../saga.ts';
import type { RefusedSoFar } from './refused-packets.ts';
import type { ServiceNetworks } from './service-networks.ts';
import type { StopCause } from './stop-conditions.ts';

/** In-process requests through the same chain as users': permission check, quotas and audit come for free. */
export type Call = (
  service: ServiceName,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  principal: Principal,
) => Promise<Record<string, unknown>>;

/** Everything a job's saga may touch. The daemon composes it. */
export interface JobServices {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly call: Call;
  readonly network: NetworkDriver;
  readonly containers: ContainerDriver;
  readonly placement: PlacementDriver;
  readonly dataMounts: DataMountDriver;
  readonly tunnels: TunnelDriver;
  /** Lines of jobs go through their agents' interfaces, and nowhere where these do not lead. */
  readonly strictLogs: boolean;
  /** What the resolvers of VPCs refused to an interface so far. */
  readonly refusedNames: (networkInterfaceId: string) => RefusedNames;
  /** Fetches an image from the registry that its name begins with; throws `ImageNotPulled`. */
  readonly pullImage: (image: string, signal: AbortSignal) => Promise<void>;
  readonly metrics: Pick<MetricReader, 'read'>;
  /** Resolves when the kernel holds this generation of the VPC; rejects with the reconciler's failure at the deadline. */
  readonly networkApplied: (vpcId: string, generation: number, signal: AbortSignal) => Promise<void>;
  readonly serviceNetworks: ServiceNetworks;
  /** Where instances keep their files: one directory each. */
  readonly instancesDirectory: string;
  /** PEM of the authorities that jobs trust: the host's and Cloister's. */
  readonly certificateAuthorities: string;
  /** Where the saga of one job keeps its progress. */
  readonly journal: (sagaId: string) => Journal;
  /** Images that the operator registered for frameworks. */
  readonly compilers: readonly RegisteredCompiler[];
  /** Keeps what policies refused to a job ("training job NAME"), for `cloister explain`. */
  readonly recordRefusal: (job: string, asked: AccessRequest, decision: Decision) => void;
  readonly log: Log;
}

/** The interfaces and the user range of one instance, as the journal keeps them. */
export interface InstanceRecord {
  /** `algo-1` */
  readonly host: string;
  readonly agentInterfaceId: string;
  readonly algorithmInterfaceId: string;
  /** The job's: all its instances share one range. */
  readonly uidBase: number;
}

export interface VpcConfig {
  readonly Subnets: readonly string[];
  readonly SecurityGroupIds: readonly string[];
}

/** A stream of CloudWatch Logs, and how many events it had before the job. */
export interface LogDestination {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly eventsBefore: number;
}

const sessionSeconds = 3_600;
const sessionRenewMs = 15 * 60_000;

/**
 * One running job, as the steps see it that all kinds of jobs share. What is abstract is all in which the kinds differ there
 * (decision 0017).
 */
export abstract class JobContext {
  readonly services: JobServices;
  readonly name: string;
  readonly journal: Journal;
  readonly signals: SagaSignals;
  #session: IssuedCredentials | undefined;
  readonly #agents = new Map<string, Promise<AgentSession>>();

  /** "training job" */
  abstract readonly noun: string;
  /** Tells the job from every other of any kind: its journal and its networks. */
  abstract readonly sagaId: string;
  /** What the execution role must be allowed to do for a job with VpcConfig. */
  abstract readonly ec2Actions: readonly string[];
  /** The steps that ready the instances and that run the job's code. */
  abstract readonly steps: { readonly staging: string; readonly code: string };
  /** How a failed download of the input is worded. */
  abstract readonly downloading: TransferDirection;
  abstract readonly row: JobRow;
  abstract readonly arn: string;
  abstract readonly roleArn: string;
  /** Absent: the network that SageMaker manages. */
  abstract readonly vpcConfig: VpcConfig | undefined;
  abstract readonly isIsolated: boolean;
  /** What its instances send each other goes through a tunnel only. */
  abstract readonly encryptsTraffic: boolean;
  abstract readonly hosts: readonly string[];
  abstract readonly instanceType: string;
  abstract readonly volumeBytes: number;
  abstract readonly maxRuntimeSeconds: number;
  /** When the job's code began, once it has. */
  abstract readonly codeStartAt: string | undefined;

  constructor(services: JobServices, name: string, journal: Journal, signals: SagaSignals) {
    this.services = services;
    this.name = name;
    this.journal = journal;
    this.signals = signals;
  }

  abstract instanceSpec(instance: InstanceRecord): InstanceSpec;
  abstract logDestination(host: string): LogDestination;
  /** In a transaction. */
  abstract update(change: Partial<JobRow>): void;
  /** The code has run for as long as it may, and is being ended. */
  abstract tellOverdue(): void;
  /** In a transaction: the outcome, and that the job ended on its instances. */
  abstract keepOutcome(outcome: JobOutcome, now: string): void;
  /** In a transaction: everything is given back, and the status becomes terminal. */
  abstract finish(outcome: JobOutcome, now: string): void;

  /** The instances, once their interfaces were made; also after these were given back, for the steps that could not yet be. */
  get instances(): readonly InstanceRecord[] {
    const result = this.resultOf('create-interfaces') as { readonly instances: readonly InstanceRecord[] } | null | undefined;
    return result?.instances ?? [];
  }

  /** Packets that were refused before the job's code ran. */
  get refusedBefore(): RefusedSoFar {
    const result = this.resultOf(this.steps.staging) as { readonly refusedBefore?: RefusedSoFar } | null | undefined;
    return result?.refusedBefore ?? {};
  }

  /** Why the job ended early, if it did. Known to a new daemon once its containers have ended. */
  get stopCause(): StopCause | undefined {
    const result = this.resultOf(this.steps.code) as { readonly stopCause?: StopCause } | null | undefined;
    return result?.stopCause;
  }

  /** What a step came to, as the journal keeps it. */
  resultOf(step: string): unknown {
    return this.journal.read().get(step)?.result;
  }

  instanceId(host: string): string {
    return `${this.name}.${host}`;
  }

  instanceDirectory(host: string): string {
    return join(this.services.instancesDirectory, this.instanceId(host));
  }

  namespaceOf(networkInterfaceId: string): string {
    const { number } = this.services.store.ec2.networkInterfaces.get(networkInterfaceId);
    return this.services.network.namespacePath({ kind: 'network-interface', number });
  }

  world(): World {
    return readWorld(this.services.store, this.services.region);
  }

  /** The agent of one instance: started, or adopted when an earlier daemon started it. A lost one is started again. */
  async agent(instance: InstanceRecord): Promise<AgentSession> {
    let session = this.#agents.get(instance.host);
    if (session === undefined) {
      session = this.services.placement.startAgent(this.instanceSpec(instance), async () => await Promise.resolve(this.credentials()));
      this.#agents.set(instance.host, session);
    }
    return await session;
  }

  forgetAgent(host: string): void {
    this.#agents.delete(host);
  }

  /** A session of the execution role, renewed in time. Kept in memory only. */
  session(): IssuedCredentials {
    const { store, access, clock } = this.services;
    const now = clock.now();
    if (this.#session === undefined || this.#session.expiration.getTime() - now.getTime() < sessionRenewMs) {
      const request = {
        roleArn: this.roleArn,
        sessionName: executionSessionName,
        durationSeconds: sessionSeconds,
        sessionPolicies: [],
        sourceArn: this.arn,
      };
      this.#session = store.transact(() => access.assumeRole({ type: 'service', service: sagemakerPrincipal }, request, now));
    }
    return present(this.#session, 'a session was issued');
  }

  credentials(): AgentCredentials & { readonly roleArn: string } {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = this.session();
    return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration.toISOString(), roleArn: this.roleArn };
  }

  async callAsRole(service: ServiceName, operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
    return await this.services.call(service, operation, input, this.session().principal);
  }
}
