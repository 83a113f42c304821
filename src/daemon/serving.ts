import type { Access } from '../access/access.ts';
import type { DataPlane } from '../endpoints/data-plane.ts';
import { EdgeListeners } from '../endpoints/edge-listeners.ts';
import type { RefusedNamesRecord } from '../endpoints/refused-names.ts';
import { VpcListeners } from '../endpoints/vpc-listeners.ts';
import { edgeOwner } from '../drivers/network/network-driver.ts';
import type { RefusalRecord } from '../gateway/records.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { OperatorPaths } from '../gateway/gateway-options.ts';
import { sagemakerPrincipal } from '../model/job/execution-role.ts';
import { instancesAtOnce } from '../model/job/queue.ts';
import { serviceAccountRoot } from '../model/job/service-account.ts';
import { FlowLogsReconciler } from '../reconcile/flow-logs.ts';
import { AttachmentsReconciler } from '../reconcile/attachments.ts';
import { GarbageReconciler } from '../reconcile/garbage.ts';
import { LifecycleReconciler } from '../reconcile/lifecycle.ts';
import { ReconcileLoop, type Reconciler } from '../reconcile/loop.ts';
import { networkAppliedWaiter, networksRemovedWaiter } from '../reconcile/network-applied.ts';
import { JobsReconciler } from '../reconcile/jobs.ts';
import { jobJournal } from '../reconcile/job/run-job.ts';
import { VpcNetworkReconciler } from '../reconcile/vpc-network.ts';
import { ensureServiceNetwork, releaseServiceNetworks } from '../services/ec2/service-networks.ts';
import { ensureRepositoryBuckets } from '../services/s3/repository-buckets.ts';
import { systemClock } from '../stdx/clock.ts';
import { systemRandom } from '../stdx/random.ts';
import { blobPath, removeBlob } from '../store/blobs/blob-directory.ts';
import { Attachments } from './attach/attachments.ts';
import type { Drivers } from './drivers.ts';
import { storeEndpointServices } from './endpoint-services.ts';
import { log } from './log.ts';
import type { RequestCounts } from './metrics/request-counts.ts';
import type { DaemonOptions } from './options.ts';
import type { DaemonParts } from './parts.ts';
import { registries } from './registries.ts';
import type { DaemonState } from './state.ts';
import { jobAuthorities } from './trust.ts';

export interface ServingDependencies {
  readonly options: DaemonOptions;
  readonly parts: DaemonParts;
  readonly state: DaemonState;
  readonly drivers: Drivers;
  readonly access: Access;
  readonly dataPlane: DataPlane;
  readonly requests: RequestCounts;
  readonly refusedNames: RefusedNamesRecord;
  readonly operatorPaths: OperatorPaths;
}

/** Reconcilers look again by themselves this often, whatever woke them. */
const periodMs = 30_000;
/** A process that ended is noticed within this time. */
const attachmentsPeriodMs = 2_000;
const actingForAttach = { servicePrincipal: 'ec2.amazonaws.com' };
const garbagePeriodMs = 10 * 60_000;
/** Within this time after midnight (UTC) expired objects begin to go. */
const lifecyclePeriodMs = 5 * 60_000;

/** What works on the state from the start of the daemon, or a reset, to the next reset or the end: the gateway and the reconcilers. */
export class Serving {
  readonly #dependencies: ServingDependencies;
  readonly #ended = new AbortController();
  readonly #loops = new Map<string, ReconcileLoop>();
  readonly #listeners: VpcListeners;
  readonly #edgeListeners: EdgeListeners;
  readonly #jobs: JobsReconciler;
  readonly #flowLogs: FlowLogsReconciler;
  readonly #attached: AttachmentsReconciler;
  readonly gateway: Gateway;
  readonly attachments: Attachments;

  constructor(dependencies: ServingDependencies) {
    this.#dependencies = dependencies;
    const { options, state, drivers, dataPlane } = dependencies;
    storeEndpointServices(state.store, options.endpointServices, options.accountId, systemClock.now());
    ensureRepositoryBuckets(state.store, options.region, systemClock.now());
    this.gateway = this.#createGateway();
    this.#listeners = new VpcListeners({
      dataPlane,
      region: options.region,
      namespacePath: (owner) => drivers.network.namespacePath(owner),
      findJobCredentials: async (networkInterfaceId, credentialsId) =>
        await Promise.resolve(this.#jobs.credentialsOf(networkInterfaceId, credentialsId)),
      noteUnanswered: (vpcId, questions) => dependencies.refusedNames.note(vpcId, questions),
    });
    this.#edgeListeners = new EdgeListeners(dataPlane, drivers.network.namespacePath(edgeOwner));
    const network = this.#createNetwork();
    this.#flowLogs = this.#createFlowLogs((vpcId) => network.appliedGeneration(vpcId));
    const networkLoop = this.#add(network, periodMs);
    const networkApplied = networkAppliedWaiter(network, networkLoop);
    this.#jobs = this.#createJobs(networkApplied, networksRemovedWaiter(networkLoop, systemClock));
    this.#add(this.#jobs, periodMs);
    const flowLogs = this.#add(this.#flowLogs, dependencies.parts.flowLogPace.periodMs);
    // An interface may be gone: its records are complete.
    network.watch(() => flowLogs.request());
    this.#attached = new AttachmentsReconciler({
      store: state.store,
      network: drivers.network,
      wakeNetwork: () => this.#loops.get('vpc-network')?.request(),
    });
    this.#add(this.#attached, attachmentsPeriodMs);
    this.attachments = this.#createAttachments(networkApplied);
    this.#add(
      new GarbageReconciler({ store: state.store, blobDirectory: state.paths.blobs, clock: systemClock, startedAt: state.startedAt }),
      garbagePeriodMs,
    );
    this.#add(new LifecycleReconciler({ store: state.store, clock: systemClock, random: systemRandom }), lifecyclePeriodMs);
  }

  get loops(): readonly ReconcileLoop[] {
    return [...this.#loops.values()];
  }

  start(): void {
    for (const loop of this.#loops.values()) loop.start();
  }

  /** Leaves everything as it is. False when something was still at work at its deadline. */
  async stop(): Promise<boolean> {
    // What takes back a job's steps waits for the network: the loops end after the jobs.
    const jobsLetGo = await this.#jobs.shutdown();
    this.#dependencies.drivers.placement.detach();
    const loopsLetGo = await Promise.all(this.loops.map(async (loop) => await loop.stop()));
    await this.#flowLogs.stop().catch((error: unknown) => log('the last flow log records were not kept', { error }));
    return jobsLetGo && loopsLetGo.every(Boolean);
  }

  /** Nothing is committed from now on: what is under way ends with an error. */
  endRequests(): void {
    this.#ended.abort();
  }

  /** Closes every socket inside VPCs, also those that count, and ends what is attached there: each keeps a namespace alive. */
  async closeListeners(): Promise<void> {
    await this.#attached.releaseAll();
    await Promise.all([this.#listeners.keepOnly([]), this.#edgeListeners.close(), this.#flowLogs.keepOnly([])]);
  }

  #createGateway(): Gateway {
    const { options, parts, state, drivers, access, requests, operatorPaths } = this.#dependencies;
    const { region, accountId, allowChosenIds: chosenIds } = options;
    const { paths, store, audit } = state;
    return new Gateway({
      registries: parts.registries(registries),
      validate: parts.validate,
      store,
      access,
      clock: systemClock,
      random: systemRandom,
      accountId,
      region,
      machine: drivers.machine,
      chosenIds,
      ended: this.#ended.signal,
      wake: (...names) => {
        for (const name of names) this.#loops.get(name)?.request();
      },
      blobPath: (blobId) => blobPath(paths.blobs, blobId),
      discardBlob: (blobId) => void removeBlob(paths.blobs, blobId).catch((error: unknown) => log('a blob could not be removed', { blobId, error })),
      operatorPaths,
      audit(record) {
        requests.request(record);
        audit.write(record);
      },
      recordRefusal: this.#recordRefusal,
      findRefusals: async (requestId) => await state.refusals.find(requestId),
      log,
    });
  }

  readonly #recordRefusal = (record: RefusalRecord): void => {
    const { state, requests } = this.#dependencies;
    requests.refusal(record);
    state.refusals.write(record);
  };

  #createNetwork(): VpcNetworkReconciler {
    const { options, parts, state, drivers } = this.#dependencies;
    const { store } = state;
    return new VpcNetworkReconciler({
      store,
      region: options.region,
      driver: drivers.network,
      compile: parts.compile,
      listeners: this.#listeners,
      counting: {
        beforeLinksUp: async (world, vpcId) => await this.#flowLogs.beforeLinksUp(world, vpcId),
        keepOnly: async (vpcIds) => await this.#flowLogs.keepOnly(vpcIds),
      },
      edgeListeners: this.#edgeListeners,
      hasUplink: options.uplink,
      clock: systemClock,
    });
  }

  #createFlowLogs(appliedGeneration: (vpcId: string) => number): FlowLogsReconciler {
    const { options, parts, state, drivers, access } = this.#dependencies;
    const { store, paths } = state;
    return new FlowLogsReconciler({
      store,
      region: options.region,
      accountId: options.accountId,
      source: drivers.flows,
      access,
      clock: systemClock,
      random: systemRandom,
      call: async (service, operation, input, principal, actor) => await this.gateway.call(service, operation, input, principal, actor),
      blobDirectory: paths.blobs,
      appliedGeneration,
      log,
      pace: parts.flowLogPace,
    });
  }

  #createAttachments(networkApplied: ReturnType<typeof networkAppliedWaiter>): Attachments {
    const { options, state, drivers } = this.#dependencies;
    const { region, accountId } = options;
    return new Attachments({
      store: state.store,
      region,
      accountId,
      clock: systemClock,
      network: drivers.network,
      reconciler: this.#attached,
      networkApplied,
      createInterface: async (input, principal) => {
        const output: unknown = await this.gateway.call('ec2', 'CreateNetworkInterface', input, principal, actingForAttach);
        return (output as { NetworkInterface: { NetworkInterfaceId: string } }).NetworkInterface.NetworkInterfaceId;
      },
    });
  }

  #createJobs(networkApplied: ReturnType<typeof networkAppliedWaiter>, removed: ReturnType<typeof networksRemovedWaiter>): JobsReconciler {
    const { options, parts, state, drivers, access, refusedNames } = this.#dependencies;
    const { store, paths, authority } = state;
    const { network, containers, placement, dataMounts, tunnels, images, metrics } = drivers;
    const { region, accountId } = options;
    const ownContext = () => this.gateway.ownContext(serviceAccountRoot, { servicePrincipal: sagemakerPrincipal });
    return new JobsReconciler(
      {
        store,
        access,
        clock: systemClock,
        region,
        accountId,
        call: async (service, operation, input, principal) =>
          await this.gateway.call(service, operation, input, principal, { servicePrincipal: sagemakerPrincipal }),
        network,
        containers,
        placement,
        dataMounts,
        strictLogs: options.strictLogs,
        refusedNames: (networkInterfaceId) => refusedNames.ofInterface(networkInterfaceId),
        pullImage: async (image, signal) => await images.pulls.pull(image, signal),
        tunnels,
        metrics,
        networkApplied,
        serviceNetworks: {
          ensure: (kind, job) => store.transact(() => ensureServiceNetwork(ownContext(), kind, job)),
          release: (job) => store.transact(() => releaseServiceNetworks(ownContext(), job)),
          removed,
        },
        instancesDirectory: paths.instances,
        certificateAuthorities: jobAuthorities(authority.certificatePem),
        journal: (sagaId) => parts.journal(jobJournal(store, sagaId), sagaId),
        compilers: options.compilers,
        recordRefusal: (job, asked, decision) =>
          this.#recordRefusal({
            time: asked.now.toISOString(),
            requestId: systemRandom.uuid(),
            service: 'sagemaker',
            operation: job,
            refused: access.caseOf(asked),
            decision,
          }),
        log,
      },
      options.instancesMax ?? instancesAtOnce(containers.size()),
      () => this.#loops.get('jobs')?.request(),
    );
  }

  #add(reconciler: Reconciler, loopPeriodMs: number): ReconcileLoop {
    const loop = new ReconcileLoop(reconciler, { periodMs: loopPeriodMs, clock: systemClock });
    this.#loops.set(loop.name, loop);
    loop.watch(failureTeller(loop));
    return loop;
  }
}

/** Tells what a reconciler fails at when it begins to, and that it no longer does; not every time it tries again. */
function failureTeller(loop: ReconcileLoop): () => void {
  const reconciler = loop.name;
  let told = new Set<string>();
  return () => {
    const failures = loop.last?.failures ?? [];
    for (const { subject, message } of failures) {
      if (!told.has(`${subject} ${message}`)) log('a reconciler failed', { level: 'error', reconciler, subject, reason: message });
    }
    if (told.size > 0 && failures.length === 0) log('a reconciler is in agreement again', { level: 'info', reconciler });
    told = new Set(failures.map(({ subject, message }) => `${subject} ${message}`));
  };
}
