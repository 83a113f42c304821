import { AwsError } from '../../../aws/aws-error.ts';
import { emptyRead } from '../empty-read.ts';

const notFound = (code: string, subject: string) => (id: string) => new AwsError(code, `${subject} '${id}' does not exist`);
const transitNotFound = (code: string, subject: string) => (id: string) => new AwsError(code, `${subject} ${id} was deleted or does not exist.`);
const instanceNotFound = notFound('InvalidInstanceID.NotFound', 'The instance ID');
const keyPairNotFound = notFound('InvalidKeyPair.NotFound', 'The key pair');

/** Resources that scripts and Terraform look for, and of which there is none here. A closed list. */
export const neverThere = {
  DescribeCarrierGateways: emptyRead(
    'DescribeCarrierGateways',
    { CarrierGateways: [] },
    { CarrierGatewayIds: notFound('InvalidCarrierGatewayID.NotFound', 'The carrierGateway ID') },
  ),
  DescribeClassicLinkInstances: emptyRead('DescribeClassicLinkInstances', { Instances: [] }, { InstanceIds: instanceNotFound }),
  DescribeClientVpnEndpoints: emptyRead(
    'DescribeClientVpnEndpoints',
    { ClientVpnEndpoints: [] },
    { ClientVpnEndpointIds: notFound('InvalidClientVpnEndpointId.NotFound', 'The clientVpnEndpoint ID') },
  ),
  DescribeCustomerGateways: emptyRead(
    'DescribeCustomerGateways',
    { CustomerGateways: [] },
    { CustomerGatewayIds: notFound('InvalidCustomerGatewayID.NotFound', 'The customerGateway ID') },
  ),
  DescribeEgressOnlyInternetGateways: emptyRead(
    'DescribeEgressOnlyInternetGateways',
    { EgressOnlyInternetGateways: [] },
    { EgressOnlyInternetGatewayIds: notFound('InvalidGatewayID.NotFound', 'The eigw ID') },
  ),
  DescribeHosts: emptyRead('DescribeHosts', { Hosts: [] }, { HostIds: notFound('InvalidHostID.NotFound', 'The host ID') }),
  DescribeImages: emptyRead(
    'DescribeImages',
    { Images: [] },
    { ImageIds: (id) => new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`) },
  ),
  DescribeInstances: emptyRead('DescribeInstances', { Reservations: [] }, { InstanceIds: instanceNotFound }),
  DescribeInstanceStatus: emptyRead('DescribeInstanceStatus', { InstanceStatuses: [] }, { InstanceIds: instanceNotFound }),
  DescribeIpamPools: emptyRead('DescribeIpamPools', { IpamPools: [] }, { IpamPoolIds: notFound('InvalidIpamPoolId.NotFound', 'The ipam-pool ID') }),
  DescribeIpams: emptyRead('DescribeIpams', { Ipams: [] }, { IpamIds: notFound('InvalidIpamId.NotFound', 'The ipam ID') }),
  DescribeIpv6Pools: emptyRead('DescribeIpv6Pools', { Ipv6Pools: [] }, { PoolIds: notFound('InvalidPoolID.NotFound', 'The pool ID') }),
  DescribeKeyPairs: emptyRead('DescribeKeyPairs', { KeyPairs: [] }, { KeyNames: keyPairNotFound, KeyPairIds: keyPairNotFound }),
  DescribeLaunchTemplates: emptyRead(
    'DescribeLaunchTemplates',
    { LaunchTemplates: [] },
    {
      LaunchTemplateIds: (id) =>
        new AwsError('InvalidLaunchTemplateId.NotFound', `The specified launch template, with template ID ${id}, does not exist.`),
    },
  ),
  DescribeLocalGateways: emptyRead(
    'DescribeLocalGateways',
    { LocalGateways: [] },
    { LocalGatewayIds: notFound('InvalidLocalGatewayID.NotFound', 'The localGateway ID') },
  ),
  DescribeNetworkInsightsAnalyses: emptyRead(
    'DescribeNetworkInsightsAnalyses',
    { NetworkInsightsAnalyses: [] },
    { NetworkInsightsAnalysisIds: notFound('InvalidNetworkInsightsAnalysisId.NotFound', 'The networkInsightsAnalysis ID') },
  ),
  DescribeNetworkInsightsPaths: emptyRead(
    'DescribeNetworkInsightsPaths',
    { NetworkInsightsPaths: [] },
    { NetworkInsightsPathIds: notFound('InvalidNetworkInsightsPathId.NotFound', 'The networkInsightsPath ID') },
  ),
  DescribePlacementGroups: emptyRead(
    'DescribePlacementGroups',
    { PlacementGroups: [] },
    { GroupNames: (id) => new AwsError('InvalidPlacementGroup.Unknown', `The Placement Group '${id}' is unknown.`) },
  ),
  DescribePublicIpv4Pools: emptyRead(
    'DescribePublicIpv4Pools',
    { PublicIpv4Pools: [] },
    { PoolIds: notFound('InvalidPublicIpv4PoolID.NotFound', 'The publicIpv4Pool ID') },
  ),
  DescribeReservedInstances: emptyRead(
    'DescribeReservedInstances',
    { ReservedInstances: [] },
    { ReservedInstancesIds: notFound('InvalidReservedInstancesId', 'The ReservedInstances ID') },
  ),
  DescribeSecurityGroupVpcAssociations: emptyRead('DescribeSecurityGroupVpcAssociations', { SecurityGroupVpcAssociations: [] }),
  DescribeSnapshots: emptyRead(
    'DescribeSnapshots',
    { Snapshots: [] },
    { SnapshotIds: (id) => new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`) },
  ),
  DescribeSpotInstanceRequests: emptyRead(
    'DescribeSpotInstanceRequests',
    { SpotInstanceRequests: [] },
    { SpotInstanceRequestIds: notFound('InvalidSpotInstanceRequestID.NotFound', 'The spot instance request ID') },
  ),
  DescribeTransitGatewayAttachments: emptyRead(
    'DescribeTransitGatewayAttachments',
    { TransitGatewayAttachments: [] },
    { TransitGatewayAttachmentIds: transitNotFound('InvalidTransitGatewayAttachmentID.NotFound', 'Transit Gateway Attachment') },
  ),
  DescribeTransitGatewayRouteTables: emptyRead(
    'DescribeTransitGatewayRouteTables',
    { TransitGatewayRouteTables: [] },
    { TransitGatewayRouteTableIds: transitNotFound('InvalidRouteTableID.NotFound', 'Transit Gateway Route Table') },
  ),
  DescribeTransitGateways: emptyRead(
    'DescribeTransitGateways',
    { TransitGateways: [] },
    { TransitGatewayIds: transitNotFound('InvalidTransitGatewayID.NotFound', 'Transit Gateway') },
  ),
  DescribeTransitGatewayVpcAttachments: emptyRead(
    'DescribeTransitGatewayVpcAttachments',
    { TransitGatewayVpcAttachments: [] },
    { TransitGatewayAttachmentIds: transitNotFound('InvalidTransitGatewayAttachmentID.NotFound', 'Transit Gateway Attachment') },
  ),
  DescribeVolumes: emptyRead(
    'DescribeVolumes',
    { Volumes: [] },
    { VolumeIds: (id) => new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`) },
  ),
  DescribeVolumeStatus: emptyRead(
    'DescribeVolumeStatus',
    { VolumeStatuses: [] },
    { VolumeIds: (id) => new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`) },
  ),
  DescribeVpcBlockPublicAccessExclusions: emptyRead(
    'DescribeVpcBlockPublicAccessExclusions',
    { VpcBlockPublicAccessExclusions: [] },
    { ExclusionIds: notFound('InvalidVpcBlockPublicAccessExclusionId.NotFound', 'The VPC Block Public Access exclusion ID') },
  ),
  DescribeVpcClassicLink: emptyRead('DescribeVpcClassicLink', { Vpcs: [] }),
  DescribeVpcClassicLinkDnsSupport: emptyRead('DescribeVpcClassicLinkDnsSupport', { Vpcs: [] }),
  DescribeVpcPeeringConnections: emptyRead(
    'DescribeVpcPeeringConnections',
    { VpcPeeringConnections: [] },
    { VpcPeeringConnectionIds: notFound('InvalidVpcPeeringConnectionID.NotFound', 'The vpcPeeringConnection ID') },
  ),
  DescribeVpnConnections: emptyRead(
    'DescribeVpnConnections',
    { VpnConnections: [] },
    { VpnConnectionIds: notFound('InvalidVpnConnectionID.NotFound', 'The vpnConnection ID') },
  ),
  DescribeVpnGateways: emptyRead(
    'DescribeVpnGateways',
    { VpnGateways: [] },
    { VpnGatewayIds: notFound('InvalidVpnGatewayID.NotFound', 'The vpnGateway ID') },
  ),
};
