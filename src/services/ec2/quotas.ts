/**
 * How many of each there may be. AWS's defaults, except where a default only protects AWS's own capacity and is raised
 * on request (VPCs, gateway endpoints, internet gateways, Elastic IPs): https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export const quotas = {
  vpcs: 100,
  cidrBlocksPerVpc: 5,
  dhcpOptions: 100,
  subnetsPerVpc: 200,
  routeTablesPerVpc: 200,
  /** Local routes aside. AWS's highest: its default of 50 is raised on request. */
  routesPerRouteTable: 1_000,
  prefixLists: 100,
  entriesPerPrefixList: 1_000,
  versionsPerPrefixList: 1_000,
  networkAclsPerVpc: 200,
  /** In each direction, IPv4 and IPv6 apart. */
  rulesPerNetworkAcl: 20,
  securityGroups: 2_500,
  /** In each direction, IPv4 and IPv6 apart. */
  rulesPerSecurityGroup: 60,
  securityGroupsPerNetworkInterface: 5,
  networkInterfaces: 5_000,
  permissionsPerNetworkInterface: 50,
  vpcEndpointsPerVpc: 255,
  /** Of one VPC, subnet or interface. */
  flowLogsPerResource: 2,
  internetGateways: 100,
  elasticIps: 100,
  natGateways: 100,
  tagsPerResource: 50,
  filterValues: 200,
  /** What one answer holds when the caller names no number. */
  pageSize: 1_000,
} as const;
