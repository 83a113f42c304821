import type { DataPlane } from '../../endpoints/data-plane.ts';
import { compileZone, resolve } from '../../endpoints/resolver.ts';
import { openZone } from '../../endpoints/vpc-listeners.ts';
import type { NetworkDriver } from '../../drivers/network/network-driver.ts';
import { parseAddress } from '../../model/network/addresses.ts';
import { causeOfTrace } from '../../model/network/cause.ts';
import { arrivalText, type Hop, hopsOf } from '../../model/network/hops.ts';
import { type Question, trace } from '../../model/network/trace.ts';
import { enveloped } from '../../model/network/tunnel.ts';
import type { Uplink, World } from '../../model/network/world.ts';
import { compilationSagaId } from '../../reconcile/compilation/context.ts';
import type { InstanceRecord } from '../../reconcile/job/job-context.ts';
import type { NetworkInterfaceRow } from '../../store/ec2.ts';
import type { Store } from '../../store/store.ts';
import { readWorld } from '../../store/world.ts';
import { probeTrace, type ProbeAnswer } from './probe-trace.ts';

export interface TraceSources {
  readonly store: Store;
  readonly region: string;
  readonly network: Pick<NetworkDriver, 'probe' | 'drops' | 'edgeDrops'>;
  readonly dataPlane: Pick<DataPlane, 'list'>;
  readonly uplink: () => Promise<Uplink | undefined>;
}

/** `eni-…`, `JOB` or `JOB/algo-N`. */
export const tracePattern = /^\/_cloister\/trace\/(?<from>[A-Za-z0-9-]{1,63}(?:\/algo-\d{1,4})?)\?(?<query>.{1,1024})$/u;

/** What the model says of a packet, and with a probe what the kernel did with one. */
export interface TraceAnswer {
  readonly from: { readonly networkInterfaceId: string; readonly privateIpAddress: string; readonly subnetId: string; readonly vpcId: string };
  readonly to: { readonly host: string; readonly address: string; readonly protocol: string; readonly port?: number };
  readonly verdict: 'accepted' | 'dropped';
  readonly arrivesAt: string;
  readonly hops: readonly Hop[];
  /** Why not, and what to change. */
  readonly cause?: string;
  /** The kernel does not hold the newest rows yet: it may answer by older ones. */
  readonly behind?: true;
  readonly probe?: ProbeAnswer;
}

type Answered<Body> = Body & { readonly status: number };

const refused = (status: number, message: string): Answered<{ message: string }> => ({ status, message });

export async function traceAnswer(
  sources: TraceSources,
  from: string,
  query: URLSearchParams,
): Promise<Answered<TraceAnswer> | Answered<{ readonly message: string }>> {
  const packet = packetOf(query);
  if (typeof packet === 'string') return refused(400, packet);
  const row = interfaceOf(sources.store, from);
  if (row === undefined) return refused(404, `${from} is no network interface and no job that has interfaces now`);
  const address = addressOf(sources, row.vpcId, packet.host);
  if (address === undefined) return refused(404, unknownName(sources, row.vpcId, packet.host));
  const { host, protocol, port } = packet;
  const question: Question = { from: row.networkInterfaceId, to: address, protocol, ...(port === undefined ? {} : { port }) };
  const uplink = await sources.uplink();
  const world: World = { ...readWorld(sources.store, sources.region), ...(uplink === undefined ? {} : { uplink }) };
  const { vpcId, subnetId, privateIpAddress, networkInterfaceId, number } = row;
  const vpc = sources.store.ec2.vpcs.get(vpcId);
  const isBehind = sources.store.identifiers.appliedGeneration(vpcId) < vpc.generation;
  const owner = { kind: 'network-interface', number } as const;
  const probe = query.get('probe') === 'true' ? await probeTrace(sources.network, world, question, { owner, vpcNumber: vpc.number }) : undefined;
  return {
    status: 200,
    from: { networkInterfaceId, privateIpAddress, subnetId, vpcId },
    to: { host, address, protocol, ...(port === undefined ? {} : { port }) },
    ...predictionOf(world, question, host),
    ...(isBehind ? { behind: true } : {}),
    ...(probe === undefined ? {} : { probe }),
  };
}

function predictionOf(world: World, question: Question, host: string): Pick<TraceAnswer, 'verdict' | 'arrivesAt' | 'hops' | 'cause'> {
  const predicted = trace(world, enveloped(world, question));
  const cause = causeOfTrace(world, predicted, host)?.text;
  const { verdict } = predicted;
  return { verdict, arrivesAt: arrivalText(world, predicted), hops: hopsOf(world, predicted), ...(cause === undefined ? {} : { cause }) };
}

interface AskedPacket {
  readonly host: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port?: number;
}

/** The packet that is asked about, or what is wrong with the question. */
function packetOf(query: URLSearchParams): AskedPacket | string {
  const host = query.get('to') ?? '';
  const protocol = query.get('protocol') ?? 'tcp';
  const port = Number(query.get('port'));
  if (!/^[A-Za-z0-9._-]{1,253}$/u.test(host)) return `${host} is neither a host name nor an IPv4 address`;
  if (protocol === 'icmp') return { host, protocol };
  if (protocol !== 'tcp' && protocol !== 'udp') return `${protocol} is not tcp, udp or icmp`;
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? { host, protocol, port } : `${query.get('port')} is not a port`;
}

type Made = { readonly instances: readonly InstanceRecord[] } | null | undefined;

/** Of a job: the interface of an instance's algorithm, the first one's when none is named. The agent's has the same groups and subnet. */
function interfaceOf({ ec2, sagemaker }: Store, from: string): NetworkInterfaceRow | undefined {
  if (from.startsWith('eni-')) return ec2.networkInterfaces.find(from);
  const [job = '', host] = from.split('/');
  // A training job first; one that has ended has no journal, and hides no compilation job of its name.
  const made = [job, compilationSagaId(job)].map((sagaId) => sagemaker.journal(sagaId).get('create-interfaces')?.result as Made).find(Boolean);
  const instance = made?.instances.find((candidate) => host === undefined || candidate.host === host);
  return instance === undefined ? undefined : ec2.networkInterfaces.find(instance.algorithmInterfaceId);
}

/** As the VPC's resolver answers; undefined when it does not know the name. */
function addressOf({ dataPlane }: TraceSources, vpcId: string, host: string): string | undefined {
  if (parseAddress(host) !== undefined) return host;
  const zone = openZone(dataPlane, vpcId);
  if (zone === undefined) return undefined;
  const resolution = resolve(host, 'A', compileZone(zone));
  return resolution.kind === 'addresses' ? resolution.addresses[0] : undefined;
}

function unknownName({ store }: TraceSources, vpcId: string, host: string): string {
  const { enableDnsSupport } = store.ec2.vpcs.get(vpcId);
  return enableDnsSupport
    ? `the resolver of ${vpcId} does not know ${host}: no packet can be sent to it`
    : `${vpcId} has no resolver (enableDnsSupport is false): ${host} has no address there`;
}
