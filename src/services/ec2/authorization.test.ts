import { describe, expect, it } from 'vitest';
import { expectExactly, type Need } from '../../../test/fixtures/exactly.ts';
import { accountId, region } from '../../../test/fixtures/iam-world.ts';
import { ec2Rows } from '../../../test/services/ec2-context.ts';
import { aclEntry, ec2Resources, type Ec2Ids, flowLogTo, s3Service, tcp443 } from '../../../test/fixtures/ec2-resources.ts';
import type { Operation } from '../operation.ts';
import type { Ec2Input, Ec2OperationName } from './ec2-operation.ts';
import { neverThere } from './operations/never-there.ts';
import { refusedOperations } from './operations/refused.ts';
import { ec2 } from './registry.ts';

type Inputs = { readonly [Name in Ec2OperationName]?: (ids: Ec2Ids) => Ec2Input<Name> };
const tags = <T>(ResourceType: T) => [{ ResourceType, Tags: [{ Key: 'team', Value: 'vision' }] }];

/** Of every operation that acts on something, an input that succeeds with `ec2Resources`. */
const inputs = {
  AllocateAddress: () => ({ Domain: 'vpc', TagSpecifications: tags('elastic-ip' as const) }),
  AssociateAddress: ({ bareAddress, bareEni }) => ({ AllocationId: bareAddress, NetworkInterfaceId: bareEni }),
  AssociateDhcpOptions: ({ dhcp, vpc }) => ({ DhcpOptionsId: dhcp, VpcId: vpc }),
  AssociateRouteTable: ({ bareTable, bareSubnet }) => ({ RouteTableId: bareTable, SubnetId: bareSubnet }),
  AssociateVpcCidrBlock: ({ vpc }) => ({ VpcId: vpc, CidrBlock: '10.1.0.0/16' }),
  AttachInternetGateway: ({ bareGateway, bareVpc }) => ({ InternetGatewayId: bareGateway, VpcId: bareVpc }),
  AuthorizeSecurityGroupEgress: ({ bareGroup }) => ({ GroupId: bareGroup, ...tcp443, TagSpecifications: tags('security-group-rule' as const) }),
  AuthorizeSecurityGroupIngress: ({ bareGroup }) => ({ GroupId: bareGroup, ...tcp443 }),
  CreateDefaultSubnet: () => ({ AvailabilityZone: 'us-west-2a' }),
  CreateDefaultVpc: () => ({}),
  CreateDhcpOptions: () => ({
    DhcpConfigurations: [{ Key: 'domain-name', Values: ['x.internal'] }],
    TagSpecifications: tags('dhcp-options' as const),
  }),
  CreateFlowLogs: ({ subnet, deliveryRole }) => ({ ...flowLogTo(deliveryRole), ResourceType: 'Subnet', ResourceIds: [subnet] }),
  CreateInternetGateway: () => ({ TagSpecifications: tags('internet-gateway' as const) }),
  CreateManagedPrefixList: () => ({ PrefixListName: 'l', MaxEntries: 1, AddressFamily: 'IPv4', TagSpecifications: tags('prefix-list' as const) }),
  CreateNatGateway: ({ subnet, bareAddress }) => ({ SubnetId: subnet, AllocationId: bareAddress, TagSpecifications: tags('natgateway' as const) }),
  CreateNetworkAcl: ({ vpc }) => ({ VpcId: vpc, TagSpecifications: tags('network-acl' as const) }),
  CreateNetworkAclEntry: ({ acl }) => ({ NetworkAclId: acl, ...aclEntry, RuleNumber: 101 }),
  CreateNetworkInterface: ({ subnet, group }) => ({ SubnetId: subnet, Groups: [group], TagSpecifications: tags('network-interface' as const) }),
  CreateNetworkInterfacePermission: ({ bareEni }) => ({ NetworkInterfaceId: bareEni, Permission: 'INSTANCE-ATTACH', AwsAccountId: '999999999999' }),
  CreateRoute: ({ bareTable, gateway }) => ({ RouteTableId: bareTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }),
  CreateRouteTable: ({ vpc }) => ({ VpcId: vpc, TagSpecifications: tags('route-table' as const) }),
  CreateSecurityGroup: ({ vpc }) => ({ VpcId: vpc, GroupName: 'g', Description: 'd', TagSpecifications: tags('security-group' as const) }),
  CreateSubnet: ({ vpc }) => ({ VpcId: vpc, CidrBlock: '10.0.3.0/24', TagSpecifications: tags('subnet' as const) }),
  CreateTags: ({ vpc, subnet }) => ({ Resources: [vpc, subnet], Tags: [{ Key: 'team', Value: 'vision' }] }),
  CreateVpc: () => ({ CidrBlock: '10.2.0.0/16', TagSpecifications: tags('vpc' as const) }),
  CreateVpcEndpoint: ({ vpc, bareTable }) => ({
    VpcId: vpc,
    ServiceName: s3Service,
    RouteTableIds: [bareTable],
    TagSpecifications: tags('vpc-endpoint' as const),
  }),
  DeleteDhcpOptions: ({ dhcp }) => ({ DhcpOptionsId: dhcp }),
  DeleteFlowLogs: ({ flowLog }) => ({ FlowLogIds: [flowLog] }),
  DeleteInternetGateway: ({ bareGateway }) => ({ InternetGatewayId: bareGateway }),
  DeleteManagedPrefixList: ({ prefixList }) => ({ PrefixListId: prefixList }),
  DeleteNatGateway: ({ nat }) => ({ NatGatewayId: nat }),
  DeleteNetworkAcl: ({ acl }) => ({ NetworkAclId: acl }),
  DeleteNetworkAclEntry: ({ acl }) => ({ NetworkAclId: acl, RuleNumber: 100, Egress: false }),
  DeleteNetworkInterface: ({ bareEni }) => ({ NetworkInterfaceId: bareEni }),
  DeleteNetworkInterfacePermission: ({ permission }) => ({ NetworkInterfacePermissionId: permission }),
  DeleteRoute: ({ table }) => ({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0' }),
  DeleteRouteTable: ({ bareTable }) => ({ RouteTableId: bareTable }),
  DeleteSecurityGroup: ({ bareGroup }) => ({ GroupId: bareGroup }),
  DeleteSubnet: ({ bareSubnet }) => ({ SubnetId: bareSubnet }),
  DeleteTags: ({ vpc, subnet }) => ({ Resources: [vpc, subnet], Tags: [{ Key: 'team' }] }),
  DeleteVpc: ({ bareVpc }) => ({ VpcId: bareVpc }),
  DeleteVpcEndpoints: ({ endpoint }) => ({ VpcEndpointIds: [endpoint] }),
  DescribeNetworkInterfaceAttribute: ({ eni }) => ({ NetworkInterfaceId: eni, Attribute: 'description' }),
  DescribeSecurityGroupReferences: ({ group }) => ({ GroupId: [group] }),
  DescribeStaleSecurityGroups: ({ vpc }) => ({ VpcId: vpc }),
  DescribeVpcAttribute: ({ vpc }) => ({ VpcId: vpc, Attribute: 'enableDnsSupport' }),
  DetachInternetGateway: ({ gateway, vpc }) => ({ InternetGatewayId: gateway, VpcId: vpc }),
  DetachNetworkInterface: () => ({ AttachmentId: 'eni-attach-0123456789abcdef0' }),
  DisassociateAddress: ({ addressAssociation }) => ({ AssociationId: addressAssociation }),
  DisassociateRouteTable: ({ tableAssociation }) => ({ AssociationId: tableAssociation }),
  DisassociateVpcCidrBlock: ({ cidr }) => ({ AssociationId: cidr }),
  GetManagedPrefixListAssociations: ({ prefixList }) => ({ PrefixListId: prefixList }),
  GetManagedPrefixListEntries: ({ prefixList }) => ({ PrefixListId: prefixList }),
  GetSecurityGroupsForVpc: ({ vpc }) => ({ VpcId: vpc }),
  ModifyManagedPrefixList: ({ prefixList }) => ({ PrefixListId: prefixList, PrefixListName: 'renamed' }),
  ModifyNetworkInterfaceAttribute: ({ eni, bareGroup }) => ({ NetworkInterfaceId: eni, Groups: [bareGroup] }),
  ModifySecurityGroupRules: ({ group, rule }) => ({
    GroupId: group,
    SecurityGroupRules: [{ SecurityGroupRuleId: rule, SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '10.0.0.0/16' } }],
  }),
  ModifySubnetAttribute: ({ subnet }) => ({ SubnetId: subnet, MapPublicIpOnLaunch: { Value: true } }),
  ModifyVpcAttribute: ({ vpc }) => ({ VpcId: vpc, EnableDnsHostnames: { Value: true } }),
  ModifyVpcEndpoint: ({ endpoint, bareTable }) => ({ VpcEndpointId: endpoint, AddRouteTableIds: [bareTable] }),
  ModifyVpcTenancy: ({ vpc }) => ({ VpcId: vpc, InstanceTenancy: 'default' }),
  ReleaseAddress: ({ bareAddress }) => ({ AllocationId: bareAddress }),
  ReplaceNetworkAclAssociation: ({ acl, aclAssociation }) => ({ NetworkAclId: acl, AssociationId: aclAssociation }),
  ReplaceNetworkAclEntry: ({ acl }) => ({ NetworkAclId: acl, ...aclEntry, RuleAction: 'deny' }),
  ReplaceRoute: ({ table, nat }) => ({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: nat }),
  ReplaceRouteTableAssociation: ({ tableAssociation, bareTable }) => ({ AssociationId: tableAssociation, RouteTableId: bareTable }),
  ResetNetworkInterfaceAttribute: ({ eni }) => ({ NetworkInterfaceId: eni, SourceDestCheck: 'true' }),
  RestoreManagedPrefixListVersion: ({ prefixList }) => ({ PrefixListId: prefixList, PreviousVersion: 1, CurrentVersion: 1 }),
  RevokeSecurityGroupEgress: ({ group, egress }) => ({ GroupId: group, SecurityGroupRuleIds: [egress] }),
  RevokeSecurityGroupIngress: ({ group, rule }) => ({ GroupId: group, SecurityGroupRuleIds: [rule] }),
  UpdateSecurityGroupRuleDescriptionsEgress: ({ group, egress }) => ({
    GroupId: group,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: egress, Description: 'd' }],
  }),
  UpdateSecurityGroupRuleDescriptionsIngress: ({ group, rule }) => ({
    GroupId: group,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: rule, Description: 'd' }],
  }),
} satisfies Inputs;

/**
 * What each of them asks for: the action, and the resource after `arn:aws:ec2:REGION:ACCOUNT:`. A name in braces is an id.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const needs: Readonly<Record<keyof typeof inputs, readonly string[]>> = {
  AllocateAddress: ['AllocateAddress elastic-ip/*', 'CreateTags elastic-ip/*'],
  AssociateAddress: ['AssociateAddress elastic-ip/{bareAddress}', 'AssociateAddress network-interface/{bareEni}'],
  AssociateDhcpOptions: ['AssociateDhcpOptions vpc/{vpc}', 'AssociateDhcpOptions dhcp-options/{dhcp}'],
  AssociateRouteTable: ['AssociateRouteTable route-table/{bareTable}', 'AssociateRouteTable subnet/{bareSubnet}'],
  AssociateVpcCidrBlock: ['AssociateVpcCidrBlock vpc/{vpc}'],
  AttachInternetGateway: ['AttachInternetGateway internet-gateway/{bareGateway}', 'AttachInternetGateway vpc/{bareVpc}'],
  AuthorizeSecurityGroupEgress: ['AuthorizeSecurityGroupEgress security-group/{bareGroup}', 'CreateTags security-group-rule/*'],
  AuthorizeSecurityGroupIngress: ['AuthorizeSecurityGroupIngress security-group/{bareGroup}'],
  CreateDefaultSubnet: ['CreateDefaultSubnet subnet/*'],
  CreateDefaultVpc: ['CreateDefaultVpc vpc/*'],
  CreateDhcpOptions: ['CreateDhcpOptions dhcp-options/*', 'CreateTags dhcp-options/*'],
  CreateFlowLogs: ['CreateFlowLogs vpc-flow-log/*', 'CreateFlowLogs subnet/{subnet}', 'iam:PassRole {deliveryRole}'],
  CreateInternetGateway: ['CreateInternetGateway internet-gateway/*', 'CreateTags internet-gateway/*'],
  CreateManagedPrefixList: ['CreateManagedPrefixList prefix-list/*', 'CreateTags prefix-list/*'],
  CreateNatGateway: [
    'CreateNatGateway natgateway/*',
    'CreateTags natgateway/*',
    'CreateNatGateway subnet/{subnet}',
    'CreateNatGateway elastic-ip/{bareAddress}',
  ],
  CreateNetworkAcl: ['CreateNetworkAcl network-acl/*', 'CreateTags network-acl/*', 'CreateNetworkAcl vpc/{vpc}'],
  CreateNetworkAclEntry: ['CreateNetworkAclEntry network-acl/{acl}'],
  CreateNetworkInterface: [
    'CreateNetworkInterface network-interface/*',
    'CreateTags network-interface/*',
    'CreateNetworkInterface subnet/{subnet}',
    'CreateNetworkInterface security-group/{group}',
  ],
  CreateNetworkInterfacePermission: ['CreateNetworkInterfacePermission network-interface/{bareEni}'],
  CreateRoute: ['CreateRoute route-table/{bareTable}'],
  CreateRouteTable: ['CreateRouteTable route-table/*', 'CreateTags route-table/*', 'CreateRouteTable vpc/{vpc}'],
  CreateSecurityGroup: ['CreateSecurityGroup security-group/*', 'CreateTags security-group/*', 'CreateSecurityGroup vpc/{vpc}'],
  CreateSubnet: ['CreateSubnet subnet/*', 'CreateTags subnet/*', 'CreateSubnet vpc/{vpc}'],
  CreateTags: ['CreateTags vpc/{vpc}', 'CreateTags subnet/{subnet}'],
  CreateVpc: ['CreateVpc vpc/*', 'CreateTags vpc/*'],
  CreateVpcEndpoint: [
    'CreateVpcEndpoint vpc-endpoint/*',
    'CreateTags vpc-endpoint/*',
    'CreateVpcEndpoint vpc/{vpc}',
    'CreateVpcEndpoint route-table/{bareTable}',
  ],
  DeleteDhcpOptions: ['DeleteDhcpOptions dhcp-options/{dhcp}'],
  DeleteFlowLogs: ['DeleteFlowLogs vpc-flow-log/{flowLog}'],
  DeleteInternetGateway: ['DeleteInternetGateway internet-gateway/{bareGateway}'],
  DeleteManagedPrefixList: ['DeleteManagedPrefixList prefix-list/{prefixList}'],
  DeleteNatGateway: ['DeleteNatGateway natgateway/{nat}'],
  DeleteNetworkAcl: ['DeleteNetworkAcl network-acl/{acl}'],
  DeleteNetworkAclEntry: ['DeleteNetworkAclEntry network-acl/{acl}'],
  DeleteNetworkInterface: ['DeleteNetworkInterface network-interface/{bareEni}'],
  DeleteNetworkInterfacePermission: ['DeleteNetworkInterfacePermission network-interface/{eni}'],
  DeleteRoute: ['DeleteRoute route-table/{table}'],
  DeleteRouteTable: ['DeleteRouteTable route-table/{bareTable}'],
  DeleteSecurityGroup: ['DeleteSecurityGroup security-group/{bareGroup}'],
  DeleteSubnet: ['DeleteSubnet subnet/{bareSubnet}'],
  DeleteTags: ['DeleteTags vpc/{vpc}', 'DeleteTags subnet/{subnet}'],
  DeleteVpc: ['DeleteVpc vpc/{bareVpc}'],
  DeleteVpcEndpoints: ['DeleteVpcEndpoints vpc-endpoint/{endpoint}'],
  DescribeNetworkInterfaceAttribute: ['DescribeNetworkInterfaceAttribute network-interface/{eni}'],
  DescribeSecurityGroupReferences: ['DescribeSecurityGroupReferences security-group/{group}'],
  DescribeStaleSecurityGroups: ['DescribeStaleSecurityGroups vpc/{vpc}'],
  DescribeVpcAttribute: ['DescribeVpcAttribute vpc/{vpc}'],
  DetachInternetGateway: ['DetachInternetGateway internet-gateway/{gateway}', 'DetachInternetGateway vpc/{vpc}'],
  DetachNetworkInterface: ['DetachNetworkInterface *'],
  DisassociateAddress: ['DisassociateAddress elastic-ip/{address}', 'DisassociateAddress network-interface/{eni}'],
  DisassociateRouteTable: ['DisassociateRouteTable route-table/{table}', 'DisassociateRouteTable subnet/{subnet}'],
  DisassociateVpcCidrBlock: ['DisassociateVpcCidrBlock vpc/{bareVpc}'],
  GetManagedPrefixListAssociations: ['GetManagedPrefixListAssociations prefix-list/{prefixList}'],
  GetManagedPrefixListEntries: ['GetManagedPrefixListEntries prefix-list/{prefixList}'],
  GetSecurityGroupsForVpc: ['GetSecurityGroupsForVpc vpc/{vpc}'],
  ModifyManagedPrefixList: ['ModifyManagedPrefixList prefix-list/{prefixList}'],
  ModifyNetworkInterfaceAttribute: [
    'ModifyNetworkInterfaceAttribute network-interface/{eni}',
    'ModifyNetworkInterfaceAttribute security-group/{bareGroup}',
  ],
  ModifySecurityGroupRules: ['ModifySecurityGroupRules security-group/{group}', 'ModifySecurityGroupRules security-group-rule/{rule}'],
  ModifySubnetAttribute: ['ModifySubnetAttribute subnet/{subnet}'],
  ModifyVpcAttribute: ['ModifyVpcAttribute vpc/{vpc}'],
  ModifyVpcEndpoint: ['ModifyVpcEndpoint vpc-endpoint/{endpoint}', 'ModifyVpcEndpoint route-table/{bareTable}'],
  ModifyVpcTenancy: ['ModifyVpcTenancy vpc/{vpc}'],
  ReleaseAddress: ['ReleaseAddress elastic-ip/{bareAddress}'],
  ReplaceNetworkAclAssociation: [
    'ReplaceNetworkAclAssociation network-acl/{acl}',
    'ReplaceNetworkAclAssociation network-acl/{subnetAcl}',
    'ReplaceNetworkAclAssociation subnet/{subnet}',
  ],
  ReplaceNetworkAclEntry: ['ReplaceNetworkAclEntry network-acl/{acl}'],
  ReplaceRoute: ['ReplaceRoute route-table/{table}'],
  ReplaceRouteTableAssociation: [
    'ReplaceRouteTableAssociation route-table/{bareTable}',
    'ReplaceRouteTableAssociation route-table/{table}',
    'ReplaceRouteTableAssociation subnet/{subnet}',
  ],
  ResetNetworkInterfaceAttribute: ['ResetNetworkInterfaceAttribute network-interface/{eni}'],
  RestoreManagedPrefixListVersion: ['RestoreManagedPrefixListVersion prefix-list/{prefixList}'],
  RevokeSecurityGroupEgress: ['RevokeSecurityGroupEgress security-group/{group}'],
  RevokeSecurityGroupIngress: ['RevokeSecurityGroupIngress security-group/{group}'],
  UpdateSecurityGroupRuleDescriptionsEgress: ['UpdateSecurityGroupRuleDescriptionsEgress security-group/{group}'],
  UpdateSecurityGroupRuleDescriptionsIngress: ['UpdateSecurityGroupRuleDescriptionsIngress security-group/{group}'],
};

/** Reads have no resource. */
const reads = [
  'DescribeAccountAttributes',
  'DescribeAddresses',
  'DescribeAddressesAttribute',
  'DescribeAvailabilityZones',
  'DescribeDhcpOptions',
  'DescribeFlowLogs',
  'DescribeInternetGateways',
  'DescribeManagedPrefixLists',
  'DescribeNatGateways',
  'DescribeNetworkAcls',
  'DescribeNetworkInterfacePermissions',
  'DescribeNetworkInterfaces',
  'DescribePrefixLists',
  'DescribeRegions',
  'DescribeRouteTables',
  'DescribeSecurityGroupRules',
  'DescribeSecurityGroups',
  'DescribeSubnets',
  'DescribeTags',
  'DescribeVpcEndpointServices',
  'DescribeVpcEndpoints',
  'DescribeVpcs',
] as const;

const withoutResource = [...reads, ...Object.keys(neverThere), ...Object.keys(refusedOperations)];

function needOf(text: string, ids: Ec2Ids): Need {
  const [action = '', resource = ''] = text.split(' ');
  const named = resource.replaceAll(/\{(\w+)\}/g, (_whole, name: keyof Ec2Ids) => ids[name]);
  const arn = named === '*' || named.startsWith('arn:') ? named : `arn:aws:ec2:${region}:${accountId}:${named}`;
  return [action.includes(':') ? action : `ec2:${action}`, arn];
}

const operationOf = (name: string) => (ec2 as unknown as Readonly<Record<string, Operation<any, any>>>)[name] as Operation<any, any>;

describe('every operation is allowed by exactly its actions on exactly its resources, and denied without any one of them', () => {
  it.each(Object.keys(inputs) as (keyof typeof inputs)[])('ec2:%s', (name) => {
    const { ids, ...world } = ec2Resources();
    const input = inputs[name](ids);
    const expected = needs[name].map((text) => needOf(text, ids));
    expectExactly({ world, operation: operationOf(name), input, needs: expected, rows: () => ec2Rows(world.store) });
  });

  it('those that have no resource', () => {
    const { ids: _ids, ...world } = ec2Resources();
    for (const name of withoutResource) {
      expectExactly({ world, operation: operationOf(name), input: {}, needs: [[`ec2:${name}`, '*']], rows: () => ec2Rows(world.store) });
    }
  });

  it('is tested for every operation', () => {
    expect([...Object.keys(inputs), ...withoutResource].toSorted()).toEqual(Object.keys(ec2).toSorted());
  });
});
