import type { VpcListenersWanted } from '../endpoints/vpc-listeners.ts';
import { edgeNames } from '../model/network/edge-names.ts';
import { edgePlan } from '../model/network/edge.ts';
import type { VpcPlan } from '../model/network/plan.ts';
import { formatAddress, parseCidr, resolverAddressOf } from '../model/network/addresses.ts';
import type { Uplink, Vpc, World } from '../model/network/world.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import { present } from '../stdx/assert.ts';
import type { Clock } from '../stdx/clock.ts';
import { inTurns } from '../stdx/in-turns.ts';
import type { Store } from '../store/store.ts';
import type { NetworkInterfaceRow } from '../store/ec2.ts';
import { endpointServicesOf } from '../store/endpoint-services.ts';
import { readWorld } from '../store/world.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';

/** The endpoints room's part: what listens in the namespaces of a VPC. */
export interface VpcListening {
  ensure(wanted: VpcListenersWanted): Promise<void>;
  /** Closes everything of other VPCs: an open socket keeps a namespace alive. */
  keepOnly(vpcIds: readonly string[]): Promise<void>;
}

/** Who counts the packets of VPCs. */
export interface VpcCounting {
  /** What is about to be in the kernel, before any of it can send a packet. */
  beforeLinksUp(world: World, vpcId: string): Promise<void>;
  /** Ends in other VPCs: who counts in a namespace keeps it alive. */
  keepOnly(vpcIds: readonly string[]): Promise<void>;
}

/** What listens at the internet edge. */
export interface EdgeListening {
  ensure(): Promise<void>;
  close(): Promise<void>;
}

export interface VpcNetworkDependencies {
  readonly store: Store;
  readonly region: string;
  readonly driver: NetworkDriver;
  readonly compile: (world: World, vpcId: string) => VpcPlan;
  readonly listeners: VpcListening;
  readonly counting: VpcCounting;
  readonly edgeListeners: EdgeListening;
  /** The edge leads on into the machine's own internet. */
  readonly hasUplink: boolean;
  readonly clock: Clock;
}

type Failure = ReconcileStatus['failures'][number];

/** Begins the subject of a failure to remove a VPC whose rows are gone. */
export const removedSubject = 'VPC number';

/** How long what was applied is believed to be in the kernel still: a rule that somebody took away comes back. */
const believedMs = 60_000;

/** VPCs that are brought to their plans at the same time: one that waits for a program keeps no other. */
const vpcsAtOnce = 4;

interface Applied {
  readonly generation: number;
  /** When it was last compared with the kernel, monotonic. */
  readonly verifiedMs: number;
}

/** Brings the kernel to the stored VPCs: compiles each whole, applies it, and writes down the generation it now holds. */
export class VpcNetworkReconciler implements Reconciler {
  readonly name = 'vpc-network';
  readonly #dependencies: VpcNetworkDependencies;
  /** By this daemon's own work: a reboot keeps the rows and loses the kernel. */
  readonly #applied = new Map<string, Applied>();
  /** When the edge was last compared with the kernel, monotonic; undefined while this daemon has not brought it there. */
  #edgeVerifiedMs: number | undefined;
  #uplink: Uplink | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(dependencies: VpcNetworkDependencies) {
    this.#dependencies = dependencies;
  }

  /** The generation of a VPC that the kernel holds; 0 when this daemon has not brought it there. */
  appliedGeneration(vpcId: string): number {
    return this.#applied.get(vpcId)?.generation ?? 0;
  }

  /** Calls `watcher` whenever a VPC was applied, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async activate(signal: AbortSignal): Promise<ReconcileStatus> {
    const { store, region } = this.#dependencies;
    const failures: Failure[] = [];
    let changed = 0;
    const hasEdge = store.ec2.internetGateways.list().some(({ vpcId }) => vpcId !== undefined);
    try {
      // Gateways lead there: it comes before the first of them, and goes after the last.
      if (hasEdge) await this.#bringEdge();
    } catch (error) {
      failures.push({ subject: 'the internet edge', message: String(error) });
    }
    const world = readWorld(store, region);
    await inTurns(
      world.vpcs.filter((vpc) => this.#isChanged(vpc)),
      vpcsAtOnce,
      async (vpc) => {
        if (!signal.aborted) changed += (await this.#try(failures, vpc.vpcId, async () => await this.#bring(world, vpc))) ? 1 : 0;
      },
    );
    try {
      if (!hasEdge && failures.length === 0) await this.#removeEdge();
      changed += await this.#removeGone(world, failures);
    } catch (error) {
      // Those that are there are in order all the same.
      failures.push({ subject: this.name, message: String(error) });
    }
    await this.#verify(world, failures, signal);
    return { changed, failures };
  }

  /** Compares with the kernel what was not compared for a while. A change that came meanwhile does not wait for it: the next pass goes on. */
  async #verify(world: World, failures: Failure[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#dependencies;
    const verifiedMs = ({ vpcId }: Vpc): number => this.#applied.get(vpcId)?.verifiedMs ?? Number.NEGATIVE_INFINITY;
    // What could not be brought to its newest generation is tried again by the next pass, not by this one.
    const due = world.vpcs.filter((vpc) => !this.#isChanged(vpc) && clock.monotonicMs() - verifiedMs(vpc) >= believedMs);
    due.sort((a, b) => verifiedMs(a) - verifiedMs(b));
    await inTurns(due, vpcsAtOnce, async (vpc) => {
      if (signal.aborted || this.#hasChanged(world)) return;
      await this.#try(failures, vpc.vpcId, async () => await this.#apply(world, vpc, true));
    });
  }

  async #try(failures: Failure[], subject: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      failures.push({ subject, message: String(error) });
      return false;
    }
  }

  /** The kernel, as far as this daemon knows, holds another generation than the VPC has. */
  #isChanged({ vpcId, generation }: Vpc): boolean {
    return this.#applied.get(vpcId)?.generation !== generation;
  }

  /** The rows are no longer those that the world was read from. */
  #hasChanged({ vpcs }: World): boolean {
    const rows = this.#dependencies.store.ec2.vpcs;
    return rows.count() !== vpcs.length || vpcs.some(({ vpcId, generation }) => rows.find(vpcId)?.generation !== generation);
  }

  async #bring(world: World, vpc: Vpc): Promise<void> {
    // What this daemon did not bring there may be anything.
    await this.#apply(world, vpc, this.#applied.get(vpc.vpcId) === undefined);
    const { store } = this.#dependencies;
    store.transact(() => store.identifiers.setAppliedGeneration(vpc.vpcId, vpc.generation));
    for (const watcher of this.#watchers) watcher();
  }

  async #apply(world: World, { vpcId, generation }: Vpc, verify: boolean): Promise<void> {
    const { store, driver, listeners, counting, compile, clock } = this.#dependencies;
    const wanted = listenersWanted(world, vpcId, store);
    const beforeLinksUp = async (): Promise<void> => {
      await listeners.ensure(wanted);
      await counting.beforeLinksUp(world, vpcId);
    };
    await driver.apply(compile(world, vpcId), { verify, beforeLinksUp });
    // A kernel that already holds the plan is not touched, but a new daemon has no sockets in it yet.
    await listeners.ensure(wanted);
    const verifiedMs = verify ? clock.monotonicMs() : (this.#applied.get(vpcId)?.verifiedMs ?? Number.NEGATIVE_INFINITY);
    this.#applied.set(vpcId, { generation, verifiedMs });
  }

  async #bringEdge(): Promise<void> {
    const { driver, edgeListeners, hasUplink, clock } = this.#dependencies;
    const verify = this.#edgeVerifiedMs === undefined || clock.monotonicMs() - this.#edgeVerifiedMs >= believedMs;
    if (verify && hasUplink) this.#uplink = { machineBlocks: await driver.uplink.machineBlocks() };
    await driver.ensureEdge(edgePlan(this.#uplink), { verify });
    await edgeListeners.ensure();
    if (verify) this.#edgeVerifiedMs = clock.monotonicMs();
  }

  async #removeEdge(): Promise<void> {
    const { driver, edgeListeners } = this.#dependencies;
    await edgeListeners.close();
    await driver.removeEdge();
    this.#edgeVerifiedMs = undefined;
  }

  async #removeGone(world: World, failures: Failure[]): Promise<number> {
    const { driver, listeners, counting } = this.#dependencies;
    const wanted = new Set(world.vpcs.map((vpc) => vpc.number));
    const vpcIds = world.vpcs.map((vpc) => vpc.vpcId);
    for (const vpcId of this.#applied.keys()) if (!vpcIds.includes(vpcId)) this.#applied.delete(vpcId);
    const gone = (await driver.listVpcs()).filter((number) => !wanted.has(number));
    if (gone.length === 0) return 0;
    await listeners.keepOnly(vpcIds);
    await counting.keepOnly(vpcIds);
    let removed = 0;
    for (const number of gone) {
      try {
        await driver.remove(number);
        removed += 1;
      } catch (error) {
        failures.push({ subject: `${removedSubject} ${number}`, message: String(error) });
      }
    }
    return removed;
  }
}

/** What must listen inside a VPC: its resolver, its endpoints, and credentials where a job's algorithm runs. */
function listenersWanted(world: World, vpcId: string, store: Store): VpcListenersWanted {
  const vpc = vpcOf(world, vpcId);
  // Rows may be newer than the world by now, which the namespaces are made of.
  const numbers = new Map(world.networkInterfaces.map(({ networkInterfaceId, number }) => [networkInterfaceId, number]));
  const interfaceEndpoints = world.interfaceEndpoints.filter((endpoint) => endpoint.vpcId === vpcId);
  const services = new Map(endpointServicesOf(store, world.region).map((service) => [service.serviceName, service]));
  return {
    vpcId,
    number: vpc.number,
    cidrBlock: primaryBlock(vpc),
    enableDnsSupport: vpc.enableDnsSupport,
    privateAddresses: world.networkInterfaces.filter((row) => row.vpcId === vpcId).map((row) => row.privateIpAddress),
    // Private DNS comes before the public names.
    names: Object.assign({}, edgeNames(world.region), ...interfaceEndpoints.map(({ names }) => names)) as VpcListenersWanted['names'],
    gatewayEndpoints: world.gatewayEndpoints
      .filter((endpoint) => endpoint.vpcId === vpcId)
      .map(({ vpcEndpointId, number }) => ({ vpcEndpointId, number, service: 's3' as const })),
    interfaceEndpoints: interfaceEndpoints.flatMap(({ vpcEndpointId, serviceName, ports, networkInterfaceIds }) => {
      const service = services.get(serviceName);
      const interfaces = networkInterfaceIds.map((id) => ({
        networkInterfaceId: id,
        number: present(numbers.get(id), 'an interface of an endpoint is in the world'),
      }));
      if (service === undefined) return [];
      const answers = 'relayTo' in service ? { relayTo: service.relayTo } : { service: service.service };
      return [{ vpcEndpointId, answers, ports, interfaces }];
    }),
    credentialInterfaces: store.ec2.networkInterfaces
      .list({ vpcId })
      .filter((row) => isOfAlgorithm(row) && numbers.has(row.networkInterfaceId))
      .map(({ number, networkInterfaceId }) => ({ number, networkInterfaceId })),
  };
}

/** The agent's interface is the first of an instance, the algorithm's the second. An isolated algorithm's has no credentials behind it. */
export const [agentDeviceIndex, algorithmDeviceIndex, peerDeviceIndex] = [0, 1, 2] as const;

export const isOfAlgorithm = ({ interfaceType, attachment }: NetworkInterfaceRow): boolean =>
  interfaceType === 'interface' && attachment?.deviceIndex === algorithmDeviceIndex;

/** Where a VPC's resolver answers: base + 2 of its primary block. */
export function resolverOf(world: World, vpcId: string): string {
  return formatAddress(resolverAddressOf(present(parseCidr(primaryBlock(vpcOf(world, vpcId))), 'stored blocks parse')));
}

function vpcOf(world: World, vpcId: string): Vpc {
  return present(
    world.vpcs.find((vpc) => vpc.vpcId === vpcId),
    'the VPC is in the world',
  );
}

const primaryBlock = (vpc: Vpc): string => present(vpc.cidrBlocks[0], 'a VPC has a block');
