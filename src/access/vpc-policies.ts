/** Actions of one verb: `ec2('Describe', 'Vpcs Subnets')`. */
const ec2 = (verb: string, subjects: string): readonly string[] =>
  subjects
    .trim()
    .split(/\s+/)
    .map((subject) => `ec2:${verb}${subject}`);

const reads = [
  ...ec2(
    'Describe',
    `
      AccountAttributes Addresses CarrierGateways ClassicLinkInstances CustomerGateways DhcpOptions EgressOnlyInternetGateways FlowLogs
      InternetGateways LocalGatewayRouteTables LocalGatewayRouteTableVpcAssociations MovingAddresses NatGateways NetworkAcls
      NetworkInterfaceAttribute NetworkInterfacePermissions NetworkInterfaces PrefixLists RouteTables SecurityGroupReferences
      SecurityGroupRules SecurityGroups SecurityGroupVpcAssociations StaleSecurityGroups Subnets Tags VpcAttribute VpcClassicLink
      VpcClassicLinkDnsSupport VpcEndpoints VpcEndpointConnectionNotifications VpcEndpointConnections VpcEndpointServiceConfigurations
      VpcEndpointServicePermissions VpcEndpointServices VpcPeeringConnections Vpcs VpnConnections VpnGateways
    `,
  ),
  'ec2:GetSecurityGroupsForVpc',
];

const writes = [
  ...ec2('Accept', 'VpcPeeringConnection VpcEndpointConnections'),
  ...ec2('Allocate', 'Address'),
  ...ec2('Assign', 'Ipv6Addresses PrivateIpAddresses'),
  ...ec2('Associate', 'Address DhcpOptions RouteTable SecurityGroupVpc SubnetCidrBlock VpcCidrBlock'),
  ...ec2('Attach', 'ClassicLinkVpc InternetGateway NetworkInterface VpnGateway'),
  ...ec2('Authorize', 'SecurityGroupEgress SecurityGroupIngress'),
  ...ec2(
    'Create',
    `
    CarrierGateway CustomerGateway DefaultSubnet DefaultVpc DhcpOptions EgressOnlyInternetGateway FlowLogs InternetGateway
    LocalGatewayRouteTableVpcAssociation NatGateway NetworkAcl NetworkAclEntry NetworkInterface NetworkInterfacePermission Route RouteTable
    SecurityGroup Subnet Tags Vpc VpcEndpoint VpcEndpointConnectionNotification VpcEndpointServiceConfiguration VpcPeeringConnection
    VpnConnection VpnConnectionRoute VpnGateway
  `,
  ),
  ...ec2(
    'Delete',
    `
    CarrierGateway CustomerGateway DhcpOptions EgressOnlyInternetGateway FlowLogs InternetGateway LocalGatewayRouteTableVpcAssociation
    NatGateway NetworkAcl NetworkAclEntry NetworkInterface NetworkInterfacePermission Route RouteTable SecurityGroup Subnet Tags Vpc
    VpcEndpoints VpcEndpointConnectionNotifications VpcEndpointServiceConfigurations VpcPeeringConnection VpnConnection VpnConnectionRoute
    VpnGateway
  `,
  ),
  ...ec2('Describe', 'AvailabilityZones Instances Ipv6Pools KeyPairs'),
  ...ec2('Detach', 'ClassicLinkVpc InternetGateway NetworkInterface VpnGateway'),
  ...ec2('Disable', 'VgwRoutePropagation VpcClassicLink VpcClassicLinkDnsSupport'),
  ...ec2('Disassociate', 'Address RouteTable SecurityGroupVpc SubnetCidrBlock VpcCidrBlock'),
  ...ec2('Enable', 'VgwRoutePropagation VpcClassicLink VpcClassicLinkDnsSupport'),
  ...ec2(
    'Modify',
    `
    NetworkInterfaceAttribute SecurityGroupRules SubnetAttribute VpcAttribute VpcEndpoint VpcEndpointConnectionNotification
    VpcEndpointServiceConfiguration VpcEndpointServicePermissions VpcPeeringConnectionOptions VpcTenancy
  `,
  ),
  ...ec2('Move', 'AddressToVpc'),
  ...ec2('Reject', 'VpcEndpointConnections VpcPeeringConnection'),
  ...ec2('Release', 'Address'),
  ...ec2('Replace', 'NetworkAclAssociation NetworkAclEntry Route RouteTableAssociation'),
  ...ec2('Reset', 'NetworkInterfaceAttribute'),
  ...ec2('Restore', 'AddressToClassic'),
  ...ec2('Revoke', 'SecurityGroupEgress SecurityGroupIngress'),
  ...ec2('Unassign', 'Ipv6Addresses PrivateIpAddresses'),
  ...ec2('Update', 'SecurityGroupRuleDescriptionsEgress SecurityGroupRuleDescriptionsIngress'),
];

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonVPCReadOnlyAccess.html */
export const vpcReadOnlyAccess = [{ Sid: 'AmazonVPCReadOnlyAccess', Effect: 'Allow', Action: reads, Resource: '*' }];

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonVPCFullAccess.html */
export const vpcFullAccess = [{ Sid: 'AmazonVPCFullAccess', Effect: 'Allow', Action: [...reads, ...writes], Resource: '*' }];
