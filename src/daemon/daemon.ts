import type { Access } from '../access/access.ts';
import { Accounts } from '../access/accounts.ts';
import { PolicyAccess } from '../access/policy-access.ts';
import { validate } from '../aws/validate.ts';
import { DataPlane } from '../endpoints/data-plane.ts';
import { RefusedNamesRecord } from '../endpoints/refused-names.ts';
import { compile } from '../model/network/compile.ts';
import type { Uplink } from '../model/network/world.ts';
import { flowLogPace } from '../reconcile/flow-logs/services.ts';
import { systemClock } from '../stdx/clock.ts';
import { systemRandom } from '../stdx/random.ts';
import { Closings } from './closings.ts';
import { createDrivers, type Drivers } from './drivers.ts';
import { FrontDoor } from './front-door.ts';
import { log } from './log.ts';
import { ensureImages } from './machine.ts';
import { DroppedPackets } from './metrics/dropped-packets.ts';
import { RequestCounts } from './metrics/request-counts.ts';
import { operatorPaths } from './operator-paths.ts';
import type { DaemonOptions } from './options.ts';
import type { DaemonParts } from './parts.ts';
import { registries } from './registries.ts';
import { Reset } from './reset/reset.ts';
import { forgetRunning, tellRunning } from './running-file.ts';
import { Serving } from './serving.ts';
import { openState, type DaemonState } from './state.ts';

export interface Daemon {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Ends in order: jobs are left where they are, for the next daemon. */
  stop(): Promise<void>;
}

const wholeParts: DaemonParts = {
  validate,
  compile,
  access: (access) => access,
  registries: (whole) => whole,
  network: (driver) => driver,
  flows: (source) => source,
  flowLogPace,
  containers: (driver) => driver,
  placement: (driver) => driver,
  dataMounts: (driver) => driver,
  tunnels: (driver) => driver,
  journal: (journal) => journal,
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
  await prepareUplink(options, drivers, closings);
  const access = parts.access(new PolicyAccess({ store: state.store, clock: systemClock, random: systemRandom, accountId, region }));
  const frontDoor = new FrontDoor();
  const dataPlane = new DataPlane({ handler: frontDoor, blobDirectory: paths.blobs, certificates: authority, report: (text) => log(text, {}) });
  closings.add('the data plane', async () => await dataPlane.stop());

  const { port } = await openHost(dataPlane, options);
  serve({ options, parts, state, drivers, access, frontDoor, dataPlane }, closings);

  const endpoint = `http://${options.host}:${port}`;
  tellRunning(paths, { endpoint, region, accountId, certificateAuthority: authority.certificatePath }, root);
  closings.add('daemon.json', () => forgetRunning(paths));
  return { endpoint, accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey, stop: async () => await closings.close() };
}

/** Throws one clear line when the machine cannot have one. Nobody looks after it when the daemon has ended: it goes with it. */
async function prepareUplink({ uplink }: DaemonOptions, { network }: Drivers, closings: Closings): Promise<void> {
  if (!uplink) return;
  const { ok, detail, fix } = await network.uplink.capability();
  if (!ok) throw new Error(`--uplink: ${detail}. ${fix}`);
  closings.add('the uplink', async () => await network.uplink.remove());
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
  readonly options: DaemonOptions;
  readonly parts: DaemonParts;
  readonly state: DaemonState;
  readonly drivers: Drivers;
  readonly access: Access;
  readonly frontDoor: FrontDoor;
  readonly dataPlane: DataPlane;
}

/** Begins to serve, and to serve anew after each reset. */
function serve({ options, parts, state, drivers, access, frontDoor, dataPlane }: Whole, closings: Closings): void {
  const { region, accountId, ephemeral, imageNames, compilers } = options;
  const { store, refusals } = state;
  const { network } = drivers;
  const requests = new RequestCounts(registries);
  const refusedNames = new RefusedNamesRecord(
    (vpcId, address) => store.ec2.networkInterfaces.list({ vpcId }).find(({ privateIpAddress }) => privateIpAddress === address)?.networkInterfaceId,
  );
  let serving: Serving;
  const serveAnew = (): Serving => {
    serving = new Serving({ options, parts, state, drivers, access, dataPlane, requests, refusedNames, operatorPaths: paths });
    serving.start();
    return serving;
  };
  const reset = new Reset({ state, drivers, dataPlane, frontDoor, clock: systemClock, log, serving: () => serving, serveAnew });
  const observed = {
    options: { region, accountId, ephemeral, imageNames, compilers },
    clock: systemClock,
    startedAt: systemClock.now(),
    store,
    dataPlane,
    loops: () => serving.loops,
    requests,
    refusedNames,
    droppedPackets: new DroppedPackets({ vpcNumbers: () => store.ec2.vpcs.list().map(({ number }) => number), network, clock: systemClock, log }),
    objectBytes: frontDoor.objectBytes,
  };
  const { containers, placement } = drivers;
  const inspected = {
    store,
    region,
    compile: parts.compile,
    network,
    containers,
    placement,
    refusedNames,
    instancesDirectory: state.paths.instances,
  };
  const uplink = async (): Promise<Uplink | undefined> => (options.uplink ? { machineBlocks: await network.uplink.machineBlocks() } : undefined);
  const traced = { store, region, network, dataPlane, uplink };
  const paths = operatorPaths({
    store,
    network,
    accounts: new Accounts({ store, clock: systemClock, random: systemRandom, accountId }),
    refusals,
    observed,
    inspected,
    traced,
    scrubbed: { store, blobDirectory: state.paths.blobs, clock: systemClock },
    images: drivers.images,
    attachments: () => serving.attachments,
    reset: ephemeral ? reset.run : undefined,
  });
  frontDoor.open(serveAnew().gateway);
  closings.add('the reconcilers', async () => void (await serving.stop()));
  closings.add('a reset', async () => await reset.settled());
}
