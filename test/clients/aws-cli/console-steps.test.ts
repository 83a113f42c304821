import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';

/**
 * The seven steps by which AWS's guide makes an endpoint for S3 in the console
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/neo-vpc.html), as commands. The tests go them in order.
 */

const cli = new AwsCli('v2');
const aws = async (...words: readonly string[]): Promise<any> => await cli.run('ec2', ...words);
const ids = { vpc: '', main: '', selected: '', left: '', endpoint: '' };
let serviceName = '';

beforeAll(async () => {
  await cli.open();
  ids.vpc = (
    await aws('create-vpc', '--cidr-block', '10.0.0.0/16', '--tag-specifications', 'ResourceType=vpc,Tags=[{Key=Name,Value=jobs}]')
  ).Vpc.VpcId;
  const tables = await Promise.all([aws('create-route-table', '--vpc-id', ids.vpc), aws('create-route-table', '--vpc-id', ids.vpc)]);
  [ids.selected, ids.left] = tables.map(({ RouteTable }) => RouteTable.RouteTableId as string) as [string, string];
});
afterAll(async () => await cli.close());

it('steps 1 and 2: lists the endpoints, of which there is none yet', async () => {
  expect((await aws('describe-vpc-endpoints')).VpcEndpoints).toEqual([]);
});

it('steps 3 and 4: finds com.amazonaws.REGION.s3, of the type Gateway', async () => {
  const region = (await aws('describe-availability-zones', '--query', 'AvailabilityZones[0].RegionName')) as string;
  const wanted = `Name=service-name,Values=com.amazonaws.${region}.s3`;
  const found = await aws('describe-vpc-endpoint-services', '--filters', wanted, 'Name=service-type,Values=Gateway');
  expect(found.ServiceNames).toEqual([`com.amazonaws.${region}.s3`]);
  expect(found.ServiceDetails[0].ServiceType).toEqual([{ ServiceType: 'Gateway' }]);
  serviceName = found.ServiceNames[0];
});

it('step 5: chooses the VPC, by its name', async () => {
  const { Vpcs } = await aws('describe-vpcs', '--filters', 'Name=tag:Name,Values=jobs', 'Name=is-default,Values=false');
  expect(Vpcs.map(({ VpcId }: { VpcId: string }) => VpcId)).toEqual([ids.vpc]);
});

it('step 6: selects route tables, and each gets its route by itself', async () => {
  const tables = await aws('describe-route-tables', '--filters', `Name=vpc-id,Values=${ids.vpc}`, 'Name=association.main,Values=true');
  ids.main = tables.RouteTables[0].RouteTableId;
  const request = ['--vpc-id', ids.vpc, '--service-name', serviceName, '--vpc-endpoint-type', 'Gateway'];
  const { VpcEndpoint } = await aws('create-vpc-endpoint', ...request, '--route-table-ids', ids.main, ids.selected);
  ids.endpoint = VpcEndpoint.VpcEndpointId;
  const leading = await aws('describe-route-tables', '--filters', `Name=route.gateway-id,Values=${ids.endpoint}`);
  const routes = new Map<string, object>(leading.RouteTables.map((table: any) => [table.RouteTableId, table.Routes[1]]));
  expect([...routes.keys()].toSorted()).toEqual([ids.main, ids.selected].toSorted());
  const { PrefixLists } = await aws('describe-prefix-lists', '--filters', `Name=prefix-list-name,Values=${serviceName}`);
  const route = { DestinationPrefixListId: PrefixLists[0].PrefixListId, GatewayId: ids.endpoint, Origin: 'CreateRoute', State: 'active' };
  expect([...routes.values()]).toEqual([route, route]);
});

it('step 7: has Full Access, and then a custom policy', async () => {
  const policy = async () => JSON.parse((await aws('describe-vpc-endpoints', '--vpc-endpoint-ids', ids.endpoint)).VpcEndpoints[0].PolicyDocument);
  expect((await policy()).Statement).toEqual([{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }]);
  const own = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' }] };
  await aws('modify-vpc-endpoint', '--vpc-endpoint-id', ids.endpoint, '--policy-document', JSON.stringify(own));
  expect(await policy()).toEqual(own);
  await aws('modify-vpc-endpoint', '--vpc-endpoint-id', ids.endpoint, '--reset-policy', '--add-route-table-ids', ids.left);
  expect((await policy()).Statement).toHaveLength(1);
  const { VpcEndpoints } = await aws('describe-vpc-endpoints', '--filters', `Name=vpc-id,Values=${ids.vpc}`);
  expect(VpcEndpoints[0].RouteTableIds.toSorted()).toEqual([ids.main, ids.selected, ids.left].toSorted());
});

it("and then the guide's DNS settings and outbound rules", async () => {
  const { Vpcs } = await aws('describe-vpcs', '--vpc-ids', ids.vpc);
  const { DhcpOptions } = await aws('describe-dhcp-options', '--dhcp-options-ids', Vpcs[0].DhcpOptionsId);
  expect(DhcpOptions[0].DhcpConfigurations).toContainEqual({ Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] });
  for (const attribute of ['enableDnsSupport', 'enableDnsHostnames']) {
    await aws('modify-vpc-attribute', '--vpc-id', ids.vpc, `--${attribute.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`);
    const read = await aws('describe-vpc-attribute', '--vpc-id', ids.vpc, '--attribute', attribute);
    expect(read[attribute.replace('e', 'E')]).toEqual({ Value: true });
  }
  const { GroupId } = await aws('create-security-group', '--vpc-id', ids.vpc, '--group-name', 'compilation', '--description', 'compilation jobs');
  const everything = ['--ip-permissions', 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]'];
  await aws('revoke-security-group-egress', '--group-id', GroupId, ...everything);
  const { PrefixLists } = await aws('describe-managed-prefix-lists', '--filters', `Name=prefix-list-name,Values=${serviceName}`);
  const s3 = `IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{PrefixListId=${PrefixLists[0].PrefixListId}}]`;
  const subnet = 'IpProtocol=-1,IpRanges=[{CidrIp=10.0.1.0/24,Description=subnet}]';
  await aws('authorize-security-group-egress', '--group-id', GroupId, '--ip-permissions', s3, subnet);
  const { SecurityGroupRules } = await aws('describe-security-group-rules', '--filters', `Name=group-id,Values=${GroupId}`);
  const peers = SecurityGroupRules.map(({ IsEgress, PrefixListId, CidrIpv4 }: any) => `${IsEgress} ${PrefixListId ?? CidrIpv4}`);
  expect(new Set(peers)).toEqual(new Set([`true ${PrefixLists[0].PrefixListId}`, 'true 10.0.1.0/24']));
});
