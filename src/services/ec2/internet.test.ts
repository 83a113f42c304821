import { describe, expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';

/** A VPC with a subnet, an attached internet gateway, and an Elastic IP that nobody has. */
function network() {
  const account = ec2Account();
  const { call, store } = account;
  const VpcId = account.createVpc();
  const SubnetId = account.createSubnet(VpcId);
  const RouteTableId = account.createRouteTable(VpcId);
  const InternetGatewayId = call('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId ?? '';
  call('AttachInternetGateway', { InternetGatewayId, VpcId });
  const { AllocationId = '', PublicIp = '' } = call('AllocateAddress', { Domain: 'vpc' });
  const natGateways = () => call('DescribeNatGateways', {}).NatGateways ?? [];
  const applied = () => store.transact(() => store.identifiers.setAppliedGeneration(VpcId, account.generation(VpcId)));
  const routeOf = (id: string) =>
    call('DescribeRouteTables', { RouteTableIds: [RouteTableId] }).RouteTables?.[0]?.Routes?.find(({ GatewayId, NatGatewayId, NetworkInterfaceId }) =>
      [GatewayId, NatGatewayId, NetworkInterfaceId].includes(id),
    );
  return { ...account, VpcId, SubnetId, RouteTableId, InternetGatewayId, AllocationId, PublicIp, natGateways, applied, routeOf };
}

const everywhere = '0.0.0.0/0';

describe('an internet gateway', () => {
  it('is created with tags, attached to one VPC, and told by its attachment', () => {
    const { call, VpcId, InternetGatewayId } = network();
    call('CreateTags', { Resources: [InternetGatewayId], Tags: [{ Key: 'Name', Value: 'way out' }] });
    expect(call('DescribeInternetGateways', { Filters: [{ Name: 'attachment.vpc-id', Values: [VpcId] }] }).InternetGateways).toEqual([
      {
        InternetGatewayId,
        OwnerId: '123456789012',
        Attachments: [{ State: 'available', VpcId }],
        Tags: [{ Key: 'Name', Value: 'way out' }],
      },
    ]);
  });

  it('is attached once, and a VPC has one', () => {
    const { call, refusal, createVpc, VpcId, InternetGatewayId } = network();
    const other = createVpc('10.9.0.0/16');
    expect(refusal('AttachInternetGateway', { InternetGatewayId, VpcId: other })).toMatchObject({
      code: 'Resource.AlreadyAssociated',
      message: `resource ${InternetGatewayId} is already attached to network ${VpcId}`,
    });
    const second = call('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId ?? '';
    expect(refusal('AttachInternetGateway', { InternetGatewayId: second, VpcId })).toMatchObject({
      code: 'InvalidParameterValue',
      message: `Network ${VpcId} already has an internet gateway attached`,
    });
    expect(refusal('DetachInternetGateway', { InternetGatewayId: second, VpcId }).code).toBe('Gateway.NotAttached');
    expect(refusal('DeleteInternetGateway', { InternetGatewayId: 'igw-0' }).code).toBe('InvalidInternetGatewayID.NotFound');
  });

  it('stays while it is attached or public addresses are mapped, and keeps its VPC', () => {
    const { call, refusal, createInterface, VpcId, SubnetId, InternetGatewayId, AllocationId } = network();
    const NetworkInterfaceId = createInterface(SubnetId);
    call('AssociateAddress', { AllocationId, NetworkInterfaceId });
    expect(refusal('DetachInternetGateway', { InternetGatewayId, VpcId })).toMatchObject({
      code: 'DependencyViolation',
      message: `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    });
    expect(refusal('DeleteInternetGateway', { InternetGatewayId })).toMatchObject({
      code: 'DependencyViolation',
      message: `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
    });
    call('DeleteNetworkInterface', { NetworkInterfaceId });
    call('DeleteSubnet', { SubnetId });
    expect(refusal('DeleteVpc', { VpcId }).code).toBe('DependencyViolation');
    call('DetachInternetGateway', { InternetGatewayId, VpcId });
    call('DeleteInternetGateway', { InternetGatewayId });
    expect(call('DescribeInternetGateways', {}).InternetGateways).toEqual([]);
  });

  it('gives a route a target, which is a black hole while it is detached', () => {
    const { call, refusal, createVpc, createRouteTable, routeOf, VpcId, RouteTableId, InternetGatewayId } = network();
    const foreign = createRouteTable(createVpc('10.9.0.0/16'));
    expect(refusal('CreateRoute', { RouteTableId: foreign, DestinationCidrBlock: everywhere, GatewayId: InternetGatewayId })).toMatchObject({
      code: 'InvalidParameterValue',
      message: `route table ${foreign} and network gateway ${InternetGatewayId} belong to different networks`,
    });
    expect(call('CreateRoute', { RouteTableId, DestinationCidrBlock: everywhere, GatewayId: InternetGatewayId }).Return).toBe(true);
    const route = { DestinationCidrBlock: everywhere, GatewayId: InternetGatewayId, Origin: 'CreateRoute' };
    expect(routeOf(InternetGatewayId)).toEqual({ ...route, State: 'active' });
    expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: everywhere, GatewayId: InternetGatewayId }).code).toBe('RouteAlreadyExists');
    call('DetachInternetGateway', { InternetGatewayId, VpcId });
    expect(routeOf(InternetGatewayId)).toEqual({ ...route, State: 'blackhole' });
    call('DeleteRoute', { RouteTableId, DestinationCidrBlock: everywhere });
    expect(routeOf(InternetGatewayId)).toBeUndefined();
  });
});

describe('an Elastic IP', () => {
  it('is allocated out of the reserved range, each another, and released', () => {
    const { call, refusal, AllocationId, PublicIp } = network();
    const second = call('AllocateAddress', { TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'a', Value: 'b' }] }] });
    expect([PublicIp, second.PublicIp]).toEqual(['198.19.0.1', '198.19.0.2']);
    call('ReleaseAddress', { AllocationId });
    expect(call('AllocateAddress', {}).PublicIp).toBe('198.19.0.3');
    expect(call('DescribeAddresses', { PublicIps: ['198.19.0.2'] }).Addresses).toEqual([
      {
        AllocationId: second.AllocationId,
        PublicIp: '198.19.0.2',
        Domain: 'vpc',
        PublicIpv4Pool: 'amazon',
        NetworkBorderGroup: 'us-east-1',
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    ]);
    expect(refusal('ReleaseAddress', { AllocationId })).toMatchObject({
      code: 'InvalidAllocationID.NotFound',
      message: `The allocation ID '${AllocationId}' does not exist`,
    });
    expect(call('DescribeAddressesAttribute', { AllocationIds: [second.AllocationId ?? ''], Attribute: 'domain-name' }).Addresses).toEqual([]);
  });

  it('belongs to one interface, moves by default, and is let go with it', () => {
    const { call, refusal, createInterface, SubnetId, AllocationId, PublicIp } = network();
    const [first, second] = [createInterface(SubnetId), createInterface(SubnetId)];
    const { AssociationId = '' } = call('AssociateAddress', { AllocationId, NetworkInterfaceId: first });
    const [described] =
      call('DescribeNetworkInterfaces', { Filters: [{ Name: 'association.public-ip', Values: [PublicIp] }] }).NetworkInterfaces ?? [];
    expect(described).toMatchObject({ NetworkInterfaceId: first, Association: { AllocationId, AssociationId, PublicIp } });
    expect(refusal('AssociateAddress', { AllocationId, NetworkInterfaceId: second, AllowReassociation: false })).toMatchObject({
      code: 'Resource.AlreadyAssociated',
      message: `resource ${AllocationId} is already associated with associate-id ${AssociationId}`,
    });
    expect(refusal('ReleaseAddress', { AllocationId })).toMatchObject({ code: 'InvalidIPAddress.InUse', message: `Address ${PublicIp} is in use.` });
    call('AssociateAddress', { AllocationId, NetworkInterfaceId: second });
    expect(call('DescribeAddresses', { AllocationIds: [AllocationId] }).Addresses).toMatchObject([{ NetworkInterfaceId: second }]);
    call('DeleteNetworkInterface', { NetworkInterfaceId: second });
    expect(call('DescribeAddresses', {}).Addresses?.[0]?.AssociationId).toBeUndefined();
    const again = call('AssociateAddress', { AllocationId, NetworkInterfaceId: first });
    call('DisassociateAddress', { AssociationId: again.AssociationId ?? '' });
    call('ReleaseAddress', { AllocationId });
  });

  it('is given to no interface that a service attached, and to none without an internet gateway', () => {
    const { call, refusal, createInterface, store, SubnetId, VpcId, InternetGatewayId, AllocationId } = network();
    const NetworkInterfaceId = createInterface(SubnetId);
    store.transact(() =>
      store.ec2.attach(NetworkInterfaceId, {
        attachmentId: 'ela-attach-1',
        attachTime: '2026-11-01T12:00:00.000Z',
        instanceOwnerId: 'amazon-aws',
        deviceIndex: 1,
      }),
    );
    expect(refusal('AssociateAddress', { AllocationId, NetworkInterfaceId })).toMatchObject({
      code: 'OperationNotPermitted',
      message: "You are not allowed to manage 'ela-attach' attachments.",
    });
    call('DetachInternetGateway', { InternetGatewayId, VpcId });
    expect(refusal('AssociateAddress', { AllocationId, NetworkInterfaceId: createInterface(SubnetId) }).code).toBe('Gateway.NotAttached');
  });
});

describe('a NAT gateway', () => {
  it('is pending until the kernel has it, then available, with an interface of its own', () => {
    const { call, natGateways, applied, SubnetId, VpcId, AllocationId, PublicIp } = network();
    const created = call('CreateNatGateway', { SubnetId, AllocationId, ClientToken: 'once' }).NatGateway;
    expect(created?.State).toBe('pending');
    expect(natGateways()).toMatchObject([{ State: 'pending' }]);
    applied();
    const [gateway] = natGateways();
    expect(gateway).toMatchObject({ State: 'available', ConnectivityType: 'public', SubnetId, VpcId });
    expect(gateway?.NatGatewayAddresses).toMatchObject([{ AllocationId, PublicIp, PrivateIp: '10.0.1.4', IsPrimary: true }]);
    expect(call('DescribeNetworkInterfaces', {}).NetworkInterfaces).toMatchObject([
      {
        InterfaceType: 'nat_gateway',
        Description: `Interface for NAT Gateway ${gateway?.NatGatewayId}`,
        RequesterManaged: true,
        Status: 'in-use',
        Groups: [],
        Association: { PublicIp },
      },
    ]);
    expect(call('CreateNatGateway', { SubnetId, AllocationId, ClientToken: 'once' }).NatGateway?.NatGatewayId).toBe(gateway?.NatGatewayId);
    expect(natGateways()).toHaveLength(1);
  });

  it('fails, and says why, without an internet gateway and with an address that is somebody else’s', () => {
    const { call, natGateways, refusal, InternetGatewayId, SubnetId, VpcId, AllocationId } = network();
    call('CreateNatGateway', { SubnetId, AllocationId });
    call('CreateNatGateway', { SubnetId, AllocationId });
    expect(natGateways().map(({ FailureCode, FailureMessage }) => [FailureCode, FailureMessage])).toContainEqual([
      'Resource.AlreadyAssociated',
      `Elastic IP address ${AllocationId} is already associated`,
    ]);
    expect(refusal('CreateNatGateway', { SubnetId }).code).toBe('MissingParameter');
    for (const { NatGatewayId = '' } of natGateways()) call('DeleteNatGateway', { NatGatewayId });
    call('DetachInternetGateway', { InternetGatewayId, VpcId });
    call('CreateNatGateway', { SubnetId, AllocationId });
    expect(natGateways()).toContainEqual(
      expect.objectContaining({
        State: 'failed',
        FailureCode: 'Gateway.NotAttached',
        FailureMessage: `Network ${VpcId} has no Internet gateway attached`,
      }),
    );
  });

  it('keeps its address and interface from others, and gives them back when it is deleted', () => {
    const account = network();
    const { call, refusal, natGateways, applied, routeOf, SubnetId, RouteTableId, AllocationId } = account;
    const NatGatewayId = call('CreateNatGateway', { SubnetId, AllocationId }).NatGateway?.NatGatewayId ?? '';
    call('CreateRoute', { RouteTableId, DestinationCidrBlock: everywhere, NatGatewayId });
    expect(routeOf(NatGatewayId)).toMatchObject({ State: 'active', NatGatewayId });
    const [address] = call('DescribeAddresses', {}).Addresses ?? [];
    expect(refusal('DisassociateAddress', { AssociationId: address?.AssociationId ?? '' }).code).toBe('AuthFailure');
    expect(refusal('DeleteSubnet', { SubnetId }).code).toBe('DependencyViolation');
    applied();
    call('DeleteNatGateway', { NatGatewayId });
    expect(natGateways()).toMatchObject([{ State: 'deleting' }]);
    expect(routeOf(NatGatewayId)).toMatchObject({ State: 'blackhole' });
    applied();
    expect(natGateways()).toMatchObject([{ State: 'deleted', DeleteTime: expect.any(Date) }]);
    expect(refusal('ReplaceRoute', { RouteTableId, DestinationCidrBlock: everywhere, NatGatewayId }).code).toBe('InvalidNatGatewayID.NotFound');
    call('ReleaseAddress', { AllocationId });
    call('DeleteSubnet', { SubnetId });
  });

  it('is forgotten an hour after its end', () => {
    const { call, context, natGateways, SubnetId, AllocationId } = network();
    const NatGatewayId = call('CreateNatGateway', { SubnetId, AllocationId }).NatGateway?.NatGatewayId ?? '';
    call('DeleteNatGateway', { NatGatewayId });
    expect(natGateways()).toHaveLength(1);
    Object.assign(context, { now: new Date(context.now.getTime() + 61 * 60_000) });
    expect(natGateways()).toEqual([]);
  });

  it('has no Elastic IP when it is private', () => {
    const { call, natGateways, refusal, SubnetId, AllocationId } = network();
    expect(refusal('CreateNatGateway', { SubnetId, AllocationId, ConnectivityType: 'private' }).code).toBe('InvalidParameterCombination');
    call('CreateNatGateway', { SubnetId, ConnectivityType: 'private', PrivateIpAddress: '10.0.1.9' });
    const [gateway] = natGateways();
    expect(gateway).toMatchObject({ ConnectivityType: 'private', NatGatewayAddresses: [{ PrivateIp: '10.0.1.9' }] });
    expect(refusal('CreateNatGateway', { SubnetId, AllocationId, AvailabilityMode: 'regional' }).code).toBe('UnsupportedOperation');
  });
});

it('a route may lead to an interface of the VPC, inside its blocks too', () => {
  const { call, refusal, createInterface, routeOf, SubnetId, RouteTableId, InternetGatewayId } = network();
  const NetworkInterfaceId = createInterface(SubnetId);
  expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: '10.0.1.0/24', GatewayId: InternetGatewayId }).code).toBe(
    'InvalidParameterValue',
  );
  call('CreateRoute', { RouteTableId, DestinationCidrBlock: '10.0.1.0/24', NetworkInterfaceId });
  expect(routeOf(NetworkInterfaceId)).toMatchObject({ State: 'active' });
  call('DeleteNetworkInterface', { NetworkInterfaceId });
  expect(routeOf(NetworkInterfaceId)).toMatchObject({ State: 'blackhole' });
});
