import type { Drop } from '../../drivers/network/network-driver.ts';
import { causeOfDrop } from '../../model/network/cause.ts';
import { present } from '../../stdx/assert.ts';
import type { JobContext } from './job-context.ts';

/** The gates of a network that no listing shows say little by themselves. */
const isolationNote = "EnableNetworkIsolation leaves a container its job's other instances and nothing else";

/** Flows that a reason names; it counts the others, which are in `/_cloister/networks/VPC`. */
const namedFlowsMax = 2;

/** Packets refused so far, by gate, ends and port: what an earlier job left is not told of this one. Kept in the journal. */
export type RefusedSoFar = Readonly<Record<string, number>>;

const flowOf = ({ gate, fromInterface, destination, destinationPort, protocol }: Drop): string =>
  [gate, fromInterface, destination, destinationPort, protocol].join(' ');

/** What the kernel has refused until now at the addresses that the job's own code has. */
export async function refusedSoFar(context: JobContext): Promise<RefusedSoFar> {
  const own = new Set(context.instances.map(({ algorithmInterfaceId }) => algorithmInterfaceId));
  return Object.fromEntries(sumByFlow((await dropsOf(context)).filter((drop) => own.has(drop.fromInterface))));
}

/**
 * The packets of the job's own code that were refused since, most first, each with what refused it; empty when there were
 * none. "algo-2 → algo-1:7999 tcp, 6 packets refused by sg-… (no ingress rule …)"
 */
export async function describeRefused(context: JobContext, before: RefusedSoFar): Promise<string> {
  const hostOf = new Map(context.instances.map(({ host, algorithmInterfaceId }) => [algorithmInterfaceId, host]));
  const drops = (await dropsOf(context)).filter((drop) => hostOf.has(drop.fromInterface));
  const after = sumByFlow(drops);
  const flows = new Map(drops.map((drop) => [flowOf(drop), drop]));
  const world = context.world();
  const refused = [...after]
    .map(([flow, packets]) => ({ drop: present(flows.get(flow), 'every sum has a flow'), packets: packets - (before[flow] ?? 0) }))
    .filter(({ packets }) => packets > 0)
    .toSorted((a, b) => b.packets - a.packets);
  const named = refused
    .slice(0, namedFlowsMax)
    .map(({ drop, packets }) => causeOfDrop(world, vpcOf(context), { ...drop, packets }, (id) => hostOf.get(id)).text);
  const others = refused.length - named.length;
  const isolated = named.length > 0 && context.isIsolated ? [isolationNote] : [];
  return [...named, ...(others === 0 ? [] : [`and ${others} more`]), ...isolated].join('; ');
}

function sumByFlow(drops: readonly Drop[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const drop of drops) sums.set(flowOf(drop), (sums.get(flowOf(drop)) ?? 0) + drop.packets);
  return sums;
}

/** Empty when the kernel cannot be asked: a job neither fails by it nor hides its own reason. */
async function dropsOf(context: JobContext): Promise<readonly Drop[]> {
  const { store, network, log } = context.services;
  try {
    return await network.drops(store.ec2.vpcs.get(vpcOf(context)).number);
  } catch (error) {
    log('the dropped packets could not be read', { job: context.name, error: String(error) });
    return [];
  }
}

function vpcOf({ instances, services }: JobContext): string {
  const first = present(instances[0], 'a job has an instance');
  return services.store.ec2.networkInterfaces.get(first.algorithmInterfaceId).vpcId;
}
