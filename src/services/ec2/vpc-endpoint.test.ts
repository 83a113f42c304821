import { expect, it } from 'vitest';
import { ec2Account, now } from '../../../test/services/ec2-context.ts';

const ServiceName = 'com.amazonaws.us-east-1.s3';
const fullAccess = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';
const narrow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}]}';

function network() {
  const account = ec2Account();
  const VpcId = account.createVpc();
  const tables = [account.createRouteTable(VpcId), account.createRouteTable(VpcId)] as const;
  const create = (RouteTableIds: readonly string[] = tables): string =>
    account.call('CreateVpcEndpoint', { VpcId, ServiceName, VpcEndpointType: 'Gateway', RouteTableIds }).VpcEndpoint?.VpcEndpointId ?? '';
  const routes = (RouteTableId: string) => account.call('DescribeRouteTables', { RouteTableIds: [RouteTableId] }).RouteTables?.[0]?.Routes;
  return { ...account, VpcId, tables, create, routes };
}

it('is listed as a service that has a gateway and interfaces', () => {
  const { call, refusal } = ec2Account();
  const typesOf = (input: object) =>
    call('DescribeVpcEndpointServices', input).ServiceDetails?.map((row) => [row.ServiceName?.slice(24), row.ServiceType?.[0]?.ServiceType]);
  expect(typesOf({})).toEqual([
    ['dynamodb', 'Gateway'],
    ['ec2', 'Interface'],
    ['logs', 'Interface'],
    ['s3', 'Gateway'],
    ['s3', 'Interface'],
    ['sagemaker.api', 'Interface'],
    ['sts', 'Interface'],
  ]);
  expect(call('DescribeVpcEndpointServices', {}).ServiceNames?.filter((name) => name === ServiceName)).toEqual([ServiceName]);
  expect(call('DescribeVpcEndpointServices', { ServiceNames: [ServiceName] }).ServiceDetails).toMatchObject([
    { VpcEndpointPolicySupported: true, Owner: 'amazon', BaseEndpointDnsNames: ['s3.us-east-1.amazonaws.com'] },
    { VpcEndpointPolicySupported: true, Owner: 'amazon', BaseEndpointDnsNames: ['s3.us-east-1.vpce.amazonaws.com'] },
  ]);
  expect(typesOf({ Filters: [{ Name: 'service-type', Values: ['Gateway'] }] })).toEqual([
    ['dynamodb', 'Gateway'],
    ['s3', 'Gateway'],
  ]);
  const first = call('DescribeVpcEndpointServices', { MaxResults: 4 });
  expect(first.ServiceDetails).toHaveLength(4);
  expect(typesOf({ NextToken: first.NextToken })?.[0]).toEqual(['s3', 'Interface']);
  expect(refusal('DescribeVpcEndpointServices', { ServiceNames: ['com.example.none'] })).toMatchObject({
    code: 'InvalidServiceName',
    message: "The Vpc Endpoint Service 'com.example.none' does not exist",
  });
});

it('adds the route to S3 to each chosen table by itself, with full access', () => {
  const { call, create, routes, generation, tables, VpcId } = network();
  const before = generation(VpcId);
  const VpcEndpointId = create();
  expect(generation(VpcId)).toBe(before + 1);
  for (const table of tables) {
    expect(routes(table)).toEqual([
      { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
      { DestinationPrefixListId: 'pl-63a5400a', GatewayId: VpcEndpointId, Origin: 'CreateRoute', State: 'active' },
    ]);
  }
  expect(call('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }).VpcEndpoints).toMatchObject([
    {
      VpcEndpointId,
      VpcEndpointType: 'Gateway',
      ServiceName,
      State: 'available',
      RouteTableIds: tables,
      PolicyDocument: fullAccess,
      CreationTimestamp: now,
      NetworkInterfaceIds: [],
      PrivateDnsEnabled: false,
    },
  ]);
});

it('is one way to S3 per table', () => {
  const { create, refusal, tables, VpcId } = network();
  create([tables[0]]);
  expect(refusal('CreateVpcEndpoint', { VpcId, ServiceName, RouteTableIds: [tables[1], tables[0]] })).toMatchObject({
    code: 'RouteAlreadyExists',
    message: `route table ${tables[0]} already has a route with destination-prefix-list-id pl-63a5400a`,
  });
});

it('cannot be re-routed by the route operations', () => {
  const { create, refusal, tables } = network();
  const GatewayId = create([tables[0]]);
  const DestinationPrefixListId = 'pl-63a5400a';
  expect(refusal('CreateRoute', { RouteTableId: tables[1], DestinationPrefixListId, GatewayId })).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'Cannot create or replace a prefix list route targeting a VPC Endpoint.',
  });
  expect(refusal('CreateRoute', { RouteTableId: tables[0], DestinationPrefixListId, GatewayId }).code).toBe('RouteAlreadyExists');
  expect(refusal('ReplaceRoute', { RouteTableId: tables[0], DestinationPrefixListId, GatewayId }).message).toBe(
    'Cannot create or replace a prefix list route targeting a VPC Endpoint.',
  );
  expect(refusal('DeleteRoute', { RouteTableId: tables[0], DestinationPrefixListId })).toMatchObject({
    code: 'InvalidParameterValue',
    message: `cannot remove VPC endpoint route ${DestinationPrefixListId} in route table ${tables[0]}`,
  });
});

it('takes a custom policy as it is, and can go back to full access', () => {
  const { call, VpcId } = network();
  const { VpcEndpointId = '', PolicyDocument } = call('CreateVpcEndpoint', { VpcId, ServiceName, PolicyDocument: narrow }).VpcEndpoint ?? {};
  expect(PolicyDocument).toBe(narrow);
  call('ModifyVpcEndpoint', { VpcEndpointId, ResetPolicy: true });
  expect(call('DescribeVpcEndpoints', {}).VpcEndpoints?.[0]?.PolicyDocument).toBe(fullAccess);
  call('ModifyVpcEndpoint', { VpcEndpointId, PolicyDocument: narrow });
  expect(call('DescribeVpcEndpoints', {}).VpcEndpoints?.[0]?.PolicyDocument).toBe(narrow);
});

it.each([
  ['no JSON', '{', 'This policy contains invalid Json'],
  ['two documents back to back', `${narrow}${narrow}`, 'This policy contains invalid Json'],
  ['no statement', '{"Version":"2012-10-17"}', 'Statement: a policy must contain statements'],
  ['no principal', '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', 'Statement[0].Principal: Missing required field Principal'],
  ['an action that is none', narrow.replace('s3:GetObject', 'GetObject'), expect.stringMatching(/^Statement\[0\]\.Action: /)],
  ['too long', `${' '.repeat(20_480)}{}`, 'The policy document exceeds the maximum length of 20480 characters'],
])('refuses a policy with %s', (_name, PolicyDocument, message) => {
  const { create, refusal, VpcId } = network();
  expect(refusal('CreateVpcEndpoint', { VpcId, ServiceName, PolicyDocument })).toMatchObject({ code: 'InvalidPolicyDocument', message });
  expect(refusal('ModifyVpcEndpoint', { VpcEndpointId: create([]), PolicyDocument }).code).toBe('InvalidPolicyDocument');
});

it('moves between tables', () => {
  const { call, create, refusal, routes, tables, createVpc, createRouteTable } = network();
  const VpcEndpointId = create([tables[0]]);
  call('ModifyVpcEndpoint', { VpcEndpointId, AddRouteTableIds: [tables[1]], RemoveRouteTableIds: [tables[0]] });
  expect(routes(tables[0])).toHaveLength(1);
  expect(routes(tables[1])).toHaveLength(2);
  expect(call('DescribeVpcEndpoints', {}).VpcEndpoints?.[0]?.RouteTableIds).toEqual([tables[1]]);
  expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, AddRouteTableIds: [createRouteTable(createVpc('10.1.0.0/16'))] })).toMatchObject({
    code: 'InvalidParameter',
    message: 'You have specified two resources that belong to different networks.',
  });
  expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, RemoveRouteTableIds: [tables[0]] }).code).toBe('InvalidParameter');
});

it('is forgotten by a table that is deleted', () => {
  const { call, create, tables } = network();
  create();
  call('DeleteRouteTable', { RouteTableId: tables[0] });
  expect(call('DescribeVpcEndpoints', {}).VpcEndpoints?.[0]?.RouteTableIds).toEqual([tables[1]]);
});

it('takes its routes along when it is deleted, and reports what cannot be', () => {
  const { call, create, refusal, routes, tables } = network();
  const VpcEndpointId = create();
  expect(call('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId, 'vpce-00000000'] }).Unsuccessful).toEqual([
    {
      ResourceId: 'vpce-00000000',
      Error: { Code: 'InvalidVpcEndpointId.NotFound', Message: "The Vpc Endpoint Id 'vpce-00000000' does not exist" },
    },
  ]);
  expect(tables.map((table) => routes(table)?.length)).toEqual([1, 1]);
  expect(refusal('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }).code).toBe('InvalidVpcEndpointId.NotFound');
});

it('answers a retried creation with the same endpoint', () => {
  const { call, VpcId, store } = network();
  const create = (): string | undefined => call('CreateVpcEndpoint', { VpcId, ServiceName, ClientToken: 'once' }).VpcEndpoint?.VpcEndpointId;
  expect(create()).toBe(create());
  expect(store.ec2.vpcEndpoints.list()).toHaveLength(1);
});

it('refuses what is not enforced by name, and what does not exist', () => {
  const { refusal, VpcId } = network();
  expect(refusal('CreateVpcEndpoint', { VpcId, ServiceName, VpcEndpointType: 'GatewayLoadBalancer' })).toMatchObject({
    code: 'InvalidParameter',
    message: 'Endpoint type (GatewayLoadBalancer) does not match available service types ([Gateway, Interface]).',
  });
  expect(refusal('CreateVpcEndpoint', { VpcId, ServiceName: 'com.amazonaws.us-east-1.dynamodb' }).message).toBe(
    'The parameter ServiceName com.amazonaws.us-east-1.dynamodb is not supported: there is no DynamoDB here.',
  );
  expect(refusal('CreateVpcEndpoint', { VpcId, ServiceName: 'com.amazonaws.eu-west-1.s3' })).toMatchObject({
    code: 'InvalidServiceName',
    message: "The Vpc Endpoint Service 'com.amazonaws.eu-west-1.s3' does not exist",
  });
  const gateway = (more: object): string => refusal('CreateVpcEndpoint', { VpcId, ServiceName, ...more }).message;
  expect(gateway({ SubnetIds: ['subnet-1'] })).toBe('Subnet IDs are only supported for Interface type VPC Endpoint.');
  expect(gateway({ SecurityGroupIds: ['sg-1'] })).toBe('Security Group IDs are only supported for Interface type VPC Endpoint.');
  expect(gateway({ PrivateDnsEnabled: true })).toBe('Private DNS is only supported for Interface type VPC Endpoint.');
  expect(gateway({ DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: true } })).toBe(
    'DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.',
  );
  expect(gateway({ IpAddressType: 'dualstack' })).toContain('IpAddressType is not supported');
});

it("shows AWS's S3 prefix list with the region's id", () => {
  const { call, refusal } = ec2Account({ region: 'eu-west-1' });
  const [list] = call('DescribePrefixLists', {}).PrefixLists ?? [];
  expect(list).toEqual({ PrefixListId: 'pl-6da54004', PrefixListName: 'com.amazonaws.eu-west-1.s3', Cidrs: ['198.18.0.0/24'] });
  const byOwner = [{ Name: 'owner-id', Values: ['AWS'] }];
  expect(call('DescribeManagedPrefixLists', { Filters: byOwner }).PrefixLists).toMatchObject([
    { PrefixListId: 'pl-6da54004', OwnerId: 'AWS', AddressFamily: 'IPv4', PrefixListArn: 'arn:aws:ec2:eu-west-1:aws:prefix-list/pl-6da54004' },
  ]);
  expect(call('GetManagedPrefixListEntries', { PrefixListId: 'pl-6da54004' }).Entries).toEqual([{ Cidr: '198.18.0.0/24' }]);
  expect(refusal('GetManagedPrefixListEntries', { PrefixListId: 'pl-63a5400a' }).code).toBe('InvalidPrefixListID.NotFound');
});
