import { bornDhcpConfigurations, noDhcpOptions, type DhcpConfigurations } from '../model/network/dhcp.ts';
import type { NetworkAclEntry, RouteDestination, RouteTarget, RulePeer, RuleProtocol } from '../model/network/world.ts';
import { assert } from '../stdx/assert.ts';
import { Collection, collectionSql, collectionsMigration, type CollectionShape } from './collection.ts';
import type { Database, Migration } from './database.ts';

/** Every EC2 resource belongs to an account, was made at some time, and carries a short number for kernel names. */
interface Owned {
  readonly ownerId: string;
  readonly createdAt: string;
}

/** The client token a resource was created with, and a hash of that request: the same request again answers with the same resource. */
interface Remembered {
  readonly clientToken?: string;
  readonly creationSha256?: string;
}

export interface VpcRow extends Owned {
  readonly vpcId: string;
  readonly number: number;
  readonly generation: number;
  readonly cidrBlocks: readonly { readonly associationId: string; readonly cidrBlock: string }[];
  readonly instanceTenancy: 'default' | 'dedicated';
  readonly enableDnsSupport: boolean;
  readonly enableDnsHostnames: boolean;
  readonly isDefault: boolean;
  readonly dhcpOptionsId: string;
}

export interface SubnetRow extends Owned {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly mapPublicIpOnLaunch: boolean;
  /** The one of its zone in the default VPC. */
  readonly defaultForAz?: true;
}

export interface RouteRow {
  readonly destination: RouteDestination;
  readonly target: RouteTarget;
  readonly origin: 'CreateRouteTable' | 'CreateRoute';
}

export interface RouteTableRow extends Owned, Remembered {
  readonly routeTableId: string;
  readonly number: number;
  readonly vpcId: string;
  readonly main: boolean;
  readonly associations: readonly { readonly associationId: string; readonly subnetId?: string; readonly main: boolean }[];
  readonly routes: readonly RouteRow[];
}

export interface NetworkAclRow extends Owned, Remembered {
  readonly networkAclId: string;
  readonly vpcId: string;
  /** Of new subnets. */
  readonly isDefault: boolean;
  readonly associations: readonly { readonly associationId: string; readonly subnetId: string }[];
  readonly entries: readonly NetworkAclEntry[];
}

export interface SecurityGroupRuleRow {
  readonly securityGroupRuleId: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: RuleProtocol;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: RulePeer;
  readonly description?: string;
}

export interface SecurityGroupRow extends Owned {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly rules: readonly SecurityGroupRuleRow[];
}

export interface NetworkInterfaceRow extends Owned, Remembered {
  readonly networkInterfaceId: string;
  readonly number: number;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly privateIpAddress: string;
  readonly macAddress: string;
  readonly groupIds: readonly string[];
  readonly sourceDestCheck: boolean;
  readonly description: string;
  readonly interfaceType: 'interface' | 'vpc_endpoint' | 'nat_gateway';
  readonly requesterManaged: boolean;
  readonly requesterId?: string;
  readonly attachment?: NetworkInterfaceAttachment;
  /** The training job that encrypts between the interfaces with the same one. */
  readonly tunnel?: string;
}

export interface NetworkInterfaceAttachment {
  /** `ela-attach-…` when a service of AWS attached it, as for jobs. */
  readonly attachmentId: string;
  readonly attachTime: string;
  readonly instanceOwnerId: string;
  /** Of a job's instance: 0 its data agent's interface, 1 its algorithm's. */
  readonly deviceIndex: number;
  /** A process of the operator's, with whose end the interface goes (`cloister attach`). */
  readonly holder?: { readonly pid: number; readonly startTime: string };
}

export interface NetworkInterfacePermissionRow extends Owned {
  readonly networkInterfacePermissionId: string;
  readonly networkInterfaceId: string;
  readonly awsAccountId?: string;
  readonly awsService?: string;
  readonly permission: 'INSTANCE-ATTACH' | 'EIP-ASSOCIATE';
}

interface CommonEndpointRow extends Owned, Remembered {
  readonly vpcEndpointId: string;
  readonly number: number;
  readonly vpcId: string;
  readonly serviceName: string;
  readonly policyDocument: string;
}

export interface GatewayEndpointRow extends CommonEndpointRow {
  readonly vpcEndpointType: 'Gateway';
  readonly prefixListId: string;
  readonly routeTableIds: readonly string[];
}

export interface InterfaceEndpointRow extends CommonEndpointRow {
  readonly vpcEndpointType: 'Interface';
  /** In the order in which their subnets were named. */
  readonly networkInterfaceIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly privateDnsEnabled: boolean;
  /** Of S3: inside the VPC its public names stay those of the gateway endpoint. */
  readonly privateDnsOnlyForInboundResolverEndpoint?: boolean;
  /** Of its VPC, since when it is there. */
  readonly generation: number;
}

export type VpcEndpointRow = GatewayEndpointRow | InterfaceEndpointRow;

/** A TCP address that the operator lets endpoints lead to. Written when the daemon starts, from its command line alone. */
export interface EndpointServiceRow extends Owned {
  readonly serviceId: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly privateDnsName?: string;
}

export interface InternetGatewayRow extends Owned {
  readonly internetGatewayId: string;
  readonly number: number;
  /** Of the VPC it is attached to. */
  readonly vpcId?: string;
}

export interface ElasticIpRow extends Owned {
  readonly allocationId: string;
  readonly publicIp: string;
  /** Of the interface that has it: of the account's own, or of a NAT gateway. */
  readonly association?: { readonly associationId: string; readonly networkInterfaceId: string; readonly privateIpAddress: string };
}

export interface NatGatewayRow extends Owned, Remembered {
  readonly natGatewayId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  /** Both absent when it is private. */
  readonly allocationId?: string;
  readonly publicIp?: string;
  /** It is what it is to become when the kernel holds this generation of its VPC. */
  readonly generation: number;
  /** Absent when it failed. Its interface is gone once it is being deleted. */
  readonly address?: { readonly networkInterfaceId: string; readonly privateIpAddress: string; readonly associationId?: string };
  readonly failure?: { readonly code: string; readonly message: string };
  readonly deletedAt?: string;
}

export interface DhcpOptionsRow extends Owned {
  readonly dhcpOptionsId: string;
  readonly configurations: DhcpConfigurations;
}

/** A list of blocks that the account manages. Its blocks are those of its last version. */
export interface PrefixListRow extends Owned, Remembered {
  readonly prefixListId: string;
  readonly prefixListName: string;
  readonly maxEntries: number;
  readonly state: 'create-complete' | 'modify-complete' | 'restore-complete';
  /** Oldest first; the last is what rules and routes mean. */
  readonly versions: readonly PrefixListVersion[];
}

export interface PrefixListVersion {
  readonly version: number;
  readonly entries: readonly { readonly cidrBlock: string; readonly description?: string }[];
}

export interface TagRow {
  /** `RESOURCE#KEY` */
  readonly tagId: string;
  readonly resourceId: string;
  readonly key: string;
  readonly value: string;
}

const shapes = {
  vpcs: { name: 'vpcs', key: 'vpcId', indexes: ['ownerId'], kept: true } satisfies CollectionShape<VpcRow>,
  subnets: { name: 'subnets', key: 'subnetId', indexes: ['vpcId'], kept: true } satisfies CollectionShape<SubnetRow>,
  routeTables: { name: 'route_tables', key: 'routeTableId', indexes: ['vpcId', 'clientToken'], kept: true } satisfies CollectionShape<RouteTableRow>,
  securityGroups: { name: 'security_groups', key: 'groupId', indexes: ['vpcId'], kept: true } satisfies CollectionShape<SecurityGroupRow>,
  networkInterfaces: {
    name: 'network_interfaces',
    key: 'networkInterfaceId',
    indexes: ['vpcId', 'subnetId', 'clientToken'],
    kept: true,
  } satisfies CollectionShape<NetworkInterfaceRow>,
  networkInterfacePermissions: {
    name: 'network_interface_permissions',
    key: 'networkInterfacePermissionId',
    indexes: ['networkInterfaceId'],
    kept: true,
  } satisfies CollectionShape<NetworkInterfacePermissionRow>,
  vpcEndpoints: {
    name: 'vpc_endpoints',
    key: 'vpcEndpointId',
    indexes: ['vpcId', 'clientToken'],
    kept: true,
  } satisfies CollectionShape<VpcEndpointRow>,
  tags: { name: 'tags', key: 'tagId', indexes: ['resourceId'], kept: true } satisfies CollectionShape<TagRow>,
};

const endpointServices: CollectionShape<EndpointServiceRow> = { name: 'endpoint_services', key: 'serviceId', indexes: [], kept: true };

const networkAcls: CollectionShape<NetworkAclRow> = { name: 'network_acls', key: 'networkAclId', indexes: ['vpcId', 'clientToken'], kept: true };

const internetEdge = {
  internetGateways: {
    name: 'internet_gateways',
    key: 'internetGatewayId',
    indexes: ['vpcId'],
    kept: true,
  } satisfies CollectionShape<InternetGatewayRow>,
  elasticIps: { name: 'elastic_ips', key: 'allocationId', indexes: ['publicIp'], kept: true } satisfies CollectionShape<ElasticIpRow>,
  natGateways: {
    name: 'nat_gateways',
    key: 'natGatewayId',
    indexes: ['vpcId', 'subnetId', 'clientToken'],
    kept: true,
  } satisfies CollectionShape<NatGatewayRow>,
};
const dhcpOptions: CollectionShape<DhcpOptionsRow> = { name: 'dhcp_options', key: 'dhcpOptionsId', indexes: ['ownerId'] };
const prefixLists: CollectionShape<PrefixListRow> = { name: 'prefix_lists', key: 'prefixListId', indexes: ['ownerId', 'clientToken'], kept: true };

/** VPCs that are older than the table get the ACL that a VPC is born with. */
const defaultAclsSql = `
insert into network_acls (networkAclId, body)
select id, json_object(
  'networkAclId', id, 'vpcId', vpcId, 'ownerId', ownerId, 'createdAt', createdAt, 'isDefault', json('true'),
  'associations', (
    select json_group_array(json_object('associationId', 'aclassoc-' || lower(substr(hex(randomblob(9)), 1, 17)), 'subnetId', subnetId))
    from subnets where subnets.vpcId = born.vpcId
  ),
  'entries', json('[{"direction":"egress","ruleNumber":100,"action":"allow","protocol":"all","peer":{"cidrBlock":"0.0.0.0/0"}},{"direction":"ingress","ruleNumber":100,"action":"allow","protocol":"all","peer":{"cidrBlock":"0.0.0.0/0"}}]')
)
from (
  select 'acl-' || lower(substr(hex(randomblob(9)), 1, 17)) as id, vpcId, ownerId, body ->> '$.createdAt' as createdAt from vpcs
) as born;`;

export const ec2Migrations: readonly Migration[] = [
  collectionsMigration('ec2-0001', Object.values(shapes)),
  { id: 'ec2-0002', sql: `${collectionSql(networkAcls)}\n${defaultAclsSql}` },
  collectionsMigration('ec2-0003', Object.values(internetEdge)),
  { id: 'ec2-0004', sql: collectionSql(endpointServices) },
  { id: 'ec2-0005', sql: `${collectionSql(dhcpOptions)}\n${collectionSql(prefixLists)}` },
];

export class Ec2Store {
  readonly vpcs: Collection<VpcRow>;
  readonly subnets: Collection<SubnetRow>;
  readonly routeTables: Collection<RouteTableRow>;
  readonly networkAcls: Collection<NetworkAclRow>;
  readonly securityGroups: Collection<SecurityGroupRow>;
  readonly networkInterfaces: Collection<NetworkInterfaceRow>;
  readonly networkInterfacePermissions: Collection<NetworkInterfacePermissionRow>;
  readonly vpcEndpoints: Collection<VpcEndpointRow>;
  readonly endpointServices: Collection<EndpointServiceRow>;
  readonly internetGateways: Collection<InternetGatewayRow>;
  readonly elasticIps: Collection<ElasticIpRow>;
  readonly natGateways: Collection<NatGatewayRow>;
  readonly dhcpOptions: Collection<DhcpOptionsRow>;
  readonly prefixLists: Collection<PrefixListRow>;
  readonly tags: Collection<TagRow>;

  constructor(database: Database) {
    this.vpcs = new Collection(database, shapes.vpcs);
    this.subnets = new Collection(database, shapes.subnets);
    this.routeTables = new Collection(database, shapes.routeTables);
    this.networkAcls = new Collection(database, networkAcls);
    this.securityGroups = new Collection(database, shapes.securityGroups);
    this.networkInterfaces = new Collection(database, shapes.networkInterfaces);
    this.networkInterfacePermissions = new Collection(database, shapes.networkInterfacePermissions);
    this.vpcEndpoints = new Collection(database, shapes.vpcEndpoints);
    this.endpointServices = new Collection(database, endpointServices);
    this.internetGateways = new Collection(database, internetEdge.internetGateways);
    this.elasticIps = new Collection(database, internetEdge.elasticIps);
    this.natGateways = new Collection(database, internetEdge.natGateways);
    this.dhcpOptions = new Collection(database, dhcpOptions);
    this.prefixLists = new Collection(database, prefixLists);
    this.tags = new Collection(database, shapes.tags);
  }

  /** Every change to anything in a VPC ends here: reconcilers apply no generation older than the last. */
  bumpGeneration(vpcId: string): void {
    this.vpcs.update(vpcId, { generation: this.vpcs.get(vpcId).generation + 1 });
  }

  /** What the DHCP options of a VPC say: its own set, the one that VPCs are born with, or none. */
  dhcpConfigurationsOf({ dhcpOptionsId }: VpcRow, region: string): DhcpConfigurations {
    if (dhcpOptionsId === noDhcpOptions) return {};
    return this.dhcpOptions.find(dhcpOptionsId)?.configurations ?? bornDhcpConfigurations(region);
  }

  /** Marks an interface as in use. Its network does not change by it: what is attached runs inside the interface's own namespace. */
  attach(networkInterfaceId: string, attachment: NetworkInterfaceAttachment): NetworkInterfaceRow {
    assert(this.networkInterfaces.get(networkInterfaceId).attachment === undefined, `${networkInterfaceId} is attached once`);
    return this.networkInterfaces.update(networkInterfaceId, { attachment });
  }

  /** Marks an interface as available. Again does nothing: a saga may repeat it. */
  detach(networkInterfaceId: string): NetworkInterfaceRow {
    const { attachment: _gone, ...row } = this.networkInterfaces.get(networkInterfaceId);
    this.networkInterfaces.delete(networkInterfaceId);
    this.networkInterfaces.insert(row);
    return row;
  }

  /** From the interface that has it. */
  takeElasticIp(allocationId: string): void {
    const { association: _gone, ...row } = this.elasticIps.get(allocationId);
    this.elasticIps.delete(allocationId);
    this.elasticIps.insert(row);
  }

  /** With its permissions and tags; a public address that it has is nobody's again. Deleting one that is not there does nothing: a saga may repeat it. */
  deleteNetworkInterface(networkInterfaceId: string): void {
    for (const { networkInterfacePermissionId } of this.networkInterfacePermissions.list({ networkInterfaceId })) {
      this.networkInterfacePermissions.delete(networkInterfacePermissionId);
    }
    for (const { allocationId, association } of this.elasticIps.list()) {
      if (association?.networkInterfaceId === networkInterfaceId) this.takeElasticIp(allocationId);
    }
    this.networkInterfaces.delete(networkInterfaceId);
    this.removeTags(networkInterfaceId);
  }

  /** In order of their keys. */
  tagsOf(resourceId: string): TagRow[] {
    return this.tags.list({ resourceId });
  }

  putTag(resourceId: string, key: string, value: string): void {
    const tagId = `${resourceId}#${key}`;
    this.tags.delete(tagId);
    this.tags.insert({ tagId, resourceId, key, value });
  }

  removeTag(resourceId: string, key: string): void {
    this.tags.delete(`${resourceId}#${key}`);
  }

  /** What a deleted resource leaves behind. */
  removeTags(resourceId: string): void {
    for (const { tagId } of this.tagsOf(resourceId)) this.tags.delete(tagId);
  }
}
