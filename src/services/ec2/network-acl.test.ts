import { describe, expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';

/** A VPC with a subnet, and an ACL that no subnet has. */
function network() {
  const account = ec2Account();
  const VpcId = account.createVpc();
  const SubnetId = account.createSubnet(VpcId);
  const NetworkAclId = account.call('CreateNetworkAcl', { VpcId }).NetworkAcl?.NetworkAclId ?? '';
  const find = (id: string) => account.call('DescribeNetworkAcls', { NetworkAclIds: [id] }).NetworkAcls?.[0];
  const [byDefault] = account.call('DescribeNetworkAcls', { Filters: [{ Name: 'default', Values: ['true'] }] }).NetworkAcls ?? [];
  return { ...account, VpcId, SubnetId, NetworkAclId, find, byDefault };
}

const web = {
  RuleNumber: 100,
  Protocol: '6',
  RuleAction: 'allow' as const,
  Egress: false,
  CidrBlock: '10.0.0.0/8',
  PortRange: { From: 80, To: 443 },
};

describe('the default network ACL', () => {
  it('is there with the VPC, allows everything, and has every subnet', () => {
    const { byDefault, SubnetId } = network();
    expect(byDefault?.Associations).toMatchObject([{ SubnetId, NetworkAclAssociationId: expect.stringMatching(/^aclassoc-[0-9a-f]{17}$/) }]);
    expect(byDefault?.Entries).toEqual(
      [true, false].flatMap((Egress) => [
        { Egress, RuleNumber: 100, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
        { Egress, RuleNumber: 32_767, RuleAction: 'deny', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
      ]),
    );
  });

  it('is not deleted but with its VPC', () => {
    const { refusal, call, byDefault, NetworkAclId, SubnetId, VpcId, store } = network();
    expect(refusal('DeleteNetworkAcl', { NetworkAclId: byDefault?.NetworkAclId ?? '' }).code).toBe('InvalidParameterValue');
    call('DeleteSubnet', { SubnetId });
    expect(refusal('DeleteVpc', { VpcId }).code).toBe('DependencyViolation');
    call('DeleteNetworkAcl', { NetworkAclId });
    call('DeleteVpc', { VpcId });
    expect(store.ec2.networkAcls.list()).toEqual([]);
  });
});

describe('a network ACL of its own', () => {
  it('denies everything until it has entries', () => {
    const { find, NetworkAclId, VpcId } = network();
    expect(find(NetworkAclId)).toMatchObject({
      VpcId,
      IsDefault: false,
      Associations: [],
      Entries: [{ RuleNumber: 32_767 }, { RuleNumber: 32_767 }],
    });
  });

  it('is made once for one client token', () => {
    const { call, VpcId } = network();
    const create = (): string | undefined => call('CreateNetworkAcl', { VpcId, ClientToken: 'once' }).NetworkAcl?.NetworkAclId;
    expect(create()).toBe(create());
  });

  it('shows its entries by number, egress first, with the numbers of protocols', () => {
    const { call, find, generation, NetworkAclId, VpcId } = network();
    const before = generation(VpcId);
    call('CreateNetworkAclEntry', { NetworkAclId, ...web });
    call('CreateNetworkAclEntry', { NetworkAclId, ...web, RuleNumber: 90, Protocol: 'icmp', IcmpTypeCode: { Type: 8, Code: -1 } });
    call('CreateNetworkAclEntry', { NetworkAclId, RuleNumber: 10, Protocol: '-1', RuleAction: 'deny', Egress: true, Ipv6CidrBlock: '::/0' });
    expect(generation(VpcId)).toBe(before + 3);
    expect(find(NetworkAclId)?.Entries?.filter(({ RuleNumber }) => RuleNumber !== 32_767)).toEqual([
      { Egress: true, RuleNumber: 10, RuleAction: 'deny', Protocol: '-1', Ipv6CidrBlock: '::/0' },
      { Egress: false, RuleNumber: 90, RuleAction: 'allow', Protocol: '1', CidrBlock: '10.0.0.0/8', IcmpTypeCode: { Type: 8, Code: -1 } },
      { Egress: false, RuleNumber: 100, RuleAction: 'allow', Protocol: '6', CidrBlock: '10.0.0.0/8', PortRange: { From: 80, To: 443 } },
    ]);
  });

  it('replaces and deletes an entry by number and direction', () => {
    const { call, refusal, store, NetworkAclId } = network();
    call('CreateNetworkAclEntry', { NetworkAclId, ...web });
    call('CreateNetworkAclEntry', { NetworkAclId, ...web, Egress: true });
    call('ReplaceNetworkAclEntry', { NetworkAclId, ...web, RuleAction: 'deny' });
    expect(store.ec2.networkAcls.get(NetworkAclId).entries.map(({ direction, action }) => [direction, action])).toEqual([
      ['ingress', 'deny'],
      ['egress', 'allow'],
    ]);
    call('DeleteNetworkAclEntry', { NetworkAclId, RuleNumber: 100, Egress: true });
    const gone = { code: 'InvalidNetworkAclEntry.NotFound', message: 'The network acl entry identified by 100 does not exist.' };
    expect(refusal('DeleteNetworkAclEntry', { NetworkAclId, RuleNumber: 100, Egress: true })).toMatchObject(gone);
    expect(refusal('ReplaceNetworkAclEntry', { NetworkAclId, ...web, Egress: true })).toMatchObject(gone);
  });

  it('has one entry of a number in each direction, and twenty at most', () => {
    const { call, refusal, NetworkAclId } = network();
    call('CreateNetworkAclEntry', { NetworkAclId, ...web });
    expect(refusal('CreateNetworkAclEntry', { NetworkAclId, ...web })).toMatchObject({
      code: 'NetworkAclEntryAlreadyExists',
      message: 'The network acl entry identified by 100 already exists.',
    });
    for (let number = 1; number < 20; number += 1) call('CreateNetworkAclEntry', { NetworkAclId, ...web, RuleNumber: number });
    expect(refusal('CreateNetworkAclEntry', { NetworkAclId, ...web, RuleNumber: 200 }).code).toBe('NetworkAclEntryLimitExceeded');
    call('CreateNetworkAclEntry', { NetworkAclId, ...web, RuleNumber: 200, Egress: true });
  });

  it.each([
    [{ RuleNumber: 0 }, 'InvalidParameterValue'],
    [{ RuleNumber: 32_767 }, 'InvalidParameterValue'],
    [{ RuleAction: 'maybe' as 'allow' }, 'InvalidParameterValue'],
    [{ CidrBlock: '10.0.0.0/99' }, 'InvalidParameterValue'],
    [{ Ipv6CidrBlock: '::/0' }, 'InvalidParameterCombination'],
    [{ PortRange: { From: 443, To: 80 } }, 'InvalidParameterValue'],
    [{ Protocol: 'icmp' }, 'MissingParameter'],
    [{ Protocol: 'carrier-pigeon' }, 'InvalidParameterValue'],
  ])('refuses an entry with %j', (change, code) => {
    const { refusal, NetworkAclId } = network();
    expect(refusal('CreateNetworkAclEntry', { NetworkAclId, ...web, ...change }).code).toBe(code);
  });
});

describe('a subnet', () => {
  it('has one ACL, which is replaced by another of its VPC', () => {
    const { call, refusal, find, byDefault, createVpc, NetworkAclId, SubnetId } = network();
    const AssociationId = byDefault?.Associations?.[0]?.NetworkAclAssociationId ?? '';
    const { NewAssociationId = '' } = call('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId });
    expect(NewAssociationId).not.toBe(AssociationId);
    expect(find(NetworkAclId)?.Associations).toEqual([{ NetworkAclAssociationId: NewAssociationId, NetworkAclId, SubnetId }]);
    expect(find(byDefault?.NetworkAclId ?? '')?.Associations).toEqual([]);
    expect(refusal('DeleteNetworkAcl', { NetworkAclId })).toMatchObject({
      code: 'DependencyViolation',
      message: `The network ACL '${NetworkAclId}' has dependencies and cannot be deleted.`,
    });
    expect(refusal('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId }).code).toBe('InvalidAssociationID.NotFound');
    const foreign = call('CreateNetworkAcl', { VpcId: createVpc('10.1.0.0/16') }).NetworkAcl?.NetworkAclId ?? '';
    expect(refusal('ReplaceNetworkAclAssociation', { AssociationId: NewAssociationId, NetworkAclId: foreign }).code).toBe('InvalidParameter');
  });

  it('leaves its ACL when it is deleted', () => {
    const { call, find, byDefault, SubnetId } = network();
    call('DeleteSubnet', { SubnetId });
    expect(find(byDefault?.NetworkAclId ?? '')?.Associations).toEqual([]);
  });
});

it('is found by its subnet, its entries and its tags', () => {
  const { call, byDefault, SubnetId, NetworkAclId } = network();
  call('CreateNetworkAclEntry', { NetworkAclId, ...web });
  call('CreateTags', { Resources: [NetworkAclId], Tags: [{ Key: 'Name', Value: 'web' }] });
  const found = (Name: string, ...Values: string[]) =>
    call('DescribeNetworkAcls', { Filters: [{ Name, Values }] }).NetworkAcls?.map((acl) => acl.NetworkAclId);
  expect(found('association.subnet-id', SubnetId)).toEqual([byDefault?.NetworkAclId]);
  expect(found('entry.port-range.to', '443')).toEqual([NetworkAclId]);
  expect(found('tag:Name', 'web')).toEqual([NetworkAclId]);
});

it('is not known by an id that is not there', () => {
  const { refusal } = network();
  expect(refusal('DeleteNetworkAcl', { NetworkAclId: 'acl-0123456789abcdef0' })).toMatchObject({
    code: 'InvalidNetworkAclID.NotFound',
    message: "The network acl ID 'acl-0123456789abcdef0' does not exist",
  });
  expect(refusal('DeleteNetworkAcl', { NetworkAclId: 'web' }).code).toBe('InvalidNetworkAclId.Malformed');
});
