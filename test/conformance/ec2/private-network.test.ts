/** An unmodified SDK client builds the network of a training job, through the codec, the constraints and the operations. */
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  paginateDescribeSubnets,
  waitUntilNetworkInterfaceAvailable,
  waitUntilVpcAvailable,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { now } from '../../services/ec2-context.ts';
import { connectedClient } from './connected-client.ts';

it('builds a private network with a gateway endpoint', async () => {
  const { client } = connectedClient();
  const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: 'training & <more>' }] }];
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications }));
  const VpcId = Vpc?.VpcId ?? '';
  expect(Vpc?.Tags).toEqual([{ Key: 'Name', Value: 'training & <more>' }]);
  await waitUntilVpcAvailable({ client, maxWaitTime: 30 }, { VpcIds: [VpcId] });

  for (const CidrBlock of ['10.0.1.0/24', '10.0.2.0/24']) await client.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
  const subnets: string[] = [];
  for await (const { Subnets = [] } of paginateDescribeSubnets({ client, pageSize: 5 }, { Filters: [{ Name: 'vpc-id', Values: [VpcId] }] })) {
    subnets.push(...Subnets.map(({ SubnetId = '' }) => SubnetId));
  }
  expect(subnets).toHaveLength(2);

  const { RouteTable } = await client.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId ?? '';
  for (const SubnetId of subnets) await client.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  const { VpcEndpoint } = await client.send(
    new CreateVpcEndpointCommand({ VpcId, ServiceName: 'com.amazonaws.us-east-1.s3', RouteTableIds: [RouteTableId] }),
  );
  const { VpcEndpoints } = await client.send(new DescribeVpcEndpointsCommand({}));
  expect(VpcEndpoints?.[0]).toMatchObject({ State: 'available', CreationTimestamp: now, RouteTableIds: [RouteTableId] });
  const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
  expect(RouteTables?.[0]?.Associations).toHaveLength(2);
  expect(RouteTables?.[0]?.Routes).toContainEqual({
    DestinationPrefixListId: 'pl-63a5400a',
    GatewayId: VpcEndpoint?.VpcEndpointId,
    Origin: 'CreateRoute',
    State: 'active',
  });

  const { GroupId = '' } = await client.send(new CreateSecurityGroupCommand({ VpcId, GroupName: 'jobs', Description: 'training jobs' }));
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, Description: 'peers' }] }];
  await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const { SecurityGroups } = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  expect(SecurityGroups?.[0]?.IpPermissions).toMatchObject(IpPermissions);

  const { NetworkInterface } = await client.send(new CreateNetworkInterfaceCommand({ SubnetId: subnets[0], Groups: [GroupId] }));
  const NetworkInterfaceIds = [NetworkInterface?.NetworkInterfaceId ?? ''];
  await waitUntilNetworkInterfaceAvailable({ client, maxWaitTime: 30 }, { NetworkInterfaceIds });
  const { NetworkInterfaces } = await client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }));
  expect(NetworkInterfaces?.[0]).toMatchObject({ SubnetId: subnets[0], Groups: [{ GroupId, GroupName: 'jobs' }], SourceDestCheck: true });
});

it('hears of a refusal in the words of EC2', async () => {
  const { client } = connectedClient();
  const refused = client.send(new DeleteVpcCommand({ VpcId: 'vpc-0123456789abcdef0' }));
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-0123456789abcdef0' does not exist",
    $metadata: { httpStatusCode: 400, requestId: 'request-1' },
  });
  await expect(client.send(new DeleteVpcCommand({ VpcId: 'vpc-0123456789abcdef0', DryRun: true }))).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
  });
  await expect(client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true }))).rejects.toMatchObject({
    name: 'DryRunOperation',
    $metadata: { httpStatusCode: 412 },
  });
});
