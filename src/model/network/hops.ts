import { present } from '../../stdx/assert.ts';
import { causeOfTrace } from './cause.ts';
import { pathOf } from './routes.ts';
import { ruleText } from './rule-text.ts';
import { describeRoute, type Trace } from './trace.ts';
import { tunnelTraffic } from './tunnel.ts';
import { mustParseAddress, routeTableOfInterface, type VpcView, viewOf } from './view.ts';
import type { Arrival, TraceStep } from './walk.ts';
import type { RouteDestination, World } from './world.ts';

/** One gate on a packet's way, in words: what decided there, by its id. */
export interface Hop {
  readonly gate: TraceStep['gate'];
  /** The interface, endpoint or gateway at whose link the gate stands. */
  readonly at: string;
  readonly passed: boolean;
  readonly text: string;
}

/** The way of a traced packet, gate by gate; the last one is what decided. */
export function hopsOf(world: World, trace: Trace): readonly Hop[] {
  const refusal = causeOfTrace(world, trace)?.reason;
  return trace.steps.map((step) => {
    const { gate, at, passed } = step;
    const lost = step.reply === true ? 'the answer is lost: ' : '';
    const text = passed ? passedText(viewOf(world, step.leg?.vpcId ?? trace.vpcId), trace, step) : `${lost}${refusal ?? gate}`;
    return { gate, at, passed, text };
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
    case 'edge':
      return `the internet edge, seen as ${arrivesAt.source}`;
    case 'uplink':
      return `the machine's own internet, through the uplink of the internet edge (there it was ${arrivesAt.source})`;
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
    case 'tunnel':
      return `it is the tunnel's own (${tunnelTraffic})`;
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
      return routeText(view, trace, step);
    case 'destination-check':
      return 'the destination is its own address, or it forwards';
    case 'endpoint':
      return 'the endpoint serves this port';
    case 'internet-gateway':
      return 'the sender has a public address, under which it leaves';
    case 'nat-gateway':
      return natText(view, step);
    case 'edge':
      return trace.arrivesAt.kind === 'uplink'
        ? "it leaves the internet edge by the uplink, under this machine's address"
        : 'at the internet edge somebody has this address';
    case 'unknown-interface':
    case 'router':
      return `${vpcId} lets it pass`;
  }
}

function groupsText(view: VpcView, { groupId, securityGroupRuleId }: TraceStep): string {
  const rule = view.groups.get(groupId ?? '')?.rules.find((candidate) => candidate.securityGroupRuleId === securityGroupRuleId);
  return rule === undefined ? 'no group is asked, or the flow is tracked' : `security group ${groupId}, ${securityGroupRuleId}: ${ruleText(rule)}`;
}

function natText(view: VpcView, { at, leg }: TraceStep): string {
  const gateway = view.natGateways.get(leg?.from ?? at)?.natGatewayId ?? 'the NAT gateway';
  return `${gateway} sends it on under its own address`;
}

/** The table of the subnet that this part of the way begins in: of the asker, or of a NAT gateway. */
function routeText(view: VpcView, { question }: Trace, { leg }: TraceStep): string {
  const id = leg?.from ?? question.from;
  const sender = present(
    view.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === id),
    `${id} is in ${view.vpc.vpcId}`,
  );
  const table = routeTableOfInterface(view, sender);
  const path = pathOf(view, table, mustParseAddress(leg?.destination ?? question.to));
  const route = 'entry' in path && path.entry !== undefined ? describeRoute(path.entry) : undefined;
  if (route === undefined) return `route table ${table.routeTableId} is not asked`;
  return `route table ${table.routeTableId}: ${destinationText(route.destination)} → ${route.targetId ?? route.target}`;
}

const destinationText = (destination: RouteDestination): string => ('cidrBlock' in destination ? destination.cidrBlock : destination.prefixListId);
