import { type Address, formatAddress } from './addresses.ts';
import { mustParseAddress, type VpcView } from './view.ts';
import { type Gate, interfacesOf, type Journey, judged, type Link, next, refuse, senderOf } from './gate.ts';
import { protocolNumbers } from './groups.ts';
import type { Question } from './trace.ts';
import type { NetworkInterface, World } from './world.ts';

/**
 * What carries encrypted traffic between the instances of a training job: UDP from and to this port, as its guide has groups
 * allow it (https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html). The groups judge this, not what is inside.
 */
export const tunnelPort = 500;
/** The device of the tunnel, in the namespaces of the interfaces. */
export const tunnelDevice = 'wg0';
export const tunnelTraffic = `udp ${tunnelPort}`;

const tunnelSet = (tunnel: string): string => `tunnel.${tunnel}`;
const tunnelCounter = (tunnel: string): string => `tunnel.${tunnel}`;
const tunnelOf = (link: Link): string | undefined => (link.kind === 'network-interface' ? link.networkInterface.tunnel : undefined);

/**
 * Between the instances of a job that encrypts, what is not encrypted is dropped, whatever the groups allow: also when the
 * tunnel is not there yet, or no more.
 */
export const tunnelGate: Gate = {
  name: 'tunnel',
  code: 16,
  counters(_view, link) {
    const tunnel = tunnelOf(link);
    return tunnel === undefined ? [] : [tunnelCounter(tunnel)];
  },
  lookups: (view, links) =>
    [...new Set(interfacesOf(links).flatMap(({ networkInterface: { tunnel } }) => tunnel ?? []))].map((tunnel) => ({
      kind: 'set',
      name: tunnelSet(tunnel),
      specification: ['type ipv4_addr'],
      elements: membersAddresses(view, tunnel).map(formatAddress),
    })),
  statements(view, link) {
    const tunnel = tunnelOf(link);
    if (tunnel === undefined) return [];
    const refused = refuse(this.code, this.counters(view, link));
    return ['meta l4proto != udp', `udp sport != ${tunnelPort}`, `udp dport != ${tunnelPort}`].map(
      (other) => `ip daddr @${tunnelSet(tunnel)} ${other} ${refused}`,
    );
  },
  alike: (_view, link) => tunnelOf(link) ?? 'none',
  judge(journey) {
    const { tunnel } = senderOf(journey);
    return tunnel === undefined || !isToMember(journey, tunnel) ? next : judged(isTunnelled(journey), [tunnelCounter(tunnel)]);
  },
};

/** Public ones, too: the way by the internet gateway is no way around. */
function membersAddresses(view: VpcView, tunnel: string): Address[] {
  const members = view.networkInterfaces.filter((candidate) => candidate.tunnel === tunnel);
  const ids = new Set(members.map(({ networkInterfaceId }) => networkInterfaceId));
  const elasticIps = view.elasticIps.filter(({ networkInterfaceId }) => ids.has(networkInterfaceId));
  return [...members.map(({ privateIpAddress }) => privateIpAddress), ...elasticIps.map(({ publicIp }) => publicIp)].map(mustParseAddress);
}

const isToMember = ({ view, packet }: Journey, tunnel: string): boolean => membersAddresses(view, tunnel).includes(packet.destination);

const isTunnelled = ({ packet: { protocol, sourcePort, destinationPort } }: Journey): boolean =>
  protocol === protocolNumbers.udp && sourcePort === tunnelPort && destinationPort === tunnelPort;

/** The packet that the router sees of one that a program sends: between the instances of a job that encrypts it is their tunnel's. */
export function enveloped(world: World, question: Question): Question {
  const sender = world.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === question.from);
  if (sender?.tunnel === undefined || question.source !== undefined) return question;
  const { from, to } = question;
  return world.networkInterfaces.some((other) => isPeerAt(sender, other, to))
    ? { from, to, protocol: 'udp', port: tunnelPort, sourcePort: tunnelPort }
    : question;
}

const isPeerAt = (one: NetworkInterface, other: NetworkInterface, address: string): boolean =>
  other !== one && other.vpcId === one.vpcId && other.tunnel === one.tunnel && other.privateIpAddress === address;
