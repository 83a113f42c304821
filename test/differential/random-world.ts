import { seededRandom } from '../../src/stdx/random.ts';
import type {
  NetworkAcl,
  NetworkAclEntry,
  RouteTable,
  RulePeer,
  RuleProtocol,
  SecurityGroup,
  SecurityGroupRule,
  World,
} from '../../src/model/network/world.ts';
import { eni, openAcl } from '../kernel/network/sample-world.ts';

/** Choices that a seed repeats. */
export class Dice {
  readonly #random: ReturnType<typeof seededRandom>;
  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }
  /** 0 … n - 1. */
  below(n: number): number {
    return Number.parseInt(this.#random.hex(6), 16) % n;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
  some<T>(items: readonly T[], percent: number): T[] {
    return items.filter(() => this.chance(percent));
  }
}

export const vpcId = 'vpc-0d';
export const ports = [22, 53, 80, 443, 500, 5000, 7999] as const;
const prefixLists = [
  { prefixListId: 'pl-s3', prefixListName: 'com.amazonaws.us-east-1.s3', cidrBlocks: ['198.18.0.0/24'] },
  { prefixListId: 'pl-other', prefixListName: 'com.amazonaws.us-east-1.dynamodb', cidrBlocks: ['198.18.2.0/25', '198.18.3.0/24'] },
];
const subnets = ['10.0.1.0/24', '10.0.2.0/24', '172.31.0.0/24'].map((cidrBlock, index) => ({
  subnetId: `subnet-${index}`,
  vpcId,
  cidrBlock,
  availabilityZone: 'us-east-1a',
}));
const groupIds = ['sg-0', 'sg-1', 'sg-2', 'sg-3'];
export const interfaceNumbers = [1, 2, 3, 4, 5] as const;
/** Of an interface endpoint: no prober is in its namespace, which answers at one port. */
const endpointInterface = { number: 8, id: 'eni-8' } as const;
/** Of NAT gateways; a third is failed and has none. */
const natNumbers = [6, 7] as const;
const gatewayId = 'igw-1';
const endpointIds = ['vpce-1', 'vpce-2'];

/** Destinations worth a try: interfaces, nobody, endpoints, resolvers, the world. */
export const destinations = [
  ...interfaceNumbers.map((number) => addressOf(number)),
  addressOf(endpointInterface.number),
  '10.0.1.200',
  '172.31.0.77',
  '198.18.0.10',
  '198.18.0.255',
  '198.18.2.5',
  '198.18.3.9',
  '10.0.0.2',
  '169.254.169.253',
  '169.254.169.254',
  '8.8.8.8',
  '198.18.1.5',
  ...[1, 2, 6, 7, 9].map((number) => publicIpOf(number)),
  ...[6, 7].map((number) => addressOf(number)),
];

function publicIpOf(number: number): string {
  return `198.19.0.${number}`;
}

function addressOf(number: number): string {
  return `${['10.0.1', '10.0.2', '172.31.0'][number % 3]}.${10 + number}`;
}

/** The interfaces and endpoints are always the same; groups, rules, routes and settings are thrown. */
export function randomWorld(dice: Dice, generation: number): World {
  const tunnelled = dice.chance(40) ? dice.some(interfaceNumbers, 50) : [];
  return {
    region: 'us-east-1',
    vpcs: [
      { vpcId, number: 1, generation, cidrBlocks: ['10.0.0.0/16', '172.31.0.0/20'], enableDnsSupport: dice.chance(80), enableDnsHostnames: true },
    ],
    subnets,
    routeTables: randomRouteTables(dice),
    networkAcls: randomAcls(dice),
    securityGroups: groupIds.map((groupId) => randomGroup(dice, groupId)),
    networkInterfaces: [
      ...interfaceNumbers.map((number) => ({
        ...eni(number, `eni-${number}`, vpcId, `subnet-${number % 3}`, addressOf(number), dice.some(groupIds, 50)),
        sourceDestCheck: dice.chance(85),
        ...(tunnelled.includes(number) ? { tunnel: 'job' } : {}),
      })),
      eni(
        endpointInterface.number,
        endpointInterface.id,
        vpcId,
        `subnet-${endpointInterface.number % 3}`,
        addressOf(endpointInterface.number),
        dice.some(groupIds, 50),
      ),
      ...natNumbers.map((number) => ({
        ...eni(number, `eni-${number}`, vpcId, `subnet-${number % 3}`, addressOf(number), []),
        sourceDestCheck: false,
      })),
    ],
    gatewayEndpoints: endpointIds.map((vpcEndpointId, index) => ({
      vpcEndpointId,
      number: index + 1,
      vpcId,
      serviceName: prefixLists[index]?.prefixListName ?? '',
      prefixListId: prefixLists[index]?.prefixListId ?? '',
      routeTableIds: [],
    })),
    interfaceEndpoints: [
      {
        vpcEndpointId: 'vpce-3',
        vpcId,
        serviceName: 'com.amazonaws.us-east-1.sts',
        networkInterfaceIds: [endpointInterface.id],
        ports: [443],
        names: {},
      },
    ],
    internetGateways: dice.chance(85) ? [{ internetGatewayId: gatewayId, number: 1, vpcId }] : [],
    elasticIps: [...dice.some(interfaceNumbers, 30), ...dice.some(natNumbers, 85)].map((number) => ({
      allocationId: `eipalloc-${number}`,
      publicIp: publicIpOf(number),
      networkInterfaceId: `eni-${number}`,
      privateIpAddress: addressOf(number),
    })),
    natGateways: natNumbers.map((number) => ({
      natGatewayId: `nat-${number}`,
      vpcId,
      subnetId: `subnet-${number % 3}`,
      networkInterfaceId: `eni-${number}`,
    })),
    prefixLists,
  };
}

function randomRouteTables(dice: Dice): RouteTable[] {
  const targets: RouteTable['routes'][number]['target'][] = [
    ...endpointIds.map((vpcEndpointId) => ({ kind: 'gateway-endpoint', vpcEndpointId }) as const),
    { kind: 'gateway-endpoint', vpcEndpointId: 'vpce-gone' },
    { kind: 'blackhole' },
    { kind: 'network-interface', networkInterfaceId: 'eni-2' },
    { kind: 'network-interface', networkInterfaceId: 'eni-gone' },
    ...natNumbers.map((number) => ({ kind: 'nat-gateway', natGatewayId: `nat-${number}` }) as const),
  ];
  const ways: RouteTable['routes'][number]['target'][] = [
    { kind: 'internet-gateway', internetGatewayId: gatewayId },
    { kind: 'internet-gateway', internetGatewayId: 'igw-gone' },
    { kind: 'nat-gateway', natGatewayId: 'nat-gone' },
    ...targets.slice(2),
  ];
  const blocks = ['10.0.2.0/24', '172.31.0.77/32'];
  const outside = ['0.0.0.0/1', '128.0.0.0/1', '8.8.8.0/24', '198.18.0.0/25', '198.18.0.0/24', '198.19.0.0/16'];
  const routes = (): RouteTable['routes'] => [
    ...dice.some(prefixLists, 60).map(({ prefixListId }, index) => ({
      destination: { prefixListId },
      target: dice.chance(70) ? { kind: 'gateway-endpoint' as const, vpcEndpointId: endpointIds[index] ?? '' } : dice.of(targets),
    })),
    ...(dice.chance(60) ? [{ destination: { cidrBlock: '0.0.0.0/0' }, target: ways[0] ?? dice.of(ways) }] : []),
    ...dice.some(blocks, 20).map((cidrBlock) => ({ destination: { cidrBlock }, target: dice.of(targets.slice(2)) })),
    ...dice.some(outside, 25).map((cidrBlock) => ({ destination: { cidrBlock }, target: dice.of(ways) })),
  ];
  const explicit = dice.some(subnets, 60).map((subnet) => subnet.subnetId);
  const half = dice.below(explicit.length + 1);
  return [
    { routeTableId: 'rtb-1', number: 1, vpcId, main: true, subnetIds: [], routes: routes() },
    { routeTableId: 'rtb-2', number: 2, vpcId, main: false, subnetIds: explicit.slice(0, half), routes: routes() },
    { routeTableId: 'rtb-3', number: 3, vpcId, main: false, subnetIds: explicit.slice(half), routes: routes() },
  ];
}

/** Subnets have the default ACL or one of two others; most entries are wide, so that something passes both ways. */
function randomAcls(dice: Dice): NetworkAcl[] {
  const open = openAcl('acl-0', vpcId);
  const explicit = dice.some(subnets, 50).map((subnet) => subnet.subnetId);
  const half = dice.below(explicit.length + 1);
  return [
    dice.chance(80) ? open : { ...open, entries: randomEntries(dice) },
    { ...open, networkAclId: 'acl-1', isDefault: false, subnetIds: explicit.slice(0, half), entries: randomEntries(dice) },
    { ...open, networkAclId: 'acl-2', isDefault: false, subnetIds: explicit.slice(half), entries: randomEntries(dice) },
  ];
}

function randomEntries(dice: Dice): NetworkAclEntry[] {
  const blocks = ['0.0.0.0/0', '0.0.0.0/0', '10.0.0.0/16', '10.0.1.0/24', '172.31.0.0/24', '198.18.0.0/15', '10.0.2.12/32'];
  const entries = Array.from({ length: dice.below(7) }, (_, index): NetworkAclEntry => {
    const protocol = dice.of<RuleProtocol>(['all', 'all', 'tcp', 'udp', 'icmp', 47]);
    const peer = dice.chance(90) ? { cidrBlock: dice.of(blocks) } : { ipv6CidrBlock: '::/0' };
    const ports = protocol === 'tcp' && dice.chance(30) ? { fromPort: 1_024, toPort: 65_535 } : randomPorts(dice, protocol);
    const action = dice.chance(70) ? 'allow' : 'deny';
    return { direction: dice.of(['ingress', 'egress']), ruleNumber: 1 + ((index * 37) % 11) * 10, action, protocol, peer, ...ports };
  });
  return dice.chance(60) ? [...entries, ...openAcl('', '').entries.map((entry) => ({ ...entry, ruleNumber: 200 }))] : entries;
}

function randomGroup(dice: Dice, groupId: string): SecurityGroup {
  const count = dice.below(5);
  const rules = Array.from({ length: count }, (_, index): SecurityGroupRule => {
    const protocol = dice.of<RuleProtocol>(['all', 'tcp', 'tcp', 'tcp', 'udp', 'icmp', 6, 47]);
    return {
      securityGroupRuleId: `sgr-${groupId.slice(3)}${index}`,
      direction: dice.of(['ingress', 'egress']),
      protocol,
      peer: randomPeer(dice),
      ...randomPorts(dice, protocol),
    };
  });
  return { groupId, groupName: groupId, vpcId, rules: [...workingRules(dice, groupId), ...rules] };
}

/** What a group that works has, most of the time: else nearly every packet ends at the first gate. */
function workingRules(dice: Dice, groupId: string): SecurityGroupRule[] {
  const rule = (direction: SecurityGroupRule['direction'], cidrBlock: string): SecurityGroupRule => ({
    securityGroupRuleId: `sgr-${groupId.slice(3)}-${direction}`,
    direction,
    protocol: 'all',
    peer: { cidrBlock },
  });
  return [
    ...(dice.chance(50) ? [rule('egress', '0.0.0.0/0')] : []),
    ...(dice.chance(30) ? [rule('ingress', dice.of(['0.0.0.0/0', '10.0.0.0/16', '172.31.0.0/24']))] : []),
  ];
}

function randomPeer(dice: Dice): RulePeer {
  const blocks = ['0.0.0.0/0', '10.0.0.0/16', '10.0.1.0/24', '172.31.0.0/24', '198.18.0.0/15', '10.0.2.12/32'];
  return dice.of<() => RulePeer>([
    () => ({ cidrBlock: dice.of(blocks) }),
    () => ({ cidrBlock: '0.0.0.0/0' }),
    () => ({ groupId: dice.of([...groupIds, 'sg-gone']) }),
    () => ({ prefixListId: dice.of(['pl-s3', 'pl-other', 'pl-gone']) }),
    () => ({ ipv6CidrBlock: '::/0' }),
  ])();
}

function randomPorts(dice: Dice, protocol: RuleProtocol): Pick<SecurityGroupRule, 'fromPort' | 'toPort'> {
  if (protocol === 'icmp')
    return dice.of([
      { fromPort: -1, toPort: -1 },
      { fromPort: 8, toPort: -1 },
      { fromPort: 8, toPort: 0 },
      { fromPort: 0, toPort: 0 },
    ]);
  if ((protocol !== 'tcp' && protocol !== 'udp') || dice.chance(20)) return {};
  const fromPort = dice.of<number>(ports);
  return dice.of([
    { fromPort, toPort: fromPort },
    { fromPort: 0, toPort: fromPort },
    { fromPort, toPort: 65_535 },
    { fromPort: 0, toPort: 65_535 },
  ]);
}
