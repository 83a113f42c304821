import { present } from '../../stdx/assert.ts';
import { formatCidr } from './addresses.ts';
import { aclOfInterface } from './acls.ts';
import { judgedByAcl } from './acl-gates.ts';
import type { GateName, Journey } from './gate.ts';
import { stages } from './gates.ts';
import { type Packet, protocolNumbers } from './groups.ts';
import { type NextHop, pathOf, type RouteEntry } from './routes.ts';
import { mustParseAddress, routeTableOfInterface, type VpcView, viewOf } from './view.ts';
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
  /** The port that answers go to: the question's, or one that Linux might take. */
  readonly sourcePort?: number;
  readonly steps: readonly TraceStep[];
  /** The step that dropped it, or the last that let it pass. */
  readonly decidedBy: TraceStep;
}

export type Arrival =
  | { readonly kind: 'resolver'; readonly vpcId: string }
  | { readonly kind: 'network-interface'; readonly networkInterfaceId: string; readonly endpoint?: EndpointArrival }
  | { readonly kind: 'gateway-endpoint'; readonly vpcEndpointId: string }
  | { readonly kind: 'itself' }
  | { readonly kind: 'nowhere'; readonly reason: 'no-route' | 'blackhole' | 'no-interface' | 'unroutable' };

/** Nothing but the endpoint is at its interfaces: what is for another port is let in and heard by nobody. */
export interface EndpointArrival {
  readonly vpcEndpointId: string;
  readonly answers: boolean;
}

export interface TraceStep {
  readonly gate: GateName | 'own-namespace';
  readonly passed: boolean;
  /** The first packet arrived; this is about the answer to it, which takes the receiver's route table. */
  readonly reply?: true;
  /** The interface or endpoint at whose link the gate stands. */
  readonly at: string;
  /** The groups that were asked, for the gates of groups. */
  readonly groupIds?: readonly string[];
  /** Of a network ACL: the entry that decides, by number or `*`. */
  readonly networkAclId?: string;
  readonly rule?: number | '*';
  /** The rule that let it pass, and its group. */
  readonly securityGroupRuleId?: string;
  readonly groupId?: string;
  /** The kernel's counters that count this refusal. */
  readonly counters?: readonly string[];
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
  const steps = walkBothWays({ view, sender, routeTable, packet, path, reply: false });
  const decidedBy = present(steps.at(-1), 'every packet meets a gate');
  return {
    verdict: decidedBy.passed ? 'accepted' : 'dropped',
    ...context,
    ...('entry' in path && path.entry !== undefined ? { route: describeRoute(path.entry) } : {}),
    arrivesAt: arrivalOf(view, path, packet),
    ...(packet.sourcePort === undefined ? {} : { sourcePort: packet.sourcePort }),
    steps,
    decidedBy,
  };
}

function walkBothWays(journey: Journey): TraceStep[] {
  const { view, packet, path } = journey;
  const steps = walk(journey);
  if (steps.at(-1)?.passed !== true) return steps;
  const answer = answerTo(packet);
  if (path.kind === 'gateway-endpoint') {
    const back = judgedByAcl(view, aclOfInterface(view, journey.sender), 'ingress', answer);
    if (back.verdict !== 'refuse') return steps;
    const { counters, entry } = back;
    return [...steps, { gate: 'ingress-acl', passed: false, reply: true, at: journey.sender.networkInterfaceId, counters, ...entry }];
  }
  if (path.kind !== 'network-interface' || packet.destination !== mustParseAddress(path.receiver.privateIpAddress)) return steps;
  const routeTable = routeTableOfInterface(view, path.receiver);
  const replies = walk({
    view,
    sender: path.receiver,
    routeTable,
    packet: answer,
    path: pathOf(view, routeTable, answer.destination),
    reply: true,
  });
  const refused = replies.find((step) => !step.passed);
  return refused === undefined ? steps : [...steps, { ...refused, reply: true }];
}

function answerTo({ protocol, source, destination, sourcePort, destinationPort, icmpType }: Packet): Packet {
  return {
    protocol,
    source: destination,
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
    // An echo reply.
    ...(icmpType === undefined ? {} : { icmpType: 0, icmpCode: 0 }),
  };
}

function walk(journey: Journey): TraceStep[] {
  const steps: TraceStep[] = [];
  for (const stage of stages) {
    const at = stage.side === 'sender' ? journey.sender.networkInterfaceId : receiverOf(journey);
    if (at === undefined) return steps;
    for (const gate of stage.gates) {
      const judgement = gate.judge(journey);
      if (judgement.verdict === 'refuse') {
        const groupIds = groupsAt(journey, gate.name);
        const refused = { gate: gate.name, passed: false, at, counters: judgement.counters, ...judgement.entry };
        return [...steps, { ...refused, ...(groupIds === undefined ? {} : { groupIds }) }];
      }
      if (judgement.verdict === 'next') continue;
      const { allowance, entry } = judgement;
      const by = allowance === undefined ? {} : { groupId: allowance.groupId, securityGroupRuleId: allowance.securityGroupRuleId };
      steps.push({ gate: gate.name, passed: true, at, ...by, ...entry });
      break;
    }
  }
  return steps;
}

function receiverOf({ path }: Journey): string | undefined {
  if (path.kind === 'network-interface') return path.receiver.networkInterfaceId;
  return path.kind === 'gateway-endpoint' ? path.endpoint.vpcEndpointId : undefined;
}

function groupsAt({ sender, path }: Journey, gate: GateName): readonly string[] | undefined {
  if (gate === 'egress-groups') return sender.groupIds.toSorted();
  return gate === 'ingress-groups' && path.kind === 'network-interface' ? path.receiver.groupIds.toSorted() : undefined;
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

function describeRoute({ cidr, destination, nextHop }: RouteEntry): NonNullable<Trace['route']> {
  const route = { destination, cidrBlock: formatCidr(cidr), target: nextHop.kind };
  if (nextHop.kind === 'gateway-endpoint') return { ...route, targetId: nextHop.endpoint.vpcEndpointId };
  return nextHop.kind === 'network-interface' ? { ...route, targetId: nextHop.networkInterface.networkInterfaceId } : route;
}

function arrivalOf(view: VpcView, path: Journey['path'], packet: Packet): Arrival {
  switch (path.kind) {
    case 'resolver':
      return { kind: 'resolver', vpcId: view.vpc.vpcId };
    case 'network-interface':
      return { kind: 'network-interface', ...interfaceArrival(view, path.receiver.networkInterfaceId, packet) };
    case 'gateway-endpoint':
      return { kind: 'gateway-endpoint', vpcEndpointId: path.endpoint.vpcEndpointId };
    case 'nowhere':
      return { kind: 'nowhere', reason: path.reason };
  }
}

function interfaceArrival(view: VpcView, networkInterfaceId: string, { protocol, destinationPort }: Packet) {
  const endpoint = view.interfaceEndpointOf.get(networkInterfaceId);
  if (endpoint === undefined) return { networkInterfaceId };
  const answers = protocol === protocolNumbers.tcp && endpoint.ports.includes(destinationPort ?? -1);
  return { networkInterfaceId, endpoint: { vpcEndpointId: endpoint.vpcEndpointId, answers } };
}

/** False when it is let in and nobody can hear it. */
export const isHeard = ({ arrivesAt }: Trace): boolean => arrivesAt.kind !== 'network-interface' || arrivesAt.endpoint?.answers !== false;
