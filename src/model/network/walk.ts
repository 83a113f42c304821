import { present } from '../../stdx/assert.ts';
import { judgedByAcl } from './acl-gates.ts';
import { aclOfInterface } from './acls.ts';
import { formatAddress } from './addresses.ts';
import { atEdge } from './edge.ts';
import type { GateName, Journey } from './gate.ts';
import { stages } from './gates.ts';
import { type Packet, protocolNumbers } from './groups.ts';
import { edgeGate } from './internet-gates.ts';
import { pathOf } from './routes.ts';
import { mustParseAddress, routeTableOfInterface, viewOf, type VpcView } from './view.ts';
import type { NetworkInterface, World } from './world.ts';

export type Arrival =
  | { readonly kind: 'resolver'; readonly vpcId: string }
  | { readonly kind: 'network-interface'; readonly networkInterfaceId: string; readonly endpoint?: EndpointArrival }
  | { readonly kind: 'gateway-endpoint'; readonly vpcEndpointId: string }
  /** The internet; `source` is the public address that is seen there. */
  | { readonly kind: 'edge'; readonly source: string }
  /** Past the edge, into the machine's own internet. */
  | { readonly kind: 'uplink'; readonly source: string }
  | { readonly kind: 'itself' }
  | { readonly kind: 'nowhere'; readonly reason: 'no-route' | 'blackhole' | 'no-interface' | 'unroutable' | 'no-public-address' };

/** Nothing but the endpoint is at its interfaces: what is for another port is let in and heard by nobody. */
export interface EndpointArrival {
  readonly vpcEndpointId: string;
  readonly answers: boolean;
}

/** The part of a way that begins at a NAT gateway, or at the internet gateway of the VPC it comes into. */
export interface Leg {
  readonly vpcId: string;
  /** Interfaces; absent where there is none. */
  readonly from?: string;
  readonly to?: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

export interface TraceStep {
  readonly gate: GateName | 'own-namespace';
  readonly passed: boolean;
  /** The first packet arrived; this is about the answer to it, which takes the receiver's route table. */
  readonly reply?: true;
  /** The interface or endpoint at whose link the gate stands. */
  readonly at: string;
  /** After a gateway sent the packet on: who it is from and for, as the gate saw it. */
  readonly leg?: Leg;
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

export interface Walked {
  /** The gates it met; when it arrived, also what refuses the answer. */
  readonly steps: readonly TraceStep[];
  readonly arrivesAt: Arrival;
  /** An interface of somebody's own forwards the packet, or the answer: what becomes of it is not known here. */
  readonly handedOn?: true;
}

/** A packet's whole way, through gateways that send it on, and the answer's way back. */
export function follow(world: World, journey: Journey): Walked {
  const { view, packet, path } = journey;
  const steps = walk(journey);
  const here: Walked = { steps, arrivesAt: arrivalOf(journey) };
  if (steps.at(-1)?.passed !== true) return here;
  switch (path.kind) {
    case 'gateway-endpoint':
      return { ...here, steps: [...steps, ...answerFromOutside(journey)] };
    case 'internet-gateway': {
      const beyond = followBeyond(world, journey);
      const answer = isRefused(beyond) ? [] : answerFromOutside(journey);
      return { ...beyond, steps: [...steps, ...beyond.steps, ...answer] };
    }
    case 'network-interface': {
      const nat = view.natGateways.get(path.receiver.networkInterfaceId);
      if (nat !== undefined) return followNat(world, journey, path.receiver, steps);
      if (packet.destination !== mustParseAddress(path.receiver.privateIpAddress)) return { ...here, handedOn: true };
      // Where nobody hears it there is no answer that something could refuse.
      return isHeard(here) ? withAnswer(here, answerOf(view, path.receiver, answerTo(packet))) : here;
    }
    case 'resolver':
    case 'nowhere':
      return here;
  }
}

const isRefused = ({ steps }: Pick<Walked, 'steps'>): boolean => steps.some(({ passed }) => !passed);

/** A NAT gateway's own packet takes the route table of the NAT gateway's subnet. */
function followNat(world: World, asked: Journey, nat: NetworkInterface, steps: readonly TraceStep[]): Walked {
  const { view, packet } = asked;
  const routeTable = routeTableOfInterface(view, nat);
  const sent = { ...packet, source: mustParseAddress(nat.privateIpAddress) };
  const journey: Journey = { view, sender: nat, routeTable, packet: sent, path: pathOf(view, routeTable, sent.destination), reply: false };
  const onward = follow(world, journey);
  const legs = onward.steps.map((step) => ({ leg: legOf(journey, step.reply === true), ...step }));
  if (isRefused(onward) || !isHeard(onward)) return { ...onward, steps: [...steps, ...legs] };
  const answer = answerOf(view, nat, answerTo(packet));
  return withAnswer(
    { ...onward, steps: [...steps, ...legs] },
    { ...answer, steps: answer.steps.map((step) => ({ leg: legOf(asked, true), ...step })) },
  );
}

/** At the edge, and in the VPC that an Elastic IP leads to. */
function followBeyond(world: World, { view, packet }: Journey): Walked {
  const own = present(
    view.elasticIps.find(({ privateIpAddress }) => mustParseAddress(privateIpAddress) === packet.source),
    'who passes an internet gateway has a public address',
  );
  const seen = { ...packet, source: mustParseAddress(own.publicIp) };
  const there = atEdge(world, packet);
  const isUplink = there.kind === 'uplink' && there.isOpen;
  const arrivesAt: Arrival = { kind: isUplink ? 'uplink' : 'edge', source: own.publicIp };
  const passed = isUplink || there.kind === 'elastic-ip' || (there.kind === 'service' && there.serves);
  const step: TraceStep = { gate: 'edge', passed, at: 'edge', ...(passed ? {} : { counters: [edgeGate.counter] }) };
  if (there.kind !== 'elastic-ip') return { steps: [step], arrivesAt };
  const { elasticIp, vpcId } = there;
  const target = viewOf(world, vpcId);
  const receiver = present(target.interfaceAt.get(mustParseAddress(elasticIp.privateIpAddress)), 'an Elastic IP leads to an interface');
  const inbound = { ...seen, destination: mustParseAddress(elasticIp.privateIpAddress) };
  const journey: Journey = {
    view: target,
    sender: undefined,
    routeTable: undefined,
    packet: inbound,
    path: { kind: 'network-interface', receiver },
    reply: false,
  };
  const steps = walk(journey);
  const passes = steps.at(-1)?.passed === true;
  const walked = withAnswer(
    { steps, arrivesAt: { kind: 'network-interface', networkInterfaceId: receiver.networkInterfaceId } },
    passes ? answerOf(target, receiver, answerTo(inbound)) : { steps: [] },
  );
  return { ...walked, steps: [step, ...walked.steps.map((met) => ({ leg: legOf(journey, met.reply === true), ...met }))] };
}

function legOf({ view, sender, path, packet }: Journey, isReply: boolean): Leg {
  const receiver = path.kind === 'network-interface' ? path.receiver.networkInterfaceId : undefined;
  const [from, to] = isReply ? [receiver, sender?.networkInterfaceId] : [sender?.networkInterfaceId, receiver];
  const { source, destination, sourcePort, destinationPort } = isReply ? answerTo(packet) : packet;
  return {
    vpcId: view.vpc.vpcId,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    source: formatAddress(source),
    destination: formatAddress(destination),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

/** The answer of an endpoint, or of the internet, comes from no interface: only the ACL of the asker's subnet judges it. */
function answerFromOutside({ view, sender, packet }: Journey): TraceStep[] {
  const asker = present(sender, 'who asks an endpoint or the internet is an interface');
  const back = judgedByAcl(view, aclOfInterface(view, asker), 'ingress', answerTo(packet));
  if (back.verdict !== 'refuse') return [];
  const { counters, entry } = back;
  return [{ gate: 'ingress-acl', passed: false, reply: true, at: asker.networkInterfaceId, counters, ...entry }];
}

/** What refuses an interface's answer, if something does. */
function answerOf(view: VpcView, sender: NetworkInterface, answer: Packet): Answer {
  const routeTable = routeTableOfInterface(view, sender);
  const path = pathOf(view, routeTable, answer.destination);
  const refused = walk({ view, sender, routeTable, packet: answer, path, reply: true }).find((step) => !step.passed);
  if (refused !== undefined) return { steps: [{ ...refused, reply: true }] };
  const isHandedOn = path.kind === 'network-interface' && mustParseAddress(path.receiver.privateIpAddress) !== answer.destination;
  return { steps: [], ...(isHandedOn ? { handedOn: true } : {}) };
}

type Answer = Pick<Walked, 'steps' | 'handedOn'>;

const withAnswer = (walked: Walked, { steps, handedOn }: Answer): Walked => ({
  ...walked,
  steps: [...walked.steps, ...steps],
  ...(handedOn === undefined ? {} : { handedOn }),
});

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
    if (stage.side === 'sender' && journey.sender === undefined) continue;
    const at = stage.side === 'sender' ? journey.sender?.networkInterfaceId : receiverOf(journey);
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
  if (path.kind === 'internet-gateway') return path.internetGateway.internetGatewayId;
  return path.kind === 'gateway-endpoint' ? path.endpoint.vpcEndpointId : undefined;
}

function groupsAt({ sender, path }: Journey, gate: GateName): readonly string[] | undefined {
  if (gate === 'egress-groups') return sender?.groupIds.toSorted();
  return gate === 'ingress-groups' && path.kind === 'network-interface' ? path.receiver.groupIds.toSorted() : undefined;
}

function arrivalOf({ view, path, packet }: Journey): Arrival {
  switch (path.kind) {
    case 'resolver':
      return { kind: 'resolver', vpcId: view.vpc.vpcId };
    case 'network-interface':
      return { kind: 'network-interface', ...interfaceArrival(view, path.receiver.networkInterfaceId, packet) };
    case 'gateway-endpoint':
      return { kind: 'gateway-endpoint', vpcEndpointId: path.endpoint.vpcEndpointId };
    case 'internet-gateway':
      return { kind: 'nowhere', reason: 'no-public-address' };
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
export const isHeard = ({ arrivesAt }: Pick<Walked, 'arrivesAt'>): boolean =>
  arrivesAt.kind !== 'network-interface' || arrivesAt.endpoint?.answers !== false;
