import { causeOfTrace } from './cause.ts';
import { ruleText } from './rule-text.ts';
import { formatCidr } from './addresses.ts';
import { pathOf } from './routes.ts';
import type { Trace } from './trace.ts';
import { mustParseAddress, routeTableOfInterface, type VpcView, viewOf } from './view.ts';
import type { TraceStep } from './walk.ts';
import type { RouteDestination, World } from './world.ts';

/** One gate on a packet's way, in words: what decided there, by its id. */
export interface Hop {
  readonly gate: TraceStep['gate'];
  /** The interface or endpoint at whose link the gate stands. */
  readonly at: string;
  readonly passed: boolean;
  readonly text: string;
}

/** The way of a traced packet, gate by gate; the last one is what decided. */
export function hopsOf(world: World, trace: Trace): readonly Hop[] {
  const view = viewOf(world, trace.vpcId);
  const refusal = causeOfTrace(world, trace)?.reason;
  return trace.steps.map((step) => {
    const { gate, at, passed, leg } = step;
    const own = leg === undefined || leg.vpcId === trace.vpcId ? view : viewOf(world, leg.vpcId);
    const lost = step.reply === true ? 'the answer is lost: ' : '';
    return { gate, at, passed, text: passed ? passedText(own, trace, step) : `${lost}${refusal ?? gate}` };
  });
}

/** Where a packet that passed everything is. */
export function arrivalText(world: World, { arrivesAt, question }: Trace): string {
  switch (arrivesAt.kind) {
    case 'itself':
      return `${question.from} itself`;
    case 'resolver':
      return `the resolver of ${arrivesAt.vpcId}`;
    case 'network-interface':
      return arrivesAt.networkInterfaceId;
    case 'gateway-endpoint': {
      const endpoint = world.gatewayEndpoints.find(({ vpcEndpointId }) => vpcEndpointId === arrivesAt.vpcEndpointId);
      return `${arrivesAt.vpcEndpointId} (${endpoint?.serviceName ?? 'gateway endpoint'})`;
    }
    case 'edge':
      return `the internet, as ${arrivesAt.source}`;
    case 'nowhere':
      return 'nowhere';
  }
}

function passedText(view: VpcView, trace: Trace, step: TraceStep): string {
  const { vpcId } = view.vpc;
  switch (step.gate) {
    case 'own-namespace':
      return 'the address is its own: the packet does not leave';
    case 'anti-spoofing':
      return 'source address and MAC are its own, or it forwards (source/destination check)';
    case 'resolver':
      return `the resolver of ${vpcId} answers names: groups, ACLs and routes are not asked`;
    case 'egress-groups':
    case 'ingress-groups':
      return groupsText(view, step);
    case 'egress-acl':
    case 'ingress-acl':
      return `network ACL ${step.networkAclId}, rule ${step.rule} allows it`;
    case 'destination':
    case 'route':
      return step.leg?.from === undefined ? routeText(trace) : legRouteText(view, step.leg.from, step.leg.destination);
    case 'destination-check':
      return 'the destination is its own address, or it forwards';
    case 'endpoint':
      return 'the endpoint serves this port';
    case 'internet-gateway':
      return 'its interface has a public address';
    case 'nat-gateway':
      return 'the NAT gateway sends it on under its own address';
    case 'edge':
      return 'somebody has this address on the internet';
    case 'unknown-interface':
    case 'router':
      return `${vpcId} lets it pass`;
  }
}

function groupsText(view: VpcView, { groupId, securityGroupRuleId }: TraceStep): string {
  const rule = view.groups.get(groupId ?? '')?.rules.find((candidate) => candidate.securityGroupRuleId === securityGroupRuleId);
  return rule === undefined ? 'the flow is tracked' : `security group ${groupId}, ${securityGroupRuleId}: ${ruleText(rule)}`;
}

function routeText({ routeTableId, route }: Trace): string {
  if (route === undefined) return `route table ${routeTableId} is not asked`;
  return `route table ${routeTableId}: ${destinationText(route.destination)} → ${route.targetId ?? route.target}`;
}

/** A NAT gateway's own packet takes the table of its subnet. */
function legRouteText(view: VpcView, networkInterfaceId: string, destination: string): string {
  const sender = view.networkInterfaces.find((candidate) => candidate.networkInterfaceId === networkInterfaceId);
  if (sender === undefined) return 'it has a route';
  const table = routeTableOfInterface(view, sender);
  const path = pathOf(view, table, mustParseAddress(destination));
  const entry = 'entry' in path ? path.entry : undefined;
  return `route table ${table.routeTableId}: ${entry === undefined ? destination : formatCidr(entry.cidr)} → ${path.kind === 'internet-gateway' ? path.internetGateway.internetGatewayId : path.kind}`;
}

const destinationText = (destination: RouteDestination): string => ('cidrBlock' in destination ? destination.cidrBlock : destination.prefixListId);
