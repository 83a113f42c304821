import { expect, it } from 'vitest';
import { accountId, ec2Account, now } from '../../../test/services/ec2-context.ts';

function network() {
  const account = ec2Account();
  const VpcId = account.createVpc();
  const SubnetId = account.createSubnet(VpcId, '10.0.1.0/28');
  const GroupId = account.createGroup(VpcId);
  const shown = (NetworkInterfaceId: string) =>
    account.call('DescribeNetworkInterfaces', { NetworkInterfaceIds: [NetworkInterfaceId] }).NetworkInterfaces?.[0];
  return { ...account, VpcId, SubnetId, GroupId, shown };
}

it('takes the lowest free address, its subnet and its groups', () => {
  const { call, shown, generation, SubnetId, GroupId, VpcId } = network();
  const before = generation(VpcId);
  const created = call('CreateNetworkInterface', { SubnetId, Groups: [GroupId], Description: 'algo-1' }).NetworkInterface;
  expect(created?.Status).toBe('pending');
  expect(generation(VpcId)).toBe(before + 1);
  expect(shown(created?.NetworkInterfaceId ?? '')).toEqual({
    ...created,
    Status: 'available',
    VpcId,
    SubnetId,
    PrivateIpAddress: '10.0.1.4',
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: '10.0.1.4' }],
    MacAddress: '02:00:00:00:00:01',
    Groups: [{ GroupId, GroupName: 'jobs' }],
    AvailabilityZone: 'us-east-1a',
    OwnerId: accountId,
    Description: 'algo-1',
    InterfaceType: 'interface',
    SourceDestCheck: true,
    RequesterManaged: false,
  });
});

it('fills a gap first, and never gives a MAC address twice', () => {
  const { call, createInterface, shown, SubnetId } = network();
  const first = createInterface(SubnetId);
  createInterface(SubnetId);
  call('DeleteNetworkInterface', { NetworkInterfaceId: first });
  expect(shown(createInterface(SubnetId))).toMatchObject({ PrivateIpAddress: '10.0.1.4', MacAddress: '02:00:00:00:00:03' });
});

it('has the default group of the VPC when none is named', () => {
  const { createInterface, shown, SubnetId } = network();
  expect(shown(createInterface(SubnetId))?.Groups).toMatchObject([{ GroupName: 'default' }]);
});

it('says that the subnet is full', () => {
  const { createInterface, refusal, SubnetId } = network();
  for (let count = 0; count < 11; count += 1) createInterface(SubnetId);
  expect(refusal('CreateNetworkInterface', { SubnetId })).toMatchObject({
    code: 'InsufficientFreeAddressesInSubnet',
    message: 'The specified subnet does not have enough free addresses to satisfy the request.',
  });
});

it('takes a named address when it is free', () => {
  const { call, refusal, SubnetId } = network();
  const create = (PrivateIpAddress: string) => refusal('CreateNetworkInterface', { SubnetId, PrivateIpAddress });
  expect(call('CreateNetworkInterface', { SubnetId, PrivateIpAddress: '10.0.1.9' }).NetworkInterface?.PrivateIpAddress).toBe('10.0.1.9');
  expect(create('10.0.1.9')).toMatchObject({ code: 'InvalidIPAddress.InUse', message: 'The specified address is already in use.' });
  expect(create('10.0.2.9').message).toBe("Address 10.0.2.9 does not fall within the subnet's address range");
  expect(create('10.0.1.3').message).toBe("Address 10.0.1.3 is in subnet's reserved address range");
  expect(create('10.0.1.15').message).toBe("Address 10.0.1.15 is in subnet's reserved address range");
  expect(create('nine').message).toBe('invalid value for parameter address: nine');
  const listed = [{ Primary: true, PrivateIpAddress: '10.0.1.10' }];
  expect(call('CreateNetworkInterface', { SubnetId, PrivateIpAddresses: listed }).NetworkInterface?.PrivateIpAddress).toBe('10.0.1.10');
  expect(refusal('CreateNetworkInterface', { SubnetId, PrivateIpAddresses: [...listed, { PrivateIpAddress: '10.0.1.11' }] }).code).toBe(
    'UnsupportedOperation',
  );
});

it('refuses subnets and groups that are not there, not together, or too many', () => {
  const { createVpc, createGroup, refusal, SubnetId, VpcId } = network();
  const create = (Groups: readonly string[]) => refusal('CreateNetworkInterface', { SubnetId, Groups });
  expect(refusal('CreateNetworkInterface', { SubnetId: 'subnet-00000000' })).toMatchObject({
    code: 'InvalidSubnetID.NotFound',
    message: "The subnet ID 'subnet-00000000' does not exist",
  });
  expect(create(['sg-00000000'])).toMatchObject({ code: 'InvalidGroup.NotFound', message: "The security group 'sg-00000000' does not exist" });
  const foreign = createGroup(createVpc('10.1.0.0/16'));
  expect(create([foreign])).toMatchObject({
    code: 'InvalidParameter',
    message: `Security group ${foreign} and subnet ${SubnetId} belong to different networks.`,
  });
  const six = Array.from({ length: 6 }, (_, index) => createGroup(VpcId, `g${index}`));
  expect(create(six)).toMatchObject({
    code: 'SecurityGroupsPerInterfaceLimitExceeded',
    message: 'The maximum number of security groups per interface has been reached.',
  });
});

it('refuses IPv6 and further addresses by name', () => {
  const { refusal, SubnetId } = network();
  for (const [member, asked] of Object.entries({ Ipv6AddressCount: 1, SecondaryPrivateIpAddressCount: 1, InterfaceType: 'efa' as const })) {
    const { code, message } = refusal('CreateNetworkInterface', { SubnetId, [member]: asked });
    expect(code).toBe('UnsupportedOperation');
    expect(message).toContain(`The parameter ${member} is not supported`);
  }
});

it('answers a retried creation with the same interface', () => {
  const { call, createSubnet, refusal, store, SubnetId, VpcId } = network();
  const create = (): string | undefined => call('CreateNetworkInterface', { SubnetId, ClientToken: 't' }).NetworkInterface?.NetworkInterfaceId;
  expect(create()).toBe(create());
  expect(store.ec2.networkInterfaces.list()).toHaveLength(1);
  expect(refusal('CreateNetworkInterface', { SubnetId: createSubnet(VpcId, '10.0.2.0/24'), ClientToken: 't' }).code).toBe(
    'IdempotentParameterMismatch',
  );
});

it('is in use while a job has it, and only the service may detach it', () => {
  const { call, createInterface, refusal, shown, store, SubnetId } = network();
  const NetworkInterfaceId = createInterface(SubnetId);
  const AttachmentId = 'ela-attach-00000000000000001';
  const attachment = { attachmentId: AttachmentId, attachTime: now.toISOString(), instanceOwnerId: 'amazon-aws', deviceIndex: 1 };
  store.transact(() => store.ec2.attach(NetworkInterfaceId, attachment));
  expect(shown(NetworkInterfaceId)).toMatchObject({
    Status: 'in-use',
    Attachment: { AttachmentId, AttachTime: now, InstanceOwnerId: 'amazon-aws', DeviceIndex: 1, Status: 'attached' },
  });
  expect(refusal('DeleteNetworkInterface', { NetworkInterfaceId })).toMatchObject({
    code: 'InvalidParameterValue',
    message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
  });
  expect(refusal('DetachNetworkInterface', { AttachmentId, Force: true })).toMatchObject({
    code: 'OperationNotPermitted',
    message: "You are not allowed to manage 'ela-attach' attachments.",
  });
  expect(refusal('DetachNetworkInterface', { AttachmentId: 'eni-attach-0' }).code).toBe('InvalidAttachmentID.NotFound');
  store.transact(() => store.ec2.detach(NetworkInterfaceId));
  store.transact(() => store.ec2.detach(NetworkInterfaceId));
  expect(shown(NetworkInterfaceId)?.Status).toBe('available');
  call('DeleteNetworkInterface', { NetworkInterfaceId });
  expect(refusal('DeleteNetworkInterface', { NetworkInterfaceId })).toMatchObject({
    code: 'InvalidNetworkInterfaceID.NotFound',
    message: `The networkInterface ID '${NetworkInterfaceId}' does not exist`,
  });
});

it('is attached once', () => {
  const { createInterface, store, SubnetId } = network();
  const id = createInterface(SubnetId);
  const attachment = { attachmentId: 'ela-attach-1', attachTime: now.toISOString(), instanceOwnerId: accountId, deviceIndex: 0 };
  store.ec2.attach(id, attachment);
  expect(() => store.ec2.attach(id, attachment)).toThrow(`${id} is attached once`);
});

it('changes its groups and description, and keeps the source check', () => {
  const { call, createInterface, generation, refusal, SubnetId, GroupId, VpcId } = network();
  const NetworkInterfaceId = createInterface(SubnetId);
  const before = generation(VpcId);
  call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [GroupId] });
  expect(generation(VpcId)).toBe(before + 1);
  call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Description: { Value: 'new' } });
  call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: true } });
  const read = (Attribute: 'groupSet' | 'description' | 'sourceDestCheck') =>
    call('DescribeNetworkInterfaceAttribute', { NetworkInterfaceId, Attribute });
  expect(read('groupSet').Groups).toEqual([{ GroupId, GroupName: 'jobs' }]);
  expect(read('description').Description).toEqual({ Value: 'new' });
  expect(read('sourceDestCheck').SourceDestCheck).toEqual({ Value: true });
  expect(refusal('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [GroupId], Description: { Value: 'x' } }).code).toBe(
    'InvalidParameterCombination',
  );
  expect(refusal('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId }).code).toBe('MissingParameter');
});

it('forwards nothing as the interface of a job, and may as that of a process of the user', () => {
  const { call, createInterface, refusal, store, SubnetId } = network();
  const attached = (attachmentId: string): string => {
    const id = createInterface(SubnetId);
    store.ec2.attach(id, { attachmentId, attachTime: now.toISOString(), instanceOwnerId: accountId, deviceIndex: 0 });
    return id;
  };
  const [ofJob, ofUser] = [attached('ela-attach-1'), attached('eni-attach-1')];
  const off = { SourceDestCheck: { Value: false } };
  expect(refusal('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: ofJob, ...off })).toMatchObject({
    code: 'OperationNotPermitted',
    message: "You are not allowed to manage 'ela-attach' attachments.",
  });
  call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: ofJob, SourceDestCheck: { Value: true } });
  call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: ofUser, ...off });
  expect([ofJob, ofUser].map((id) => store.ec2.networkInterfaces.get(id).sourceDestCheck)).toEqual([true, false]);
});

it('is found by its filters', () => {
  const { call, createInterface, SubnetId, GroupId, VpcId } = network();
  const id = createInterface(SubnetId, [GroupId]);
  createInterface(SubnetId);
  call('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
  const find = (Name: string, value: string) =>
    (call('DescribeNetworkInterfaces', { Filters: [{ Name, Values: [value] }] }).NetworkInterfaces ?? []).map(
      ({ NetworkInterfaceId }) => NetworkInterfaceId,
    );
  expect(find('group-id', GroupId)).toEqual([id]);
  expect(find('group-name', 'jobs')).toEqual([id]);
  expect(find('private-ip-address', '10.0.1.4')).toEqual([id]);
  expect(find('private-dns-name', 'ip-10-0-1-4.ec2.internal')).toEqual([id]);
  expect(find('subnet-id', SubnetId)).toHaveLength(2);
  expect(find('status', 'in-use')).toEqual([]);
  expect(find('requester-managed', 'false')).toHaveLength(2);
});

it('lets other accounts attach it by a permission, and forgets that with the interface', () => {
  const { call, createInterface, refusal, SubnetId } = network();
  const NetworkInterfaceId = createInterface(SubnetId);
  const asked = { NetworkInterfaceId, AwsAccountId: '210987654321', Permission: 'INSTANCE-ATTACH' as const };
  const permission = call('CreateNetworkInterfacePermission', asked).InterfacePermission;
  const { NetworkInterfacePermissionId = '' } = permission ?? {};
  expect(permission).toEqual({ ...asked, NetworkInterfacePermissionId, PermissionState: { State: 'granted' } });
  expect(NetworkInterfacePermissionId).toMatch(/^eni-perm-/);
  const ofInterface = [{ Name: 'network-interface-permission.network-interface-id', Values: [NetworkInterfaceId] }];
  expect(call('DescribeNetworkInterfacePermissions', { Filters: ofInterface }).NetworkInterfacePermissions).toEqual([permission]);
  expect(call('DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId })).toEqual({ Return: true });
  expect(refusal('DeleteNetworkInterfacePermission', { NetworkInterfacePermissionId }).code).toBe('InvalidPermissionID.NotFound');
  expect(refusal('CreateNetworkInterfacePermission', { NetworkInterfaceId, Permission: 'INSTANCE-ATTACH' }).code).toBe('InvalidParameterCombination');
  call('CreateNetworkInterfacePermission', asked);
  call('DeleteNetworkInterface', { NetworkInterfaceId });
  expect(call('DescribeNetworkInterfacePermissions', {}).NetworkInterfacePermissions).toEqual([]);
});

it('demands the interface, the subnet and every group', () => {
  const { demands, SubnetId, GroupId, VpcId } = network();
  const arn = `arn:aws:ec2:us-east-1:${accountId}`;
  expect(demands('CreateNetworkInterface', { SubnetId, Groups: [GroupId] })).toMatchObject([
    {
      action: 'ec2:CreateNetworkInterface',
      resource: `${arn}:network-interface/*`,
      context: { 'ec2:Subnet': [`${arn}:subnet/${SubnetId}`], 'ec2:Vpc': [`${arn}:vpc/${VpcId}`] },
    },
    { action: 'ec2:CreateNetworkInterface', resource: `${arn}:subnet/${SubnetId}` },
    { action: 'ec2:CreateNetworkInterface', resource: `${arn}:security-group/${GroupId}` },
  ]);
});

it('turns the check of source and destination off, and on again', () => {
  const { call, createVpc, createSubnet, createInterface, generation, refusal, store } = ec2Account();
  const VpcId = createVpc();
  const NetworkInterfaceId = createInterface(createSubnet(VpcId));
  const stored = (): boolean => store.ec2.networkInterfaces.get(NetworkInterfaceId).sourceDestCheck;
  const before = generation(VpcId);
  call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: false } });
  expect([stored(), generation(VpcId)]).toEqual([false, before + 1]);
  const unchecked = call('DescribeNetworkInterfaces', { Filters: [{ Name: 'source-dest-check', Values: ['false'] }] }).NetworkInterfaces;
  expect(unchecked?.map((row) => row.NetworkInterfaceId)).toEqual([NetworkInterfaceId]);
  expect(refusal('ResetNetworkInterfaceAttribute', { NetworkInterfaceId }).code).toBe('MissingParameter');
  call('ResetNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: 'sourceDestCheck' });
  expect([stored(), generation(VpcId)]).toEqual([true, before + 2]);
  expect(refusal('ResetNetworkInterfaceAttribute', { NetworkInterfaceId: 'eni-00000000', SourceDestCheck: 'x' }).code).toBe(
    'InvalidNetworkInterfaceID.NotFound',
  );
});
