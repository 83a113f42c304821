import type { VpcListenersWanted } from '../endpoints/vpc-listeners.ts';
import type { VpcPlan } from '../model/network/plan.ts';
import { formatAddress, parseCidr, resolverAddressOf } from '../model/network/addresses.ts';
import type { Vpc, World } from '../model/network/world.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import { present } from '../stdx/assert.ts';
import type { Store } from '../store/store.ts';
import { readWorld } from '../store/world.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';

/** The endpoints room's part: what listens in the namespaces of a VPC. */
export interface VpcListening {
  ensure(wanted: VpcListenersWanted): Promise<void>;
  /** Closes everything of other VPCs: an open socket keeps a namespace alive. */
  keepOnly(vpcIds: readonly string[]): Promise<void>;
}

export interface VpcNetworkDependencies {
  readonly store: Store;
  readonly region: string;
  readonly driver: NetworkDriver;
  readonly compile: (world: World, vpcId: string) => VpcPlan;
  readonly listeners: VpcListening;
}

/** Brings the kernel to the stored VPCs: compiles each whole, applies it, and writes down the generation it now holds. */
export class VpcNetworkReconciler implements Reconciler {
  readonly name = 'vpc-network';
  readonly #dependencies: VpcNetworkDependencies;
  #applied = new Map<string, number>();

  constructor(dependencies: VpcNetworkDependencies) {
    this.#dependencies = dependencies;
  }

  /** The generation of a VPC that the kernel holds by this daemon's own work: a reboot keeps the row and loses the kernel. */
  appliedGeneration(vpcId: string): number {
    return this.#applied.get(vpcId) ?? 0;
  }

  async activate(signal: AbortSignal): Promise<ReconcileStatus> {
    const { store, region, driver, listeners, compile } = this.#dependencies;
    const world = readWorld(store, region);
    const failures: { subject: string; message: string }[] = [];
    let changed = 0;
    for (const vpc of world.vpcs) {
      if (signal.aborted) break;
      if (this.#applied.get(vpc.vpcId) === vpc.generation) continue;
      try {
        const wanted = listenersWanted(world, vpc.vpcId, store);
        await driver.apply(compile(world, vpc.vpcId), { beforeLinksUp: async () => await listeners.ensure(wanted) });
        // A kernel that already holds the plan is not touched, but a new daemon has no sockets in it yet.
        await listeners.ensure(wanted);
        this.#applied.set(vpc.vpcId, vpc.generation);
        store.transact(() => store.identifiers.setAppliedGeneration(vpc.vpcId, vpc.generation));
        changed += 1;
      } catch (error) {
        failures.push({ subject: vpc.vpcId, message: String(error) });
      }
    }
    changed += await this.#removeGone(world, failures);
    return { changed, failures };
  }

  async #removeGone(world: World, failures: { subject: string; message: string }[]): Promise<number> {
    const { driver, listeners } = this.#dependencies;
    const wanted = new Set(world.vpcs.map((vpc) => vpc.number));
    const gone = (await driver.listVpcs()).filter((number) => !wanted.has(number));
    if (gone.length === 0) return 0;
    await listeners.keepOnly(world.vpcs.map((vpc) => vpc.vpcId));
    let removed = 0;
    for (const number of gone) {
      try {
        await driver.remove(number);
        removed += 1;
      } catch (error) {
        failures.push({ subject: `VPC number ${number}`, message: String(error) });
      }
    }
    return removed;
  }
}

/** What must listen inside a VPC: its resolver, its endpoints, and credentials where a job's algorithm runs. */
function listenersWanted(world: World, vpcId: string, store: Store): VpcListenersWanted {
  const vpc = vpcOf(world, vpcId);
  return {
    vpcId,
    number: vpc.number,
    cidrBlock: primaryBlock(vpc),
    enableDnsSupport: vpc.enableDnsSupport,
    privateAddresses: world.networkInterfaces.filter((row) => row.vpcId === vpcId).map((row) => row.privateIpAddress),
    names: {},
    gatewayEndpoints: world.gatewayEndpoints
      .filter((endpoint) => endpoint.vpcId === vpcId)
      .map(({ vpcEndpointId, number }) => ({ vpcEndpointId, number, service: 's3' as const })),
    credentialInterfaces: store.ec2.networkInterfaces
      .list({ vpcId })
      .filter((row) => row.attachment?.deviceIndex === algorithmDeviceIndex)
      .map(({ number, networkInterfaceId }) => ({ number, networkInterfaceId })),
  };
}

/** The agent's interface is the first of an instance, the algorithm's the second. */
export const [agentDeviceIndex, algorithmDeviceIndex] = [0, 1] as const;

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
