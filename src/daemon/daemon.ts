import type { Access } from '../access/access.ts';
import { PolicyAccess } from '../access/policy-access.ts';
import { validate } from '../aws/validate.ts';
import { PodmanDriver } from '../drivers/container/podman/podman-driver.ts';
import { LinuxNetworkDriver } from '../drivers/network/linux/linux-network-driver.ts';
import { LocalPlacement } from '../drivers/placement/local/local-placement.ts';
import { DataPlane } from '../endpoints/data-plane.ts';
import { VpcListeners } from '../endpoints/vpc-listeners.ts';
import { Gateway } from '../gateway/gateway.ts';
import { sagemakerPrincipal } from '../model/job/execution-role.ts';
import { compile } from '../model/network/compile.ts';
import { GarbageReconciler } from '../reconcile/garbage.ts';
import { ReconcileLoop } from '../reconcile/loop.ts';
import { TrainingJobsReconciler } from '../reconcile/training-jobs.ts';
import { networkAppliedWaiter } from '../reconcile/network-applied.ts';
import { VpcNetworkReconciler } from '../reconcile/vpc-network.ts';
import { systemClock } from '../stdx/clock.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { systemRandom } from '../stdx/random.ts';
import { blobPath, removeBlob } from '../store/blobs/blob-directory.ts';
import { Closings } from './closings.ts';
import { log } from './log.ts';
import { createMachine, ensureImages } from './machine.ts';
import { operatorPaths } from './operator-paths.ts';
import { kernelPrefix, type DaemonOptions } from './options.ts';
import type { DaemonParts } from './parts.ts';
import { registries } from './registries.ts';
import { forgetRunning, tellRunning } from './running-file.ts';
import { openState, type DaemonState } from './state.ts';
import { jobAuthorities } from './trust.ts';
import { version } from './version.ts';

export interface Daemon {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Ends in order: jobs are left where they are, for the next daemon. */
  stop(): Promise<void>;
}

/** Reconcilers look again by themselves this often, whatever woke them. */
const periodMs = 30_000;
const garbagePeriodMs = 10 * 60_000;
/** Compiled code of agents, shared by the daemons of this machine. */
const agentCache = '/var/cache/cloister/agent-code';
/** A first start imports two images; the machine may be busy. */
const imagesMs = 60_000;

const wholeParts: DaemonParts = {
  validate,
  compile,
  access: (access) => access,
  registries: (whole) => whole,
  network: (driver) => driver,
  containers: (driver) => driver,
  ensureImages,
};

/** Puts everything together and runs it. `parts` is for tests that show what a missing piece would let through. */
export async function startDaemon(options: DaemonOptions, parts: Partial<DaemonParts> = {}): Promise<Daemon> {
  const closings = new Closings();
  try {
    return await composeDaemon(options, { ...wholeParts, ...parts }, closings);
  } catch (error) {
    await closings.close();
    throw error;
  }
}

async function composeDaemon(options: DaemonOptions, parts: DaemonParts, closings: Closings): Promise<Daemon> {
  const { region, accountId } = options;
  const state = await openState(options, closings);
  const { paths, authority, root } = state;
  const drivers = createDrivers(options, parts, paths, closings);
  const loops = new Map<string, ReconcileLoop>();
  const access = parts.access(new PolicyAccess({ store: state.store, clock: systemClock, random: systemRandom, accountId, region }));
  const gateway = createGateway(options, parts, state, drivers, access, loops);
  const dataPlane = new DataPlane({ handler: gateway, blobDirectory: paths.blobs, certificates: authority, report: (text) => log(text, {}) });
  closings.add('the data plane', async () => await dataPlane.stop());

  const { port } = await openHost(dataPlane, options);
  const trainingJobs = addLoops(options, parts, { state, drivers, access, gateway, dataPlane, loops });
  closings.add('the reconcilers', async () => {
    await trainingJobs.shutdown();
    drivers.placement.detach();
    for (const loop of loops.values()) await loop.stop();
  });
  for (const loop of loops.values()) loop.start();

  const endpoint = `http://${options.host}:${port}`;
  tellRunning(paths, { endpoint, region, accountId, certificateAuthority: authority.certificatePath }, root);
  closings.add('daemon.json', () => forgetRunning(paths));
  return { endpoint, accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey, stop: async () => await closings.close() };
}

type Drivers = ReturnType<typeof createDrivers>;

function createDrivers(options: DaemonOptions, parts: DaemonParts, paths: DaemonState['paths'], closings: Closings) {
  const network = parts.network(new LinuxNetworkDriver({ prefix: kernelPrefix(options.dataDirectory) }));
  const imageStore = new PodmanDriver({
    root: options.imageStore,
    runRoot: `/run/${kernelPrefix(options.imageStore)}-images`,
    labelPrefix: 'cloister',
  });
  const containers = parts.containers(
    new PodmanDriver({ root: paths.containers, runRoot: paths.containersRun, imageStore: options.imageStore, labelPrefix: 'cloister' }),
  );
  const placement = new LocalPlacement({ root: paths.instances, random: systemRandom });
  const imagesReady = parts.ensureImages(imageStore, paths.work);
  imagesReady.catch((error: unknown) => log('the built-in images could not be made', { error }));
  // Behind the images: nothing waits for it, and a start has enough to do.
  const agentCompiled = imagesReady.catch(() => undefined).then(async () => await placement.compileAgent(agentCache));
  agentCompiled.catch((error: unknown) => log('the agent could not be compiled: jobs start more slowly', { error }));
  // They write, which nothing of this daemon does after its end.
  closings.add(
    'the images',
    async () => await withDeadline('imagesMs', imagesMs, Promise.allSettled([imagesReady, agentCompiled])).then(() => undefined),
  );
  return { network, containers, placement, machine: createMachine({ network, containers, placement, imagesReady }) };
}

function createGateway(
  options: DaemonOptions,
  parts: DaemonParts,
  { paths, store, audit, refusals }: DaemonState,
  { network, machine }: Drivers,
  access: Access,
  loops: ReadonlyMap<string, ReconcileLoop>,
): Gateway {
  const { region, accountId, allowChosenIds: chosenIds } = options;
  return new Gateway({
    registries: parts.registries(registries),
    validate: parts.validate,
    store,
    access,
    clock: systemClock,
    random: systemRandom,
    accountId,
    region,
    machine,
    chosenIds,
    wake: (...names) => {
      for (const name of names) loops.get(name)?.request();
    },
    blobPath: (blobId) => blobPath(paths.blobs, blobId),
    discardBlob: (blobId) => void removeBlob(paths.blobs, blobId).catch((error: unknown) => log('a blob could not be removed', { blobId, error })),
    operatorPaths: operatorPaths({ version, store, network, refusals, loops: () => [...loops.values()] }),
    audit: audit.write,
    recordRefusal: refusals.write,
    log,
  });
}

/** The one port of the host. Throws one clear line when somebody else has it. */
async function openHost(dataPlane: DataPlane, { host, port }: DaemonOptions): Promise<{ readonly port: number }> {
  try {
    return await dataPlane.open({ id: 'host', address: host, port, protocols: 'both', arrival: { kind: 'host' } });
  } catch (error) {
    if (!String(error).includes('EADDRINUSE')) throw error;
    throw new Error(`port ${port} of ${host} is taken by another program. Choose one with --port or CLOISTER_PORT`, { cause: error });
  }
}

interface Whole {
  readonly state: DaemonState;
  readonly drivers: Drivers;
  readonly access: Access;
  readonly gateway: Gateway;
  readonly dataPlane: DataPlane;
  readonly loops: Map<string, ReconcileLoop>;
}

function addLoops(options: DaemonOptions, parts: DaemonParts, { state, drivers, access, gateway, dataPlane, loops }: Whole): TrainingJobsReconciler {
  const { region, accountId } = options;
  const { store, paths, authority } = state;
  const { network, containers, placement } = drivers;
  const listeners = new VpcListeners({
    dataPlane,
    region,
    namespacePath: (owner) => network.namespacePath(owner),
    findJobCredentials: async (networkInterfaceId, credentialsId) =>
      await Promise.resolve(trainingJobs.credentialsOf(networkInterfaceId, credentialsId)),
  });
  const vpcNetwork = new VpcNetworkReconciler({ store, region, driver: network, compile: parts.compile, listeners, clock: systemClock });
  const networkLoop = new ReconcileLoop(vpcNetwork, { periodMs });
  const trainingJobs = new TrainingJobsReconciler(
    {
      store,
      access,
      clock: systemClock,
      region,
      accountId,
      call: async (service, operation, input, principal) => await gateway.call(service, operation, input, principal, sagemakerPrincipal),
      network,
      containers,
      placement,
      networkApplied: networkAppliedWaiter(vpcNetwork, networkLoop),
      instancesDirectory: paths.instances,
      certificateAuthorities: jobAuthorities(authority.certificatePem),
      log,
    },
    () => loops.get(trainingJobs.name)?.request(),
  );
  const garbage = new GarbageReconciler({ store, blobDirectory: paths.blobs, clock: systemClock });
  loops.set(networkLoop.name, networkLoop);
  loops.set(trainingJobs.name, new ReconcileLoop(trainingJobs, { periodMs }));
  loops.set(garbage.name, new ReconcileLoop(garbage, { periodMs: garbagePeriodMs }));
  return trainingJobs;
}
