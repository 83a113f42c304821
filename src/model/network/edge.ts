import { cidrContains } from './addresses.ts';
import { refuse } from './gate.ts';
import { type Packet, protocolNumbers } from './groups.ts';
import { edgeGate } from './internet-gates.ts';
import type { EdgePlan, LinkPlan, NftObject } from './plan.ts';
import { edgeApiAddresses, linkEdge, linkEdgeMac, linkEndpoint, linkEndpointMac, linkGateway, linkGatewayMac, reserved } from './reserved.ts';
import { dropSetsOf, nftTable, otherFamilies, refuseChain } from './ruleset.ts';
import { mustParseAddress, mustParseCidr, type VpcView } from './view.ts';
import { closedElements, closedFor, uplinkDevice, uplinkPlan } from './uplink.ts';
import type { ElasticIp, InternetGateway, Uplink, World } from './world.ts';

const servicePorts: readonly number[] = [80, 443];

const noIpv6 = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];
const routing = ['all', 'default'].flatMap((scope) =>
  ['rp_filter', 'send_redirects', 'accept_redirects', 'accept_source_route'].map((name) => `net.ipv4.conf.${scope}.${name}=0`),
);

/**
 * The internet: one namespace, to which every attached internet gateway has a link. In it live the public addresses of S3
 * and of the AWS APIs. What is for nobody there is dropped, and counted, or leaves by the uplink if there is one.
 */
export function edgePlan(uplink?: Uplink): EdgePlan {
  const services = [reserved.s3, ...Object.values(edgeApiAddresses)];
  return {
    settings: [...noIpv6, ...routing, 'net.ipv4.ip_forward=1'],
    addresses: [linkEdge],
    routes: services.map((destination) => ({ type: 'local', destination, device: 'lo' })),
    ruleset: {
      table: nftTable,
      objects: [
        { kind: 'counter', name: edgeGate.counter },
        ...dropSetsOf(),
        ...(uplink === undefined ? [] : uplinkObjects(uplink)),
        refuseChain,
        ...chains(services, uplink !== undefined),
      ],
      otherFamilies,
    },
    ...(uplink === undefined ? {} : { uplink: uplinkPlan(uplink) }),
  };
}

function chains(services: readonly string[], hasUplink: boolean): NftObject[] {
  const served = `ip daddr { ${services.join(', ')} } tcp dport { ${servicePorts.join(', ')} }`;
  const refused = refuse(edgeGate.code, [edgeGate.counter]);
  const ifUplink = (...statements: readonly string[]): readonly string[] => (hasUplink ? statements : []);
  return [
    {
      kind: 'chain',
      name: 'input',
      hook: 'type filter hook input priority filter; policy drop;',
      statements: [...ifUplink(`iifname "${uplinkDevice}" ${refused}`), `ip saddr ${reserved.elasticIps} ${served} accept`, refused],
    },
    {
      kind: 'chain',
      name: 'source',
      hook: 'type filter hook prerouting priority raw; policy drop;',
      // Nobody outside speaks but by an Elastic IP, and what leads nowhere ends here, where it is counted.
      statements: [
        'iifname "lo" accept',
        // Who answers is judged when the flow is known.
        ...ifUplink(`iifname "${uplinkDevice}" accept`),
        `ip saddr != ${reserved.elasticIps} ${refused}`,
        'fib daddr type local accept',
        ...ifUplink(`fib daddr oifname "${uplinkDevice}" ip daddr @${closedSet} ${refused}`),
        'fib daddr oif exists accept',
        refused,
      ],
    },
    {
      kind: 'chain',
      name: 'forward',
      hook: 'type filter hook forward priority filter; policy drop;',
      statements: [
        ...ifUplink(
          `iifname "${uplinkDevice}" ip daddr ${reserved.elasticIps} ct state established,related accept`,
          `iifname "${uplinkDevice}" ${refused}`,
          `oifname "${uplinkDevice}" accept`,
        ),
        `ip daddr ${reserved.elasticIps} accept`,
        refused,
      ],
    },
    {
      kind: 'chain',
      name: 'output',
      hook: 'type filter hook output priority filter; policy drop;',
      statements: ['ct state established,related accept'],
    },
  ];
}

const closedSet = 'closed';

/** Where the uplink does not lead, and the edge's own address for what leaves. */
const uplinkObjects = (uplink: Uplink): NftObject[] => [
  { kind: 'set', name: closedSet, specification: ['type ipv4_addr', 'flags interval'], elements: closedElements(uplink) },
  {
    kind: 'chain',
    name: 'postrouting',
    hook: 'type nat hook postrouting priority srcnat; policy accept;',
    statements: [`oifname "${uplinkDevice}" masquerade`],
  },
];

/** What an address at the edge is. */
export type AtEdge =
  | { readonly kind: 'service'; readonly serves: boolean }
  | { readonly kind: 'elastic-ip'; readonly elasticIp: ElasticIp; readonly vpcId: string }
  /** It leaves by the uplink, unless that is closed for it. */
  | { readonly kind: 'uplink'; readonly isOpen: boolean }
  | { readonly kind: 'nobody' };

export function atEdge(world: World, { destination, protocol, destinationPort }: Packet): AtEdge {
  const isService = [reserved.s3, ...Object.values(edgeApiAddresses).map((address) => `${address}/32`)].some((block) =>
    cidrContains(mustParseCidr(block), destination),
  );
  if (isService) return { kind: 'service', serves: protocol === protocolNumbers.tcp && servicePorts.includes(destinationPort ?? -1) };
  const elasticIp = world.elasticIps.find(({ publicIp }) => mustParseAddress(publicIp) === destination);
  const vpcId = world.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === elasticIp?.networkInterfaceId)?.vpcId;
  // An Elastic IP of a VPC whose gateway is not attached leads nowhere.
  const isReached = world.internetGateways.some((gateway) => gateway.vpcId === vpcId);
  if (elasticIp !== undefined && vpcId !== undefined && isReached) return { kind: 'elastic-ip', elasticIp, vpcId };
  const { uplink } = world;
  return uplink === undefined ? { kind: 'nobody' } : { kind: 'uplink', isOpen: closedFor(uplink, destination) === undefined };
}

/** The gateway of a VPC: between its link to the router and its link to the edge, public addresses take the place of private ones. */
export function internetGatewayPlan(view: VpcView, name: string, { internetGatewayId, number }: InternetGateway): LinkPlan {
  const blocks = view.vpc.cidrBlocks;
  return {
    owner: { kind: 'internet-gateway', number },
    id: internetGatewayId,
    link: name,
    routerMac: linkGatewayMac,
    address: linkEndpoint,
    mac: linkEndpointMac,
    settings: [...noIpv6, ...routing, ...['rp_filter', 'send_redirects'].map((key) => `net.ipv4.conf.eth0.${key}=0`), 'net.ipv4.ip_forward=1'],
    inside: {
      addresses: [{ address: linkEndpoint, device: 'eth0' }],
      neighbour: { address: linkGateway, mac: linkGatewayMac },
      routes: [
        { type: 'unicast', destination: linkGateway, device: 'eth0' },
        ...blocks.map((destination) => ({ type: 'unicast', destination, device: 'eth0', via: linkGateway }) as const),
      ],
    },
    insideRuleset: gatewayRuleset(view.elasticIps),
    edge: { link: name, edgeMac: linkEdgeMac, address: linkEdge, mac: linkEndpointMac, publicIps: view.elasticIps.map(({ publicIp }) => publicIp) },
  };
}

/**
 * One to one. What leaves either way is looked at once more when it is rewritten: a flow of a public address that was taken
 * away, or given to another, ends at once.
 */
function gatewayRuleset(elasticIps: readonly ElasticIp[]): string {
  const pairs = elasticIps.map(({ publicIp, privateIpAddress }) => [privateIpAddress, publicIp] as const);
  const elements = (texts: readonly string[]): string => (texts.length === 0 ? '' : `elements = { ${texts.join(', ')} };`);
  return `table ip ${nftTable}
delete table ip ${nftTable}
table ip ${nftTable} {
  map to-public { type ipv4_addr : ipv4_addr; ${elements(pairs.map(([own, other]) => `${own} : ${other}`))} }
  map to-private { type ipv4_addr : ipv4_addr; ${elements(pairs.map(([own, other]) => `${other} : ${own}`))} }
  set pairs { type ipv4_addr . ipv4_addr; ${elements(pairs.map(([own, other]) => `${own} . ${other}`))} }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    iifname "edge" dnat to ip daddr map @to-private
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "edge" snat to ip saddr map @to-public
  }
  chain mapped {
    type filter hook postrouting priority srcnat + 10; policy drop;
    oifname "edge" ct direction original ct original ip saddr . ip saddr @pairs accept
    oifname "edge" ct direction reply ct reply ip saddr . ip saddr @pairs accept
    oifname "eth0" ct direction original ip daddr . ct original ip daddr @pairs accept
    oifname "eth0" ct direction reply ip daddr . ct reply ip daddr @pairs accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "eth0" oifname "edge" accept
    iifname "edge" oifname "eth0" accept
  }
  chain input {
    type filter hook input priority filter; policy drop;
  }
  chain output {
    type filter hook output priority filter; policy drop;
  }
}
${otherFamilies}`;
}

/** A NAT gateway's namespace: what comes in goes out again, under the gateway's own address. */
export const natRuleset = (address: string): string => `table ip ${nftTable}
delete table ip ${nftTable}
table ip ${nftTable} {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy drop;
    oifname "eth0" snat to ${address}
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname "eth0" oifname "eth0" meta l4proto { icmp, tcp, udp } accept
  }
  chain input {
    type filter hook input priority filter; policy drop;
  }
  chain output {
    type filter hook output priority filter; policy drop;
  }
}
`;

export const natSettings = [
  ...noIpv6,
  ...routing,
  ...['rp_filter', 'send_redirects'].map((key) => `net.ipv4.conf.eth0.${key}=0`),
  'net.ipv4.ip_forward=1',
];
