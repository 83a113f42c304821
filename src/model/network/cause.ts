import { cidrContains } from './addresses.ts';
import { aclOfInterface, judgeByAcl } from './acls.ts';
import type { GateName } from './gate.ts';
import { endpointPorts } from './gates.ts';
import { type Direction, type Packet, protocolNumbers } from './groups.ts';
import { serviceListPrefix } from './reserved.ts';
import { pathOf } from './routes.ts';
import type { Trace } from './trace.ts';
import { tunnelTraffic } from './tunnel.ts';
import { mustParseAddress, mustParseCidr, routeTableOfInterface, type VpcView, viewOf } from './view.ts';
import { closedFor } from './uplink.ts';
import type { NetworkInterface, PrefixList, Uplink, World } from './world.ts';

/** Why something did not arrive, in words: the same in API errors, `FailureReason`, CLI and console. */
export interface Cause {
  readonly gate: GateName;
  /** What stopped it: ids of groups, route tables, endpoints, interfaces. */
  readonly ids: readonly string[];
  /** A clause without a full stop: "route table rtb-1 has no route to …". */
  readonly reason: string;
  /** One sentence: what to change. Absent when nothing the user can change would help. */
  readonly fix?: string;
  /** The whole: what was attempted, the reason, the fix. */
  readonly text: string;
}

/** A flow of dropped packets, as the network driver reports it. */
export interface DroppedFlow {
  readonly gate: string;
  readonly fromInterface: string;
  readonly toInterface?: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly packets: number;
}

/** What both a trace and a drop know about the packet that was refused. */
interface Refusal {
  readonly gate: GateName;
  readonly view: VpcView;
  readonly sender: NetworkInterface | undefined;
  readonly receiver: NetworkInterface | undefined;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string | number;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
  /** What was asked did arrive: this is the answer to it. */
  readonly isAnswer: boolean;
  /** `tcp 443`, `udp 53`, `icmp`, `protocol 47`. */
  readonly traffic: string;
  readonly prefixList: PrefixList | undefined;
  readonly uplink: Uplink | undefined;
}

/** `short` is the reason without its subject, for where the ids stand beside it. */
type Reason = Pick<Cause, 'ids' | 'reason' | 'fix'> & { readonly short?: string };

/** The cause of a trace that ended in a refusal; undefined when the packet arrives. `host` is the name that was asked for. */
export function causeOfTrace(world: World, trace: Trace, host?: string): Cause | undefined {
  const { question, decidedBy, vpcId, subnetId } = trace;
  if (decidedBy.passed || decidedBy.gate === 'own-namespace') return undefined;
  const { leg } = decidedBy;
  const view = viewOf(world, leg?.vpcId ?? vpcId);
  const asker = interfaceById(view, question.from);
  const asked = trace.arrivesAt.kind === 'network-interface' ? interfaceById(view, trace.arrivesAt.networkInterfaceId) : undefined;
  const own = question.source ?? asker?.privateIpAddress ?? question.from;
  const answers = decidedBy.reply === true;
  const ofLeg =
    leg === undefined
      ? {}
      : {
          sender: leg.from === undefined ? undefined : interfaceById(view, leg.from),
          receiver: leg.to === undefined ? undefined : interfaceById(view, leg.to),
          source: leg.source,
          destination: leg.destination,
        };
  const refusal: Refusal = {
    gate: decidedBy.gate,
    view,
    sender: answers ? asked : asker,
    receiver: answers ? asker : asked,
    source: answers ? question.to : own,
    destination: answers ? own : question.to,
    protocol: question.protocol,
    sourcePort: answers ? question.port : trace.sourcePort,
    destinationPort: answers ? trace.sourcePort : question.port,
    isAnswer: answers,
    traffic: trafficText(question.protocol, answers ? trace.sourcePort : question.port),
    prefixList: answers ? undefined : prefixListOf(world, question.to),
    uplink: world.uplink,
    ...ofLeg,
  };
  const { short: _short, ...reason } = reasonOf(refusal);
  const port = question.port === undefined ? '' : `:${question.port}`;
  const attempt = `Could not reach ${host ?? question.to}${port} from ${subnetId}`;
  const fix = reason.fix === undefined ? '' : ` ${reason.fix}`;
  const lost = answers ? 'the answer is lost: ' : '';
  return { gate: refusal.gate, ...reason, text: `${attempt}: ${lost}${reason.reason}.${fix}` };
}

/**
 * The cause of a drop: "algo-2 → algo-1:7999 tcp, 6 packets refused by sg-… (no ingress rule for tcp 7999 from …)".
 * `nameOf` may give an interface a name that its user knows.
 */
export function causeOfDrop(
  world: World,
  vpcId: string,
  drop: DroppedFlow,
  nameOf: (networkInterfaceId: string) => string | undefined = () => undefined,
): Cause {
  const view = viewOf(world, vpcId);
  const gate = drop.gate as GateName;
  const refusal: Refusal = {
    gate,
    view,
    sender: interfaceById(view, drop.fromInterface),
    receiver: drop.toInterface === undefined ? undefined : interfaceById(view, drop.toInterface),
    source: drop.source,
    destination: drop.destination,
    protocol: drop.protocol,
    sourcePort: drop.sourcePort,
    destinationPort: drop.destinationPort,
    isAnswer: false,
    traffic: trafficText(drop.protocol, drop.destinationPort),
    prefixList: prefixListOf(world, drop.destination),
    uplink: world.uplink,
  };
  const { short, ...reason } = reasonOf(refusal);
  const from = nameOf(drop.fromInterface) ?? (refusal.sender === undefined ? drop.source : drop.fromInterface);
  const to = (drop.toInterface === undefined ? undefined : nameOf(drop.toInterface)) ?? drop.destination;
  const port = drop.destinationPort === undefined ? '' : `:${drop.destinationPort}`;
  const packets = `${drop.packets} ${drop.packets === 1 ? 'packet' : 'packets'}`;
  const text = `${from} → ${to}${port} ${drop.protocol}, ${packets} refused by ${listed(reason.ids)} (${short ?? reason.reason})`;
  return { gate, ...reason, text };
}

function reasonOf(refusal: Refusal): Reason {
  const { gate, view, sender, source, destination, traffic } = refusal;
  const from = sender?.networkInterfaceId ?? source;
  const { vpcId } = view.vpc;
  switch (gate) {
    case 'egress-groups':
      return egressReason(refusal);
    case 'ingress-groups':
      return ingressReason(refusal);
    case 'egress-acl':
      return aclReason(refusal, 'egress', sender);
    case 'ingress-acl':
      return aclReason(refusal, 'ingress', refusal.receiver);
    case 'route':
      return routeReason(refusal);
    case 'destination':
      return { ids: [vpcId], reason: `no network interface of ${vpcId} has the address ${destination}` };
    case 'resolver':
      return resolverReason(refusal);
    case 'endpoint': {
      const endpoint = view.gatewayEndpoints.find((candidate) => candidate.prefixListId === refusal.prefixList?.prefixListId);
      const id = endpoint?.vpcEndpointId ?? `the gateway endpoint of ${vpcId}`;
      return { ids: [id], reason: `${id} serves ${endpointPorts.map((port) => `tcp ${port}`).join(' and ')}, not ${traffic}` };
    }
    case 'internet-gateway':
      return internetGatewayReason(refusal);
    case 'nat-gateway':
      return natReason(refusal);
    case 'edge':
      return edgeReason(refusal);
    case 'tunnel': {
      const job = `training job ${sender?.tunnel ?? 'that has ended'}`;
      const reason = `${job} encrypts between its instances: ${tunnelTraffic} passes between them, not ${traffic}`;
      return { ids: [from], reason };
    }
    case 'anti-spoofing':
      return { ids: [from], reason: `source ${source} and MAC are not both those of ${from} (source/destination check)` };
    case 'destination-check': {
      const to = refusal.receiver?.networkInterfaceId ?? 'the network interface';
      return {
        ids: [to],
        reason: `${destination} is not the address of ${to} (source/destination check)`,
        fix: `Set SourceDestCheck of ${to} to false if it forwards.`,
      };
    }
    case 'unknown-interface':
    case 'router':
      return { ids: [vpcId], reason: `${from} has no place in the network of ${vpcId}: it is being created or removed` };
  }
}

function egressReason({ sender, receiver, destination, traffic, prefixList }: Refusal): Reason {
  const to = prefixList?.prefixListId ?? (receiver === undefined ? destination : `${destination} (${described(receiver)})`);
  const target = prefixList?.prefixListId ?? receiver?.groupIds[0] ?? `${destination}/32`;
  return groupReason(sender, `no egress rule that allows ${traffic} to ${to}`, `Add an egress rule for ${traffic} to ${target}`);
}

function ingressReason({ sender, receiver, source, traffic }: Refusal): Reason {
  const from = sender === undefined ? source : `${source} (${described(sender)})`;
  const origin = sender?.groupIds[0] ?? `${source}/32`;
  return groupReason(receiver, `no ingress rule that allows ${traffic} from ${from}`, `Add an ingress rule for ${traffic} from ${origin}`);
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports */
const clientPorts = '1024-65535';

/** Which entry decided is asked again: the kernel counts packets by ACL, not by entry. */
function aclReason(refusal: Refusal, direction: Direction, owner: NetworkInterface | undefined): Reason {
  const { view, source, destination, traffic } = refusal;
  const way = direction === 'egress' ? `out of its subnet to ${destination}` : `into its subnet from ${source}`;
  if (owner === undefined) return { ids: ['a deleted network interface'], reason: `the network ACL of its subnet refused ${traffic} ${way}` };
  const acl = aclOfInterface(view, owner);
  const { networkAclId } = acl;
  const { rule } = judgeByAcl(view, acl, direction, packetOf(refusal));
  const short = rule === '*' ? `no ${direction} rule that allows ${traffic} ${way}` : `${direction} rule ${rule} denies ${traffic} ${way}`;
  const reason =
    rule === '*' ? `network ACL ${networkAclId} of ${owner.subnetId} has ${short}` : `network ACL ${networkAclId} of ${owner.subnetId}: ${short}`;
  const peer = direction === 'egress' ? destination : source;
  const place = rule === '*' ? '' : `, with a number below ${rule},`;
  // An answer goes to a port that the client's system chose.
  const wanted = refusal.isAnswer && refusal.destinationPort !== undefined ? `${refusal.protocol} ${clientPorts}` : traffic;
  const stateless = ' An ACL is stateless: answers need a rule, too.';
  return {
    ids: [networkAclId],
    reason,
    short,
    fix: `Add an ${direction} rule${place} that allows ${wanted} for ${peer}/32 to ${networkAclId}.${stateless}`,
  };
}

function packetOf({ protocol, source, destination, sourcePort, destinationPort }: Refusal): Packet {
  const number = Object.entries(protocolNumbers).find(([name]) => name === protocol)?.[1] ?? Number(protocol);
  return {
    protocol: number,
    source: mustParseAddress(source),
    destination: mustParseAddress(destination),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
    ...(number === protocolNumbers.icmp ? { icmpType: 8, icmpCode: 0 } : {}),
  };
}

function groupReason(owner: NetworkInterface | undefined, short: string, fix: string): Reason {
  if (owner === undefined) return { ids: ['a deleted network interface'], reason: `its security groups had ${short}`, short };
  const ids = owner.groupIds.toSorted();
  if (ids[0] === undefined)
    return { ids: [owner.networkInterfaceId], reason: `${owner.networkInterfaceId} has no security group, and so ${short}`, short };
  const have = ids.length === 1 ? `security group ${ids[0]} has` : `security groups ${listed(ids)} have`;
  return { ids, reason: `${have} ${short}`, short, fix: `${fix} to ${ids[0]}.` };
}

function routeReason({ view, sender, destination, prefixList }: Refusal): Reason {
  if (sender === undefined) return { ids: [view.vpc.vpcId], reason: `no route table of ${view.vpc.vpcId} has a route to ${destination}` };
  const table = routeTableOfInterface(view, sender);
  const id = table.routeTableId;
  const path = pathOf(view, table, mustParseAddress(destination));
  const to = prefixList === undefined ? destination : `prefix list ${prefixList.prefixListId} (${prefixList.prefixListName})`;
  if (path.kind === 'nowhere' && path.reason === 'unroutable') return { ids: [id], reason: `${destination} is not routed in a VPC` };
  if (path.kind === 'nowhere' && path.reason === 'blackhole') {
    return {
      ids: [id],
      reason: `the route of route table ${id} to ${to} is a black hole: its target no longer exists`,
      fix: `Replace or delete that route of ${id}.`,
    };
  }
  const short = `no route to ${to}`;
  const reason = `route table ${id} has ${short}`;
  if (prefixList === undefined) return { ids: [id], reason, short, fix: `Add a route to ${id}, or use an address inside ${view.vpc.vpcId}.` };
  const endpoint = view.gatewayEndpoints.find((candidate) => candidate.prefixListId === prefixList.prefixListId);
  const fix =
    endpoint === undefined
      ? `Create a gateway endpoint for ${prefixList.prefixListName} in ${id}.`
      : `Add ${id} to the route tables of ${endpoint.vpcEndpointId}, the gateway endpoint for ${prefixList.prefixListName}.`;
  return { ids: [id], reason, short, fix };
}

/** Packets of the VPC that leave without a public address, and packets for an address that has none any more. */
function internetGatewayReason({ view, sender, source, destination }: Refusal): Reason {
  const id = view.internetGateway?.internetGatewayId ?? 'the internet gateway';
  if (sender === undefined) return { ids: [id], reason: `${destination} has no Elastic IP at ${id}` };
  const own = sender.networkInterfaceId;
  return {
    ids: [id],
    reason: `${own} (${source}) has no public address, and ${id} passes only those that have one`,
    fix: `Route ${sender.subnetId} through a NAT gateway in a public subnet.`,
  };
}

function edgeReason({ uplink, destination, traffic }: Refusal): Reason {
  const ids = ['the internet edge'];
  const nobody = `nothing answers ${traffic} at ${destination}`;
  if (uplink === undefined) return { ids, reason: `${nobody}: the internet edge has no uplink` };
  const closed = closedFor(uplink, mustParseAddress(destination));
  return { ids, reason: closed === undefined ? nobody : `${nobody}, and the uplink does not lead to ${closed.block} (${closed.what})` };
}

function natReason({ view, sender, receiver, destination, traffic }: Refusal): Reason {
  const at = receiver ?? sender;
  const nat = at === undefined ? undefined : view.natGateways.get(at.networkInterfaceId);
  const id = nat?.natGatewayId ?? 'the NAT gateway';
  if (sender !== undefined && view.natGateways.has(sender.networkInterfaceId)) {
    const table = routeTableOfInterface(view, sender).routeTableId;
    return {
      ids: [id],
      reason: `route table ${table} of NAT gateway ${view.natGateways.get(sender.networkInterfaceId)?.natGatewayId} leads back to a NAT gateway, not to an internet gateway`,
      fix: `Put the NAT gateway into a subnet whose route table leads to an internet gateway.`,
    };
  }
  if (destination === receiver?.privateIpAddress) return { ids: [id], reason: `${id} takes no connections to its own address` };
  return { ids: [id], reason: `${id} sends on TCP, UDP and ICMP, not ${traffic}` };
}

function resolverReason({ view, traffic }: Refusal): Reason {
  const { vpcId, enableDnsSupport } = view.vpc;
  if (!enableDnsSupport)
    return { ids: [vpcId], reason: `${vpcId} has no resolver: enableDnsSupport is false`, fix: `Set enableDnsSupport of ${vpcId} to true.` };
  return { ids: [vpcId], reason: `the resolver of ${vpcId} answers DNS on port 53, not ${traffic}` };
}

const interfaceById = (view: VpcView, id: string): NetworkInterface | undefined =>
  view.networkInterfaces.find((candidate) => candidate.networkInterfaceId === id);

/** The service that an address belongs to. Lists of the user's own name no service, and may hold any address. */
const prefixListOf = (world: World, address: string): PrefixList | undefined =>
  world.prefixLists.find(
    ({ prefixListName, cidrBlocks }) =>
      prefixListName.startsWith(serviceListPrefix) && cidrBlocks.some((block) => cidrContains(mustParseCidr(block), mustParseAddress(address))),
  );

const described = (networkInterface: NetworkInterface): string =>
  [networkInterface.networkInterfaceId, ...networkInterface.groupIds.toSorted()].join(', ');

function listed(ids: readonly string[]): string {
  return ids.length < 2 ? (ids[0] ?? '') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;
}

function trafficText(protocol: string | number, port: number | undefined): string {
  const name = typeof protocol === 'number' ? `protocol ${protocol}` : protocol;
  return port === undefined ? name : `${name} ${port}`;
}
