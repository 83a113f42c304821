import { present } from '../../stdx/assert.ts';
import { formatCidr } from './addresses.ts';
import { type Packet, protocolNumbers } from './groups.ts';
import { type NextHop, pathOf, type RouteEntry } from './routes.ts';
import { mustParseAddress, routeTableOfInterface, viewOf } from './view.ts';
import { type Arrival, follow, type TraceStep } from './walk.ts';
import type { RouteDestination, World } from './world.ts';

/** The first packet of a flow. */
export interface Question {
  /** The sending network interface. */
  readonly from: string;
  /** The destination, dotted quad. */
  readonly to: string;
  /** A name or an IP protocol number. */
  readonly protocol: 'tcp' | 'udp' | 'icmp' | number;
  readonly port?: number;
  readonly sourcePort?: number;
  /** ICMP; an echo request when absent. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** The interface's own address when absent. */
  readonly source?: string;
}

/** What becomes of it, and why: the gates it passed, and the one that decides. */
export interface Trace {
  readonly verdict: 'accepted' | 'dropped';
  readonly question: Question;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly routeTableId: string;
  /** The route it follows: its destination as written in the table, the block that matched, and where that leads. */
  readonly route?: {
    readonly destination: RouteDestination;
    readonly cidrBlock: string;
    readonly target: NextHop['kind'];
    readonly targetId?: string;
  };
  readonly arrivesAt: Arrival;
  /** An interface of somebody's own forwards the packet, or the answer: what becomes of it is not known here. */
  readonly handedOn?: true;
  /** The port that answers go to: the question's, or one that Linux might take. */
  readonly sourcePort?: number;
  readonly steps: readonly TraceStep[];
  /** The step that dropped it, or the last that let it pass. */
  readonly decidedBy: TraceStep;
}

/** A port as Linux takes for a connection (32768 to 60999): where the answer goes, which a stateless ACL judges. */
const ephemeralPort = 40_000;

/** Walks the same gates, in the same order, that the kernel's rules are made of. */
export function trace(world: World, question: Question): Trace {
  const sender = present(
    world.networkInterfaces.find((candidate) => candidate.networkInterfaceId === question.from),
    `${question.from} is in the world`,
  );
  const view = viewOf(world, sender.vpcId);
  const routeTable = routeTableOfInterface(view, sender);
  const packet = packetOf(question, mustParseAddress(question.source ?? sender.privateIpAddress));
  const path = pathOf(view, routeTable, packet.destination);
  const context = { question, vpcId: sender.vpcId, subnetId: sender.subnetId, routeTableId: routeTable.routeTableId };
  if (question.to === sender.privateIpAddress || question.to.startsWith('127.')) {
    const step: TraceStep = { gate: 'own-namespace', passed: true, at: sender.networkInterfaceId };
    return { verdict: 'accepted', ...context, arrivesAt: { kind: 'itself' }, steps: [step], decidedBy: step };
  }
  const { steps, arrivesAt, handedOn } = follow(world, { view, sender, routeTable, packet, path, reply: false });
  const decidedBy = present(steps.at(-1), 'every packet meets a gate');
  return {
    verdict: decidedBy.passed ? 'accepted' : 'dropped',
    ...context,
    ...('entry' in path && path.entry !== undefined ? { route: describeRoute(path.entry) } : {}),
    arrivesAt,
    ...(handedOn === undefined ? {} : { handedOn }),
    ...(packet.sourcePort === undefined ? {} : { sourcePort: packet.sourcePort }),
    steps,
    decidedBy,
  };
}

function packetOf(question: Question, source: number): Packet {
  const protocol = typeof question.protocol === 'number' ? question.protocol : protocolNumbers[question.protocol];
  const isIcmp = protocol === protocolNumbers.icmp;
  return {
    protocol,
    source,
    destination: mustParseAddress(question.to),
    ...(question.port === undefined ? {} : { destinationPort: question.port }),
    ...(question.port === undefined ? {} : { sourcePort: question.sourcePort ?? ephemeralPort }),
    ...(isIcmp ? { icmpType: question.icmpType ?? 8, icmpCode: question.icmpCode ?? 0 } : {}),
  };
}

export function describeRoute({ cidr, destination, nextHop }: RouteEntry): NonNullable<Trace['route']> {
  const route = { destination, cidrBlock: formatCidr(cidr), target: nextHop.kind };
  if (nextHop.kind === 'gateway-endpoint') return { ...route, targetId: nextHop.endpoint.vpcEndpointId };
  if (nextHop.kind === 'nat-gateway') return { ...route, targetId: nextHop.natGateway.natGatewayId };
  if (nextHop.kind === 'internet-gateway') return { ...route, targetId: nextHop.internetGateway.internetGatewayId };
  return nextHop.kind === 'network-interface' ? { ...route, targetId: nextHop.networkInterface.networkInterfaceId } : route;
}
