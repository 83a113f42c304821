import type {
  NetworkAcl,
  NetworkAclEntry,
  NetworkInterface,
  RouteTable,
  RulePeer,
  RuleProtocol,
  SecurityGroup,
  SecurityGroupRule,
  Vpc,
  World,
} from '../../../src/model/network/world.ts';

/** Two VPCs with the same block. In the first, subnet b has the S3 endpoint and subnet a has not. */
export const ids = {
  vpc: 'vpc-0a',
  otherVpc: 'vpc-0b',
  subnetA: 'subnet-0a',
  subnetB: 'subnet-0b',
  mainTable: 'rtb-0a',
  s3Table: 'rtb-0b',
  endpoint: 'vpce-0a',
  prefixList: 'pl-0a',
  acl: 'acl-0a',
  client: 'sg-0a',
  server: 'sg-0b',
} as const;

export const addresses = { a: '10.0.1.4', b: '10.0.2.4', server: '10.0.2.5', other: '10.0.1.9', s3: '198.18.0.10' } as const;
export const enis = { a: 'eni-0a', b: 'eni-0b', server: 'eni-0c', other: 'eni-0d' } as const;
export const numbers = { a: 11, b: 12, server: 13, other: 14, endpoint: 3, vpc: 1, otherVpc: 2 } as const;

let ruleCount = 0;
export function rule(direction: SecurityGroupRule['direction'], protocol: RuleProtocol, peer: RulePeer, from?: number, to = from): SecurityGroupRule {
  ruleCount += 1;
  const ports = from === undefined || to === undefined ? {} : { fromPort: from, toPort: to };
  return { securityGroupRuleId: `sgr-${ruleCount.toString(16).padStart(4, '0')}`, direction, protocol, peer, ...ports };
}

export function eni(number: number, id: string, vpcId: string, subnetId: string, address: string, groupIds: readonly string[]): NetworkInterface {
  const macAddress = `02:00:00:00:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 255).toString(16).padStart(2, '0')}`;
  return { networkInterfaceId: id, number, vpcId, subnetId, privateIpAddress: address, macAddress, groupIds, sourceDestCheck: true };
}

const vpc = (vpcId: string, number: number): Vpc => ({
  vpcId,
  number,
  generation: 1,
  cidrBlocks: ['10.0.0.0/16'],
  enableDnsSupport: true,
  enableDnsHostnames: true,
});

const local: RouteTable['routes'] = [{ destination: { cidrBlock: '10.0.0.0/16' }, target: { kind: 'local' } }];

const openEntry = (direction: NetworkAclEntry['direction']): NetworkAclEntry => ({
  direction,
  ruleNumber: 100,
  action: 'allow',
  protocol: 'all',
  peer: { cidrBlock: '0.0.0.0/0' },
});

/** As a VPC is born with it. */
export const openAcl = (networkAclId: string, vpcId: string): NetworkAcl => ({
  networkAclId,
  vpcId,
  isDefault: true,
  subnetIds: [],
  entries: [openEntry('egress'), openEntry('ingress')],
});

export function sampleWorld(): World {
  ruleCount = 0;
  const clientRules = [
    rule('egress', 'tcp', { prefixListId: ids.prefixList }, 443),
    rule('egress', 'tcp', { groupId: ids.server }, 7999),
    rule('egress', 'udp', { cidrBlock: '10.0.2.0/24' }, 5000, 5010),
  ];
  const serverRules = [rule('ingress', 'tcp', { groupId: ids.client }, 7999), rule('egress', 'all', { cidrBlock: '0.0.0.0/0' })];
  const group = (groupId: string, vpcId: string, rules: readonly SecurityGroupRule[]): SecurityGroup => ({
    groupId,
    groupName: groupId,
    vpcId,
    rules,
  });
  return {
    region: 'us-east-1',
    vpcs: [vpc(ids.vpc, numbers.vpc), vpc(ids.otherVpc, numbers.otherVpc)],
    subnets: [
      { subnetId: ids.subnetA, vpcId: ids.vpc, cidrBlock: '10.0.1.0/24', availabilityZone: 'us-east-1a' },
      { subnetId: ids.subnetB, vpcId: ids.vpc, cidrBlock: '10.0.2.0/24', availabilityZone: 'us-east-1b' },
      { subnetId: 'subnet-0c', vpcId: ids.otherVpc, cidrBlock: '10.0.1.0/24', availabilityZone: 'us-east-1a' },
    ],
    routeTables: [
      { routeTableId: ids.mainTable, number: 1, vpcId: ids.vpc, main: true, subnetIds: [], routes: local },
      {
        routeTableId: ids.s3Table,
        number: 2,
        vpcId: ids.vpc,
        main: false,
        subnetIds: [ids.subnetB],
        routes: [...local, { destination: { prefixListId: ids.prefixList }, target: { kind: 'gateway-endpoint', vpcEndpointId: ids.endpoint } }],
      },
      { routeTableId: 'rtb-0c', number: 3, vpcId: ids.otherVpc, main: true, subnetIds: [], routes: local },
    ],
    networkAcls: [openAcl(ids.acl, ids.vpc), openAcl('acl-0c', ids.otherVpc)],
    securityGroups: [group(ids.client, ids.vpc, clientRules), group(ids.server, ids.vpc, serverRules), group('sg-0c', ids.otherVpc, serverRules)],
    networkInterfaces: [
      eni(numbers.a, enis.a, ids.vpc, ids.subnetA, addresses.a, [ids.client]),
      eni(numbers.b, enis.b, ids.vpc, ids.subnetB, addresses.b, [ids.client]),
      eni(numbers.server, enis.server, ids.vpc, ids.subnetB, addresses.server, [ids.server]),
      eni(numbers.other, enis.other, ids.otherVpc, 'subnet-0c', addresses.other, ['sg-0c']),
    ],
    gatewayEndpoints: [
      {
        vpcEndpointId: ids.endpoint,
        number: numbers.endpoint,
        vpcId: ids.vpc,
        serviceName: 'com.amazonaws.us-east-1.s3',
        prefixListId: ids.prefixList,
        routeTableIds: [ids.s3Table],
      },
    ],
    interfaceEndpoints: [],
    internetGateways: [],
    elasticIps: [],
    natGateways: [],
    prefixLists: [{ prefixListId: ids.prefixList, prefixListName: 'com.amazonaws.us-east-1.s3', cidrBlocks: ['198.18.0.0/24'] }],
  };
}

/** The world with one VPC's generation raised, and whatever else the change makes of it. */
export function changed(world: World, vpcId: string, change: (world: World) => Partial<World>): World {
  const after = { ...world, ...change(world) };
  return { ...after, vpcs: after.vpcs.map((v) => (v.vpcId === vpcId ? { ...v, generation: v.generation + 1 } : v)) };
}

export function withRules(
  world: World,
  groupId: string,
  edit: (rules: readonly SecurityGroupRule[]) => readonly SecurityGroupRule[],
): Partial<World> {
  return { securityGroups: world.securityGroups.map((g) => (g.groupId === groupId ? { ...g, rules: edit(g.rules) } : g)) };
}
