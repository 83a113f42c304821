import { mkdirSync, writeFileSync } from 'node:fs';
import { ensureRootCredentials } from '../access/credentials.ts';
import { PolicyAccess } from '../access/policy-access.ts';
import { validate } from '../aws/validate.ts';
import { CertificateAuthority } from '../drivers/certificates/certificate-authority.ts';
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
import { systemRandom } from '../stdx/random.ts';
import { blobPath, removeBlob } from '../store/blobs/blob-directory.ts';
import { Store } from '../store/store.ts';
import { layout } from './layout.ts';
import { log } from './log.ts';
import { createMachine, ensureImages } from './machine.ts';
import { operatorPaths } from './operator-paths.ts';
import { kernelPrefix, type DaemonOptions } from './options.ts';
import type { DaemonParts } from './parts.ts';
import { registries } from './registries.ts';
import { certificateGroups, jobAuthorities } from './trust.ts';
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

const wholeParts: DaemonParts = {
  validate,
  compile,
  access: (access) => access,
  registries: (whole) => whole,
  network: (driver) => driver,
  containers: (driver) => driver,
};

/** Puts everything together and runs it. `parts` is for tests that show what a missing piece would let through. */
export async function startDaemon(options: DaemonOptions, parts: Partial<DaemonParts> = {}): Promise<Daemon> {
  const { region, accountId } = options;
  const clock = systemClock;
  const random = systemRandom;
  const chosen = { ...wholeParts, ...parts };
  const paths = layout(options.dataDirectory);
  for (const path of [options.dataDirectory, paths.blobs, paths.instances, paths.audit]) mkdirSync(path, { recursive: true, mode: 0o700 });

  const store = new Store(paths.database);
  const authority = await CertificateAuthority.open({ directory: paths.certificates, groups: certificateGroups(region), clock });
  const root = ensureRootCredentials(store, random, options.rootKey);
  const access = chosen.access(new PolicyAccess({ store, clock, random, accountId, region }));

  const prefix = kernelPrefix(options.dataDirectory);
  const network = chosen.network(new LinuxNetworkDriver({ prefix }));
  const imageStore = new PodmanDriver({ root: options.imageStore, runRoot: `${options.imageStore}-run`, labelPrefix: 'cloister' });
  const containers = chosen.containers(
    new PodmanDriver({ root: paths.containers, runRoot: paths.containersRun, imageStore: options.imageStore, labelPrefix: 'cloister' }),
  );
  const placement = new LocalPlacement({ root: paths.instances, random });
  const imagesReady = ensureImages(imageStore);
  imagesReady.catch((error: unknown) => log('the built-in images could not be made', { error: String(error) }));
  const machine = createMachine({ network, containers, placement, imagesReady });

  const loops = new Map<string, ReconcileLoop>();
  const gateway = new Gateway({
    registries: chosen.registries(registries),
    validate: chosen.validate,
    store,
    access,
    clock,
    random,
    accountId,
    region,
    machine,
    chosenIds: options.allowChosenIds,
    wake: (...names) => {
      for (const name of names) loops.get(name)?.request();
    },
    blobPath: (blobId) => blobPath(paths.blobs, blobId),
    discardBlob: (blobId) =>
      void removeBlob(paths.blobs, blobId).catch((error: unknown) => log('a blob could not be removed', { blobId, error: String(error) })),
    operatorPaths: operatorPaths({ version, store, network, loops: () => [...loops.values()] }),
    log,
  });
  const dataPlane = new DataPlane({ handler: gateway, blobDirectory: paths.blobs, certificates: authority, report: (text) => log(text, {}) });
  const listeners = new VpcListeners({
    dataPlane,
    region,
    namespacePath: (owner) => network.namespacePath(owner),
    findJobCredentials: async (networkInterfaceId, credentialsId) =>
      await Promise.resolve(trainingJobs.credentialsOf(networkInterfaceId, credentialsId)),
  });
  const vpcNetwork = new VpcNetworkReconciler({ store, region, driver: network, compile: chosen.compile, listeners });
  const networkLoop = new ReconcileLoop(vpcNetwork, { periodMs });
  const trainingJobs = new TrainingJobsReconciler({
    store,
    access,
    clock,
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
  });
  for (const loop of [
    networkLoop,
    new ReconcileLoop(trainingJobs, { periodMs }),
    new ReconcileLoop(new GarbageReconciler({ store, blobDirectory: paths.blobs, clock }), { periodMs: garbagePeriodMs }),
  ]) {
    loops.set(loop.name, loop);
  }

  const { port } = await dataPlane.open({ id: 'host', address: options.host, port: options.port, protocols: 'both', arrival: { kind: 'host' } });
  for (const loop of loops.values()) loop.start();
  const endpoint = `http://${options.host}:${port}`;
  const running = { pid: process.pid, endpoint, region, accountId, certificateAuthority: authority.certificatePath };
  writeFileSync(paths.credentials, JSON.stringify({ accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey }), { mode: 0o600 });
  writeFileSync(paths.daemon, JSON.stringify(running), { mode: 0o600 });
  return {
    endpoint,
    accessKeyId: root.accessKeyId,
    secretAccessKey: root.secretAccessKey,
    async stop() {
      await trainingJobs.shutdown();
      placement.detach();
      for (const loop of loops.values()) await loop.stop();
      await dataPlane.stop();
      store.close();
    },
  };
}

const garbagePeriodMs = 10 * 60_000;
