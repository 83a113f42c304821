import { causeOfTrace } from './cause.ts';
import { ruleText } from './rule-text.ts';
import type { Arrival, Trace, TraceStep } from './trace.ts';
import { type VpcView, viewOf } from './view.ts';
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
    const { gate, at, passed } = step;
    const lost = step.reply === true ? 'the answer is lost: ' : '';
    return { gate, at, passed, text: passed ? passedText(view, trace, step) : `${lost}${refusal ?? gate}` };
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
      return interfaceText(world, arrivesAt);
    case 'gateway-endpoint': {
      const endpoint = world.gatewayEndpoints.find(({ vpcEndpointId }) => vpcEndpointId === arrivesAt.vpcEndpointId);
      return `${arrivesAt.vpcEndpointId} (${endpoint?.serviceName ?? 'gateway endpoint'})`;
    }
    case 'nowhere':
      return 'nowhere';
  }
}

function interfaceText(world: World, { networkInterfaceId, endpoint }: Arrival & { kind: 'network-interface' }): string {
  if (endpoint === undefined) return networkInterfaceId;
  const row = world.interfaceEndpoints.find(({ vpcEndpointId }) => vpcEndpointId === endpoint.vpcEndpointId);
  const ports = (row?.ports ?? []).map((port) => `tcp ${port}`).join(' and ');
  const silence = endpoint.answers ? '' : `, which answers at ${ports === '' ? 'no port' : `${ports} only`}`;
  return `${networkInterfaceId} of ${endpoint.vpcEndpointId} (${row?.serviceName ?? 'interface endpoint'})${silence}`;
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
      return routeText(trace);
    case 'destination-check':
      return 'the destination is its own address, or it forwards';
    case 'endpoint':
      return 'the endpoint serves this port';
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

const destinationText = (destination: RouteDestination): string => ('cidrBlock' in destination ? destination.cidrBlock : destination.prefixListId);
