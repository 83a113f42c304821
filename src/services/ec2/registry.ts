import type * as EC2 from '@aws-sdk/client-ec2';
import type { Service } from '../service.ts';
import { answeringDryRuns } from './dry-run.ts';
import { allocateAddress } from './operations/allocate-address.ts';
import { associateAddress } from './operations/associate-address.ts';
import { associateRouteTable } from './operations/associate-route-table.ts';
import { attachInternetGateway } from './operations/attach-internet-gateway.ts';
import { authorizeSecurityGroupEgress } from './operations/authorize-security-group-egress.ts';
import { authorizeSecurityGroupIngress } from './operations/authorize-security-group-ingress.ts';
import { createFlowLogs } from './operations/create-flow-logs.ts';
import { createInternetGateway } from './operations/create-internet-gateway.ts';
import { createNatGateway } from './operations/create-nat-gateway.ts';
import { createNetworkInterfacePermission } from './operations/create-network-interface-permission.ts';
import { createNetworkInterface } from './operations/create-network-interface.ts';
import { createNetworkAclEntry } from './operations/create-network-acl-entry.ts';
import { createNetworkAcl } from './operations/create-network-acl.ts';
import { createRouteTable } from './operations/create-route-table.ts';
import { createRoute } from './operations/create-route.ts';
import { createSecurityGroup } from './operations/create-security-group.ts';
import { createSubnet } from './operations/create-subnet.ts';
import { createTags } from './operations/create-tags.ts';
import { createVpcEndpoint } from './operations/create-vpc-endpoint.ts';
import { createVpc } from './operations/create-vpc.ts';
import { deleteFlowLogs } from './operations/delete-flow-logs.ts';
import { deleteInternetGateway } from './operations/delete-internet-gateway.ts';
import { deleteNatGateway } from './operations/delete-nat-gateway.ts';
import { deleteNetworkInterfacePermission } from './operations/delete-network-interface-permission.ts';
import { deleteNetworkInterface } from './operations/delete-network-interface.ts';
import { deleteNetworkAclEntry } from './operations/delete-network-acl-entry.ts';
import { deleteNetworkAcl } from './operations/delete-network-acl.ts';
import { deleteRouteTable } from './operations/delete-route-table.ts';
import { deleteRoute } from './operations/delete-route.ts';
import { deleteSecurityGroup } from './operations/delete-security-group.ts';
import { deleteSubnet } from './operations/delete-subnet.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { deleteVpcEndpoints } from './operations/delete-vpc-endpoints.ts';
import { deleteVpc } from './operations/delete-vpc.ts';
import { describeAccountAttributes } from './operations/describe-account-attributes.ts';
import { describeAddresses } from './operations/describe-addresses.ts';
import { describeAddressesAttribute } from './operations/describe-addresses-attribute.ts';
import { describeAvailabilityZones } from './operations/describe-availability-zones.ts';
import { describeDhcpOptions } from './operations/describe-dhcp-options.ts';
import { describeFlowLogs } from './operations/describe-flow-logs.ts';
import { describeInternetGateways } from './operations/describe-internet-gateways.ts';
import { describeManagedPrefixLists } from './operations/describe-managed-prefix-lists.ts';
import { describeNatGateways } from './operations/describe-nat-gateways.ts';
import { describeNetworkAcls } from './operations/describe-network-acls.ts';
import { describeNetworkInterfaceAttribute } from './operations/describe-network-interface-attribute.ts';
import { describeNetworkInterfacePermissions } from './operations/describe-network-interface-permissions.ts';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.ts';
import { describePrefixLists } from './operations/describe-prefix-lists.ts';
import { describeRegions } from './operations/describe-regions.ts';
import { describeRouteTables } from './operations/describe-route-tables.ts';
import { describeSecurityGroupRules } from './operations/describe-security-group-rules.ts';
import { describeSecurityGroups } from './operations/describe-security-groups.ts';
import { describeSubnets } from './operations/describe-subnets.ts';
import { describeTags } from './operations/describe-tags.ts';
import { describeVpcAttribute } from './operations/describe-vpc-attribute.ts';
import { describeVpcEndpointServices } from './operations/describe-vpc-endpoint-services.ts';
import { describeVpcEndpoints } from './operations/describe-vpc-endpoints.ts';
import { describeVpcs } from './operations/describe-vpcs.ts';
import { detachInternetGateway } from './operations/detach-internet-gateway.ts';
import { detachNetworkInterface } from './operations/detach-network-interface.ts';
import { disassociateAddress } from './operations/disassociate-address.ts';
import { disassociateRouteTable } from './operations/disassociate-route-table.ts';
import { describeInstances, describeVpcPeeringConnections } from './operations/empty-reads.ts';
import { getManagedPrefixListEntries } from './operations/get-managed-prefix-list-entries.ts';
import { modifyNetworkInterfaceAttribute } from './operations/modify-network-interface-attribute.ts';
import { modifySecurityGroupRules } from './operations/modify-security-group-rules.ts';
import { modifySubnetAttribute } from './operations/modify-subnet-attribute.ts';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.ts';
import { modifyVpcEndpoint } from './operations/modify-vpc-endpoint.ts';
import { releaseAddress } from './operations/release-address.ts';
import { replaceNetworkAclAssociation } from './operations/replace-network-acl-association.ts';
import { replaceNetworkAclEntry } from './operations/replace-network-acl-entry.ts';
import { replaceRouteTableAssociation } from './operations/replace-route-table-association.ts';
import { replaceRoute } from './operations/replace-route.ts';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.ts';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.ts';
import { updateSecurityGroupRuleDescriptionsEgress } from './operations/update-security-group-rule-descriptions-egress.ts';
import { updateSecurityGroupRuleDescriptionsIngress } from './operations/update-security-group-rule-descriptions-ingress.ts';

/** EC2 as far as it is enforced. What is not listed answers that it is not implemented. */
export const ec2 = answeringDryRuns({
  AllocateAddress: allocateAddress,
  AssociateAddress: associateAddress,
  AssociateRouteTable: associateRouteTable,
  AttachInternetGateway: attachInternetGateway,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateFlowLogs: createFlowLogs,
  CreateInternetGateway: createInternetGateway,
  CreateNatGateway: createNatGateway,
  CreateNetworkAcl: createNetworkAcl,
  CreateNetworkAclEntry: createNetworkAclEntry,
  CreateNetworkInterface: createNetworkInterface,
  CreateNetworkInterfacePermission: createNetworkInterfacePermission,
  CreateRoute: createRoute,
  CreateRouteTable: createRouteTable,
  CreateSecurityGroup: createSecurityGroup,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateVpc: createVpc,
  CreateVpcEndpoint: createVpcEndpoint,
  DeleteFlowLogs: deleteFlowLogs,
  DeleteInternetGateway: deleteInternetGateway,
  DeleteNatGateway: deleteNatGateway,
  DeleteNetworkAcl: deleteNetworkAcl,
  DeleteNetworkAclEntry: deleteNetworkAclEntry,
  DeleteNetworkInterface: deleteNetworkInterface,
  DeleteNetworkInterfacePermission: deleteNetworkInterfacePermission,
  DeleteRoute: deleteRoute,
  DeleteRouteTable: deleteRouteTable,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteVpc: deleteVpc,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAddresses: describeAddresses,
  DescribeAddressesAttribute: describeAddressesAttribute,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeDhcpOptions: describeDhcpOptions,
  DescribeFlowLogs: describeFlowLogs,
  DescribeInstances: describeInstances,
  DescribeInternetGateways: describeInternetGateways,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  DescribeNatGateways: describeNatGateways,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeNetworkInterfaceAttribute: describeNetworkInterfaceAttribute,
  DescribeNetworkInterfacePermissions: describeNetworkInterfacePermissions,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribePrefixLists: describePrefixLists,
  DescribeRegions: describeRegions,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcPeeringConnections: describeVpcPeeringConnections,
  DescribeVpcs: describeVpcs,
  DetachInternetGateway: detachInternetGateway,
  DetachNetworkInterface: detachNetworkInterface,
  DisassociateAddress: disassociateAddress,
  DisassociateRouteTable: disassociateRouteTable,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  ReleaseAddress: releaseAddress,
  ReplaceNetworkAclAssociation: replaceNetworkAclAssociation,
  ReplaceNetworkAclEntry: replaceNetworkAclEntry,
  ReplaceRoute: replaceRoute,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress,
}) satisfies Service<typeof EC2>;
