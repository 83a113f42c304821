import { formatAddress } from './addresses.ts';
import { accept, type Gate, type Judgement, judged, type Link, next, refuse, tracked } from './gate.ts';
import { type Packet, protocolNumbers } from './groups.ts';
import { linkEndpointMac } from './reserved.ts';
import { mustParseAddress, type VpcView } from './view.ts';
import type { NatGateway, NetworkInterface } from './world.ts';

/** At the internet edge, where no interface is: what is for nobody there. */
export const edgeGate = { name: 'edge', code: 15, counter: 'edge' } as const;

/** Private addresses that have a public one, and those of NAT gateways. */
export const publicSet = 'public';
export const natSet = 'nat';

export const publicAddresses = (view: VpcView): string[] => view.elasticIps.map(({ privateIpAddress }) => privateIpAddress);

export function natAddresses(view: VpcView): string[] {
  return view.networkInterfaces
    .filter(({ networkInterfaceId }) => view.natGateways.has(networkInterfaceId))
    .map(({ privateIpAddress }) => formatAddress(mustParseAddress(privateIpAddress)));
}

export const natGatewayOf = (view: VpcView, link: Link): NatGateway | undefined =>
  link.kind === 'network-interface' ? view.natGateways.get(link.networkInterface.networkInterfaceId) : undefined;

export const gatewayCounter = (id: string): string => `internet-gateway.${id}`;
export const natCounter = ({ natGatewayId }: NatGateway): string => `nat-gateway.${natGatewayId}`;

/** What comes through an internet gateway comes from outside: no address of the VPC, none that is never routed. */
export const fromInternet = `ether saddr ${linkEndpointMac} ip saddr != @vpc ip saddr != @unroutable meta mark set 0 accept`;

/**
 * Only who has a public address passes an internet gateway, out or in
 * (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html): a route to it alone gives no internet.
 */
export const internetGatewayGate: Gate = {
  name: 'internet-gateway',
  code: 13,
  counters: (_view, link) => (link.kind === 'internet-gateway' ? [gatewayCounter(link.id)] : []),
  statements(view, link) {
    if (link.kind !== 'internet-gateway') return [];
    return [`ip saddr @${publicSet} accept`, refuse(this.code, this.counters(view, link))];
  },
  alike: (_view, link) => (link.kind === 'internet-gateway' ? undefined : 'none'),
  judge({ view, path, packet }) {
    if (path.kind !== 'internet-gateway') return next;
    const isPublic = publicAddresses(view).some((address) => mustParseAddress(address) === packet.source);
    return isPublic ? accept : { verdict: 'refuse', counters: [gatewayCounter(path.internetGateway.internetGatewayId)] };
  },
};

/** The other direction, at the gateway's own link. */
export const inboundStatements = (id: string): string[] => [`ip daddr @${publicSet} accept`, refuse(internetGatewayGate.code, [gatewayCounter(id)])];

const natProtocols: readonly number[] = [protocolNumbers.icmp, protocolNumbers.tcp, protocolNumbers.udp];

/**
 * A NAT gateway takes TCP, UDP and ICMP that is for somebody else, and answers to what it sent on. Nobody opens a
 * connection to it, from inside or outside (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html). It
 * takes nothing from a NAT gateway, itself included: a packet would go round.
 */
export const natGatewayGate: Gate = {
  name: 'nat-gateway',
  code: 14,
  counters(view, link) {
    const gateway = natGatewayOf(view, link);
    return gateway === undefined ? [] : [natCounter(gateway)];
  },
  statements(view, link) {
    if (link.kind !== 'network-interface' || natGatewayOf(view, link) === undefined) return [];
    const refused = refuse(this.code, this.counters(view, link));
    return [
      // What answers somebody else's packet does not come this way.
      `ct direction reply ip daddr != ${link.networkInterface.privateIpAddress} ${refused}`,
      tracked,
      `ip saddr @${natSet} ${refused}`,
      `ip daddr ${link.networkInterface.privateIpAddress} ${refused}`,
      `meta l4proto { ${natProtocols.join(', ')} } accept`,
      refused,
    ];
  },
  alike: (view, link) => (natGatewayOf(view, link) === undefined ? 'none' : undefined),
  judge({ view, path, packet, reply }) {
    if (path.kind !== 'network-interface') return next;
    const gateway = view.natGateways.get(path.receiver.networkInterfaceId);
    if (gateway === undefined) return next;
    const fromNat = natAddresses(view).some((address) => mustParseAddress(address) === packet.source);
    const isForOthers = packet.destination !== mustParseAddress(path.receiver.privateIpAddress);
    const passes = reply ? !isForOthers : !fromNat && isForOthers && natProtocols.includes(packet.protocol);
    return passes ? accept : { verdict: 'refuse', counters: [natCounter(gateway)] };
  },
};

/** What a NAT gateway sends: packets under its own address, and answers to those whose packets it sent on. */
export const natStatements = (gateway: NatGateway, { privateIpAddress }: NetworkInterface): string[] => [
  tracked,
  `ip saddr ${privateIpAddress} accept`,
  refuse(natGatewayGate.code, [natCounter(gateway)]),
];

export function judgeNatSender(gateway: NatGateway, { privateIpAddress }: NetworkInterface, packet: Packet, reply: boolean): Judgement {
  const passes = reply || packet.source === mustParseAddress(privateIpAddress);
  return passes ? accept : judged(false, [natCounter(gateway)]);
}
