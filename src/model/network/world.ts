/**
 * The network as a plain value: what the store holds today, and what a live account or a Terraform plan may give
 * tomorrow. Everything in `model/network` is a pure function of it. Ids are AWS's; `number` is the short stable
 * number that kernel names are made of (an interface name has 15 bytes), never used twice in a data directory.
 */
export interface World {
  readonly region: string;
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly networkAcls: readonly NetworkAcl[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly gatewayEndpoints: readonly GatewayEndpoint[];
  readonly interfaceEndpoints: readonly InterfaceEndpoint[];
  /** Those that are attached to a VPC. */
  readonly internetGateways: readonly InternetGateway[];
  /** Those that an interface has. */
  readonly elasticIps: readonly ElasticIp[];
  readonly natGateways: readonly NatGateway[];
  readonly prefixLists: readonly PrefixList[];
  /** Absent: the internet ends at the edge. It is the operator's setting, and no row. */
  readonly uplink?: Uplink;
}

export interface Vpc {
  readonly vpcId: string;
  readonly number: number;
  /** Grows with every change to anything in the VPC. What is applied is never older than what was. */
  readonly generation: number;
  /** The primary block first. */
  readonly cidrBlocks: readonly string[];
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly number: number;
  readonly vpcId: string;
  readonly main: boolean;
  /** Subnets explicitly associated; the others of the VPC use the main table. */
  readonly subnetIds: readonly string[];
  readonly routes: readonly Route[];
}

export interface Route {
  readonly destination: RouteDestination;
  readonly target: RouteTarget;
}
export type RouteDestination = { readonly cidrBlock: string } | { readonly prefixListId: string };
export type RouteTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'gateway-endpoint'; readonly vpcEndpointId: string }
  | { readonly kind: 'network-interface'; readonly networkInterfaceId: string }
  | { readonly kind: 'internet-gateway'; readonly internetGatewayId: string }
  | { readonly kind: 'nat-gateway'; readonly natGatewayId: string }
  /** The target is gone; packets that choose this route are dropped, as on AWS. */
  | { readonly kind: 'blackhole' };

export interface NetworkAcl {
  readonly networkAclId: string;
  readonly vpcId: string;
  /** Of the subnets that no other one has. */
  readonly isDefault: boolean;
  readonly subnetIds: readonly string[];
  readonly entries: readonly NetworkAclEntry[];
}

/** First match by number; stateless; judged at the edge of a subnet. */
export interface NetworkAclEntry {
  readonly direction: 'ingress' | 'egress';
  readonly ruleNumber: number;
  readonly action: 'allow' | 'deny';
  readonly protocol: RuleProtocol;
  /** As of a security group's rule. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: { readonly cidrBlock: string } | { readonly ipv6CidrBlock: string };
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string;
  readonly rules: readonly SecurityGroupRule[];
}

export interface SecurityGroupRule {
  readonly securityGroupRuleId: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: RuleProtocol;
  /** TCP and UDP: first and last port. ICMP: type and code, -1 for any. Absent: everything. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: RulePeer;
}
/** `all` is AWS's -1; a number is an IP protocol without ports. */
export type RuleProtocol = 'all' | 'tcp' | 'udp' | 'icmp' | number;
export type RulePeer =
  | { readonly cidrBlock: string }
  | { readonly groupId: string }
  | { readonly prefixListId: string }
  /** IPv6 ranges are stored and shown and match nothing: there is no IPv6 here. */
  | { readonly ipv6CidrBlock: string };

export interface NetworkInterface {
  readonly networkInterfaceId: string;
  readonly number: number;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly privateIpAddress: string;
  readonly macAddress: string;
  readonly groupIds: readonly string[];
  readonly sourceDestCheck: boolean;
  /** The training job that encrypts between its instances: interfaces with the same one exchange what their tunnel sends, and nothing else. */
  readonly tunnel?: string;
}

export interface GatewayEndpoint {
  readonly vpcEndpointId: string;
  readonly number: number;
  readonly vpcId: string;
  /** `com.amazonaws.REGION.s3` */
  readonly serviceName: string;
  readonly prefixListId: string;
  readonly routeTableIds: readonly string[];
}

/** A service at interfaces of its own: groups, ACLs and routes judge the packets to them as those to any other. */
export interface InterfaceEndpoint {
  readonly vpcEndpointId: string;
  readonly vpcId: string;
  /** `com.amazonaws.REGION.sts` */
  readonly serviceName: string;
  /** One per subnet. Nothing but the endpoint lives in their namespaces. */
  readonly networkInterfaceIds: readonly string[];
  /** The TCP ports that it answers at; none when its service is no more. */
  readonly ports: readonly number[];
  /** What leads to it inside the VPC, lower-case: its own names, and with private DNS the service's. `*.`: all below. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** The way between a VPC and the internet. A VPC has one at most. */
export interface InternetGateway {
  readonly internetGatewayId: string;
  readonly number: number;
  readonly vpcId: string;
}

/** A public address, and the one interface that the internet gateway of its VPC gives it to. */
export interface ElasticIp {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
}

/** A way from the internet edge to the machine's own internet. */
export interface Uplink {
  /** Every local destination of the machine: addresses and blocks. */
  readonly machineBlocks: readonly string[];
}

/** An interface that sends packets of others on under its own address. It has no groups. */
export interface NatGateway {
  readonly natGatewayId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly networkInterfaceId: string;
}

export interface PrefixList {
  readonly prefixListId: string;
  readonly prefixListName: string;
  readonly cidrBlocks: readonly string[];
}
