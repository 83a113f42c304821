import { describe, expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';
import { readWorld } from '../../store/world.ts';

const nameOf = (service: string): string => `com.amazonaws.us-east-1.${service}`;
const sts = nameOf('sts');

function network(options: { readonly hostnames?: boolean } = {}) {
  const account = ec2Account();
  const { call, createVpc } = account;
  const VpcId = createVpc();
  if (options.hostnames !== false) call('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
  const subnet = (CidrBlock: string, AvailabilityZone: string): string =>
    call('CreateSubnet', { VpcId, CidrBlock, AvailabilityZone }).Subnet?.SubnetId ?? '';
  const subnets = [subnet('10.0.1.0/24', 'us-east-1a'), subnet('10.0.2.0/24', 'us-east-1b'), subnet('10.0.3.0/24', 'us-east-1a')] as const;
  const group = account.createGroup(VpcId, 'endpoints');
  const request = { VpcId, VpcEndpointType: 'Interface', ServiceName: sts, SubnetIds: subnets.slice(0, 2), SecurityGroupIds: [group] } as const;
  const create = (more: object = {}) => call('CreateVpcEndpoint', { ...request, ...more }).VpcEndpoint ?? {};
  const refused = (more: object = {}) => account.refusal('CreateVpcEndpoint', { ...request, ...more });
  const endpoint = (VpcEndpointId = '') => call('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }).VpcEndpoints?.[0] ?? {};
  const interfaces = (id = '') =>
    call('DescribeNetworkInterfaces', { Filters: [{ Name: 'description', Values: [`VPC Endpoint Interface ${id}`] }] }).NetworkInterfaces ?? [];
  return { ...account, VpcId, subnets, group, request, create, refused, endpoint, interfaces };
}

/** Names and addresses as the VPC's resolver gets them. */
const namesOf = ({ store }: ReturnType<typeof network>) =>
  Object.assign({}, ...readWorld(store, 'us-east-1').interfaceEndpoints.map(({ names }) => names)) as Record<string, readonly string[]>;

describe('an interface endpoint', () => {
  it('has an interface of the service in each subnet, with its groups', () => {
    const { create, interfaces, subnets, group } = network();
    const { VpcEndpointId, NetworkInterfaceIds, State } = create();
    expect(State).toBe('pending');
    expect(interfaces(VpcEndpointId)).toMatchObject(
      subnets.slice(0, 2).map((SubnetId) => ({
        SubnetId,
        InterfaceType: 'vpc_endpoint',
        RequesterManaged: true,
        RequesterId: '727180483921',
        Status: 'in-use',
        Groups: [{ GroupId: group, GroupName: 'endpoints' }],
        Attachment: { AttachmentId: expect.stringMatching(/^ela-attach-/), InstanceOwnerId: 'amazon-aws', DeviceIndex: 1 },
      })),
    );
    expect(interfaces(VpcEndpointId).map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual(NetworkInterfaceIds?.toSorted());
  });

  it('is shown with every member', () => {
    const { create, endpoint, subnets, group, VpcId, store } = network();
    const { VpcEndpointId = '', NetworkInterfaceIds } = create({ PolicyDocument: '' });
    store.identifiers.setAppliedGeneration(VpcId, store.ec2.vpcs.get(VpcId).generation);
    expect(endpoint(VpcEndpointId)).toMatchObject({
      VpcEndpointId,
      VpcEndpointType: 'Interface',
      VpcId,
      ServiceName: sts,
      ServiceRegion: 'us-east-1',
      State: 'available',
      SubnetIds: subnets.slice(0, 2),
      Groups: [{ GroupId: group, GroupName: 'endpoints' }],
      RouteTableIds: [],
      NetworkInterfaceIds,
      PrivateDnsEnabled: true,
      RequesterManaged: false,
      IpAddressType: 'ipv4',
      DnsOptions: { DnsRecordIpType: 'ipv4' },
    });
    const names = endpoint(VpcEndpointId).DnsEntries?.map(({ DnsName }) => DnsName);
    const label = new RegExp(`^${VpcEndpointId}-[0-9a-f]{8}(?:-us-east-1[ab])?\\.sts\\.us-east-1\\.vpce\\.amazonaws\\.com$`);
    expect(names).toEqual([...Array.from({ length: 3 }, () => expect.stringMatching(label) as string), 'sts.us-east-1.amazonaws.com']);
  });

  it('has the default group when none is named', () => {
    const { create } = network();
    expect(create({ SecurityGroupIds: [] }).Groups).toMatchObject([{ GroupName: 'default' }]);
  });

  it('takes the addresses that are asked for', () => {
    const { create, refused, interfaces, subnets } = network();
    const SubnetConfigurations = [{ SubnetId: subnets[0], Ipv4: '10.0.1.77' }];
    const { VpcEndpointId } = create({ SubnetConfigurations });
    expect(new Set(interfaces(VpcEndpointId).map(({ PrivateIpAddress }) => PrivateIpAddress))).toEqual(new Set(['10.0.1.77', '10.0.2.4']));
    expect(refused({ SubnetConfigurations, PrivateDnsEnabled: false }).code).toBe('InvalidIPAddress.InUse');
  });

  it('is judged on the VPC, the subnets and the groups', () => {
    const { demands, request, subnets, group, VpcId } = network();
    const resources = demands('CreateVpcEndpoint', request).map(({ resource }) => resource.split('/').at(-1));
    expect(resources).toEqual(['*', VpcId, ...subnets.slice(0, 2), group]);
  });

  it.each(['ec2', 'logs', 's3', 'sagemaker.api', 'sts'])('can be made for %s', (service) => {
    const { create } = network();
    expect(create({ ServiceName: nameOf(service) }).ServiceName).toBe(nameOf(service));
  });

  it('answers a retried creation with the same endpoint, and refuses another one with its token', () => {
    const { create, refused, store } = network();
    expect(create({ ClientToken: 'once' }).VpcEndpointId).toBe(create({ ClientToken: 'once' }).VpcEndpointId);
    expect(store.ec2.vpcEndpoints.count()).toBe(1);
    expect(refused({ ClientToken: 'once', SubnetIds: [] }).code).toBe('IdempotentParameterMismatch');
  });

  it('is not made by a dry run, and takes tags', () => {
    const { create, refused } = network();
    expect(refused({ DryRun: true }).code).toBe('DryRunOperation');
    const TagSpecifications = [{ ResourceType: 'vpc-endpoint', Tags: [{ Key: 'Name', Value: 'sts' }] }];
    expect(create({ TagSpecifications }).Tags).toEqual([{ Key: 'Name', Value: 'sts' }]);
  });
});

describe('it is refused', () => {
  it('with two subnets of one zone', () => {
    const { refused, subnets } = network();
    expect(refused({ SubnetIds: subnets })).toMatchObject({
      code: 'DuplicateSubnetsInSameZone',
      message: `Found another VPC endpoint subnet in the availability zone of ${subnets[2]}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
    });
  });

  it('with a subnet or a group of another VPC, or of none', () => {
    const { refused, subnets, createVpc, createSubnet, createGroup } = network();
    const other = createVpc('10.1.0.0/16');
    const foreignGroup = createGroup(other);
    expect(refused({ SubnetIds: [createSubnet(other, '10.1.0.0/24')] }).message).toBe(
      'You have specified two resources that belong to different networks.',
    );
    expect(refused({ SecurityGroupIds: [foreignGroup] })).toMatchObject({
      code: 'InvalidParameter',
      message: `Security group ${foreignGroup} and subnet ${subnets[0]} belong to different networks.`,
    });
    expect(refused({ SubnetIds: ['subnet-00000000'] }).code).toBe('InvalidSubnetID.NotFound');
    expect(refused({ SecurityGroupIds: ['sg-00000000'] }).code).toBe('InvalidGroup.NotFound');
  });

  it('as a gateway of a service that has none, and with route tables', () => {
    const { refused } = network();
    expect(refused({ VpcEndpointType: 'Gateway' }).message).toBe('Endpoint type (Gateway) does not match available service types ([Interface]).');
    expect(refused({ RouteTableIds: ['rtb-00000000'] }).message).toBe('Route table IDs are only supported for Gateway type VPC Endpoint.');
  });

  it('for a service that does not exist here', () => {
    expect(network().refused({ ServiceName: nameOf('kms') })).toMatchObject({
      code: 'InvalidServiceName',
      message: "The Vpc Endpoint Service 'com.amazonaws.us-east-1.kms' does not exist",
    });
  });

  it('when a subnet has no address left', () => {
    const { refused, call, VpcId, createInterface } = network();
    const SubnetId = call('CreateSubnet', { VpcId, CidrBlock: '10.0.9.0/28', AvailabilityZone: 'us-east-1c' }).Subnet?.SubnetId ?? '';
    for (let taken = 0; taken < 11; taken += 1) createInterface(SubnetId);
    expect(refused({ SubnetIds: [SubnetId] }).code).toBe('InsufficientFreeAddressesInSubnet');
  });
});

describe('private DNS', () => {
  it('needs both attributes of the VPC', () => {
    const { refused, create, VpcId } = network({ hostnames: false });
    expect(refused({ PrivateDnsEnabled: true })).toMatchObject({
      code: 'InvalidParameter',
      message: `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${VpcId}`,
    });
    expect(refused().message).toContain('Enabling private DNS requires both');
    expect(create({ PrivateDnsEnabled: false }).PrivateDnsEnabled).toBe(false);
  });

  it('is one per service and VPC', () => {
    const { create, refused, refusal, VpcId } = network();
    create();
    const message = `private-dns-enabled cannot be set because there is already a conflicting DNS domain for sts.us-east-1.amazonaws.com in the VPC ${VpcId}`;
    expect(refused()).toMatchObject({ code: 'InvalidParameter', message });
    const { VpcEndpointId = '' } = create({ PrivateDnsEnabled: false });
    expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, PrivateDnsEnabled: true }).message).toBe(message);
    create({ ServiceName: nameOf('logs') });
  });

  it("takes the service's name over inside the VPC while it is on; the endpoint's own names are always there", () => {
    const made = network();
    const { VpcEndpointId = '', DnsEntries = [] } = made.create();
    const own = DnsEntries.map(({ DnsName = '' }) => DnsName).filter((name) => name.startsWith('vpce-'));
    expect(namesOf(made)).toEqual({
      [own[0] ?? '']: ['10.0.1.4', '10.0.2.4'],
      [own[1] ?? '']: ['10.0.1.4'],
      [own[2] ?? '']: ['10.0.2.4'],
      'sts.us-east-1.amazonaws.com': ['10.0.1.4', '10.0.2.4'],
    });
    made.call('ModifyVpcEndpoint', { VpcEndpointId, PrivateDnsEnabled: false });
    expect(Object.keys(namesOf(made))).toEqual(own);
    made.call('ModifyVpcEndpoint', { VpcEndpointId, PrivateDnsEnabled: true });
    made.call('ModifyVpcAttribute', { VpcId: made.VpcId, EnableDnsHostnames: { Value: false } });
    expect(Object.keys(namesOf(made))).toEqual(own);
  });

  it('of S3 is off unless asked for, and leaves the public names to a gateway endpoint unless told otherwise', () => {
    const made = network();
    const { create, refused, call, VpcId } = made;
    const s3 = { ServiceName: nameOf('s3') };
    expect(create(s3).PrivateDnsEnabled).toBe(false);
    expect(refused({ ...s3, PrivateDnsEnabled: true })).toMatchObject({
      code: 'InvalidParameter',
      message: `To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${VpcId} must have a Gateway endpoint for the service.`,
    });
    call('CreateVpcEndpoint', { VpcId, ServiceName: nameOf('s3') });
    const { VpcEndpointId = '', DnsOptions } = create({ ...s3, PrivateDnsEnabled: true });
    expect(DnsOptions).toEqual({ DnsRecordIpType: 'ipv4', PrivateDnsOnlyForInboundResolverEndpoint: true });
    expect(namesOf(made)).not.toHaveProperty(['s3.us-east-1.amazonaws.com']);
    call('ModifyVpcEndpoint', { VpcEndpointId, DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: false } });
    expect(namesOf(made)).toMatchObject({ 's3.us-east-1.amazonaws.com': expect.anything(), '*.s3.us-east-1.amazonaws.com': expect.anything() });
    expect(refused({ DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: false } }).message).toBe(
      'DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is not supported for this service.',
    );
  });
});

describe('ModifyVpcEndpoint', () => {
  it('changes subnets, one of a zone in place of another', () => {
    const { call, create, endpoint, refusal, interfaces, subnets } = network();
    const { VpcEndpointId = '' } = create();
    expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, AddSubnetIds: [subnets[2]] }).code).toBe('DuplicateSubnetsInSameZone');
    call('ModifyVpcEndpoint', { VpcEndpointId, AddSubnetIds: [subnets[2]], RemoveSubnetIds: [subnets[0]] });
    expect(endpoint(VpcEndpointId).SubnetIds).toEqual([subnets[1], subnets[2]]);
    expect(interfaces(VpcEndpointId)).toHaveLength(2);
    expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, RemoveSubnetIds: [subnets[0]] }).message).toBe(
      `Subnet ${subnets[0]} is not associated with VPC endpoint ${VpcEndpointId}`,
    );
  });

  it("changes groups, of the endpoint's interfaces too, and leaves one", () => {
    const { call, create, createGroup, endpoint, interfaces, refusal, group, VpcId } = network();
    const { VpcEndpointId = '' } = create();
    const other = createGroup(VpcId, 'others');
    call('ModifyVpcEndpoint', { VpcEndpointId, AddSecurityGroupIds: [other], RemoveSecurityGroupIds: [group] });
    expect(endpoint(VpcEndpointId).Groups).toEqual([{ GroupId: other, GroupName: 'others' }]);
    expect(interfaces(VpcEndpointId).flatMap(({ Groups = [] }) => Groups.map(({ GroupId }) => GroupId))).toEqual([other, other]);
    expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, RemoveSecurityGroupIds: [other] }).code).toBe('InvalidParameter');
    expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, RemoveSecurityGroupIds: [group] }).message).toBe(
      `Security group ${group} is not associated with VPC endpoint ${VpcEndpointId}`,
    );
  });

  it('changes the policy and takes it back', () => {
    const { call, create, endpoint } = network();
    const { VpcEndpointId = '', PolicyDocument: full } = create();
    const narrow = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}';
    call('ModifyVpcEndpoint', { VpcEndpointId, PolicyDocument: narrow });
    expect(endpoint(VpcEndpointId).PolicyDocument).toBe(narrow);
    call('ModifyVpcEndpoint', { VpcEndpointId, ResetPolicy: true });
    expect(endpoint(VpcEndpointId).PolicyDocument).toBe(full);
  });

  it('refuses what is for gateways', () => {
    const { create, refusal } = network();
    const { VpcEndpointId = '' } = create();
    expect(refusal('ModifyVpcEndpoint', { VpcEndpointId, AddRouteTableIds: ['rtb-00000000'] }).code).toBe('InvalidParameter');
  });
});

describe('what it holds', () => {
  it('goes with it, and stands in the way of deleting before', () => {
    const { call, create, interfaces, refusal, group, subnets, VpcId } = network();
    const { VpcEndpointId = '' } = create();
    expect(refusal('DeleteSubnet', { SubnetId: subnets[0] }).code).toBe('DependencyViolation');
    expect(refusal('DeleteSecurityGroup', { GroupId: group }).code).toBe('DependencyViolation');
    expect(refusal('DeleteVpc', { VpcId }).code).toBe('DependencyViolation');
    expect(call('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] }).Unsuccessful).toEqual([]);
    expect(interfaces(VpcEndpointId)).toEqual([]);
    call('DeleteSubnet', { SubnetId: subnets[0] });
    call('DeleteSecurityGroup', { GroupId: group });
  });

  it('is not for the account to delete, detach or change', () => {
    const { create, interfaces, refusal, group } = network();
    const { VpcEndpointId } = create();
    const { NetworkInterfaceId = '', Attachment } = interfaces(VpcEndpointId)[0] ?? {};
    const denied = { code: 'AuthFailure', message: 'You do not have permission to access the specified resource.' };
    expect(refusal('DeleteNetworkInterface', { NetworkInterfaceId })).toMatchObject(denied);
    expect(refusal('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [group] })).toMatchObject(denied);
    expect(refusal('DetachNetworkInterface', { AttachmentId: Attachment?.AttachmentId ?? '' })).toMatchObject({
      code: 'OperationNotPermitted',
      message: "You are not allowed to manage 'ela-attach' attachments.",
    });
  });

  it('is found by filters', () => {
    const { call, create } = network();
    const { VpcEndpointId } = create();
    const find = (Name: string, value: string) =>
      call('DescribeVpcEndpoints', { Filters: [{ Name, Values: [value] }] }).VpcEndpoints?.map(({ VpcEndpointId: id }) => id);
    expect(find('vpc-endpoint-type', 'Interface')).toEqual([VpcEndpointId]);
    expect(find('service-name', sts)).toEqual([VpcEndpointId]);
    expect(find('vpc-endpoint-state', 'pending')).toEqual([VpcEndpointId]);
    expect(find('vpc-endpoint-type', 'Gateway')).toEqual([]);
  });
});

describe("an endpoint of the operator's own service", () => {
  const serviceId = 'vpce-svc-0123456789abcdef0';
  const ServiceName = `com.amazonaws.vpce.us-east-1.${serviceId}`;
  function offered(privateDnsName?: string) {
    const made = network();
    const own = privateDnsName === undefined ? {} : { privateDnsName };
    made.store.ec2.endpointServices.insert({ serviceId, name: 'licences', host: '10.9.8.7', port: 27_000, ownerId: '1', createdAt: '', ...own });
    return made;
  }

  it('is found by the name that the operator gave it', () => {
    const { call } = offered('licences.example.internal');
    const Filters = [{ Name: 'tag:Name', Values: ['licences'] }];
    expect(call('DescribeVpcEndpointServices', { Filters }).ServiceDetails).toMatchObject([
      {
        ServiceName,
        ServiceId: serviceId,
        ServiceType: [{ ServiceType: 'Interface' }],
        Owner: '123456789012',
        PrivateDnsName: 'licences.example.internal',
        BaseEndpointDnsNames: [`${serviceId}.us-east-1.vpce.amazonaws.com`],
        VpcEndpointPolicySupported: false,
        Tags: [{ Key: 'Name', Value: 'licences' }],
      },
    ]);
  });

  it('answers at the port of the address, and at the private name', () => {
    const made = offered('licences.example.internal');
    made.create({ ServiceName });
    const [endpoint] = readWorld(made.store, 'us-east-1').interfaceEndpoints;
    expect(endpoint?.ports).toEqual([27_000]);
    expect(namesOf(made)['licences.example.internal']).toEqual(['10.0.1.4', '10.0.2.4']);
  });

  it('has no private name unless the operator gave one, and no policy', () => {
    const { create, refused } = offered();
    expect(create({ ServiceName }).PrivateDnsEnabled).toBe(false);
    expect(refused({ ServiceName, PrivateDnsEnabled: true }).message).toBe(
      `Private DNS can't be enabled because the service ${ServiceName} does not provide a private DNS name.`,
    );
    const PolicyDocument = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';
    expect(refused({ ServiceName, PolicyDocument }).code).toBe('UnsupportedOperation');
  });

  it('is rejected, and answers nowhere, when the operator no longer offers it', () => {
    const made = offered('licences.example.internal');
    const { VpcEndpointId } = made.create({ ServiceName });
    made.store.ec2.endpointServices.delete(serviceId);
    expect(made.endpoint(VpcEndpointId)).toMatchObject({ State: 'rejected', DnsEntries: [] });
    expect(readWorld(made.store, 'us-east-1').interfaceEndpoints).toMatchObject([{ ports: [], names: {} }]);
  });
});
