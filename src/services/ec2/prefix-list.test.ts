import { expect, it } from 'vitest';
import { accountId, ec2Account } from '../../../test/services/ec2-context.ts';
import { readWorld } from '../../store/world.ts';

type Account = ReturnType<typeof ec2Account>;
const awsList = 'pl-63a5400a';

const createList = ({ call }: Account, MaxEntries: number, ...Cidrs: readonly string[]): string =>
  call('CreateManagedPrefixList', {
    PrefixListName: 'offices',
    AddressFamily: 'IPv4',
    MaxEntries,
    Entries: Cidrs.map((Cidr) => ({ Cidr, Description: `of ${Cidr}` })),
  }).PrefixList?.PrefixListId ?? '';
const blocks = ({ call }: Account, PrefixListId: string, TargetVersion?: number) =>
  call('GetManagedPrefixListEntries', { PrefixListId, TargetVersion }).Entries?.map(({ Cidr }) => Cidr);
const allow = ({ call }: Account, GroupId: string, PrefixListId: string) =>
  call('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId }] }],
  });

it('keeps a list of blocks as it was given, in canonical form', () => {
  const account = ec2Account();
  const { call, store } = account;
  const PrefixListId = createList(account, 5, '10.1.2.3/16', '192.0.2.7/32');
  expect(call('DescribeManagedPrefixLists', { PrefixListIds: [PrefixListId] }).PrefixLists).toEqual([
    {
      PrefixListId,
      PrefixListName: 'offices',
      PrefixListArn: `arn:aws:ec2:us-east-1:${accountId}:prefix-list/${PrefixListId}`,
      AddressFamily: 'IPv4',
      State: 'create-complete',
      OwnerId: accountId,
      MaxEntries: 5,
      Version: 1,
      Tags: [],
    },
  ]);
  expect(call('GetManagedPrefixListEntries', { PrefixListId }).Entries).toEqual([
    { Cidr: '10.1.0.0/16', Description: 'of 10.1.2.3/16' },
    { Cidr: '192.0.2.7/32', Description: 'of 192.0.2.7/32' },
  ]);
  expect(call('DescribeManagedPrefixLists', { Filters: [{ Name: 'owner-id', Values: ['AWS'] }] }).PrefixLists?.[0]?.PrefixListId).toBe(awsList);
  expect(call('DescribePrefixLists', {}).PrefixLists?.map((list) => list.PrefixListId)).toEqual([awsList]);
  expect(readWorld(store, 'us-east-1').prefixLists.at(-1)?.cidrBlocks).toEqual(['10.1.0.0/16', '192.0.2.7/32']);
});

it('makes a version of every change, and goes back to an earlier one', () => {
  const account = ec2Account();
  const { call, refusal } = account;
  const PrefixListId = createList(account, 3, '10.1.0.0/16');
  const change = { PrefixListId, CurrentVersion: 1, AddEntries: [{ Cidr: '10.2.0.0/16' }], RemoveEntries: [{ Cidr: '10.1.0.0/16' }] };
  expect(call('ModifyManagedPrefixList', change).PrefixList).toMatchObject({ Version: 2, State: 'modify-in-progress' });
  expect(call('DescribeManagedPrefixLists', { PrefixListIds: [PrefixListId] }).PrefixLists?.[0]?.State).toBe('modify-complete');
  expect(refusal('ModifyManagedPrefixList', change)).toMatchObject({
    code: 'PrefixListVersionMismatch',
    message: 'The prefix list has the incorrect version number.',
  });
  expect([blocks(account, PrefixListId), blocks(account, PrefixListId, 1)]).toEqual([['10.2.0.0/16'], ['10.1.0.0/16']]);
  call('RestoreManagedPrefixListVersion', { PrefixListId, CurrentVersion: 2, PreviousVersion: 1 });
  expect([blocks(account, PrefixListId), blocks(account, PrefixListId, 2)]).toEqual([['10.1.0.0/16'], ['10.2.0.0/16']]);
  expect(call('DescribeManagedPrefixLists', { PrefixListIds: [PrefixListId] }).PrefixLists?.[0]).toMatchObject({
    Version: 3,
    State: 'restore-complete',
  });
  expect(refusal('RestoreManagedPrefixListVersion', { PrefixListId, CurrentVersion: 3, PreviousVersion: 9 }).code).toBe('InvalidParameterValue');
  expect(refusal('GetManagedPrefixListEntries', { PrefixListId, TargetVersion: 9 }).code).toBe('InvalidParameterValue');
});

it('renames and resizes a list without a new version', () => {
  const account = ec2Account();
  const { call, refusal } = account;
  const PrefixListId = createList(account, 2, '10.1.0.0/16', '10.2.0.0/16');
  expect(call('ModifyManagedPrefixList', { PrefixListId, PrefixListName: 'sites', MaxEntries: 4 }).PrefixList).toMatchObject({
    PrefixListName: 'sites',
    MaxEntries: 4,
    Version: 1,
  });
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, MaxEntries: 1 }).code).toBe('PrefixListMaxEntriesExceeded');
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, MaxEntries: 8, AddEntries: [{ Cidr: '10.3.0.0/16' }] })).toMatchObject({
    code: 'InvalidParameterCombination',
    message: 'You cannot modify the entries and the maximum number of entries for the prefix list in the same request.',
  });
  expect(refusal('ModifyManagedPrefixList', { PrefixListId }).code).toBe('MissingParameter');
});

it('raises the generation of every VPC that speaks of the list, and of no other', () => {
  const account = ec2Account();
  const { call, createVpc, createGroup, generation } = account;
  const PrefixListId = createList(account, 3, '10.1.0.0/16');
  const [inUse, other] = [createVpc(), createVpc('10.1.0.0/16')];
  const GroupId = createGroup(inUse);
  allow(account, GroupId, PrefixListId);
  const before = [generation(inUse), generation(other)] as const;
  call('ModifyManagedPrefixList', { PrefixListId, AddEntries: [{ Cidr: '10.2.0.0/16' }] });
  expect([generation(inUse), generation(other)]).toEqual([before[0] + 1, before[1]]);
  expect(call('GetManagedPrefixListAssociations', { PrefixListId }).PrefixListAssociations).toEqual([
    { ResourceId: GroupId, ResourceOwner: accountId },
  ]);
});

it('counts a list in a rule by what it may hold', () => {
  const account = ec2Account();
  const { call, createVpc, createGroup, refusal } = account;
  const GroupId = createGroup(createVpc());
  const PrefixListId = createList(account, 60, '10.1.0.0/16');
  allow(account, GroupId, PrefixListId);
  const more = { GroupId, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }] };
  expect(refusal('AuthorizeSecurityGroupIngress', more).code).toBe('RulesPerSecurityGroupLimitExceeded');
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, MaxEntries: 61 }).code).toBe('RulesPerSecurityGroupLimitExceeded');
  call('ModifyManagedPrefixList', { PrefixListId, MaxEntries: 59 });
  call('AuthorizeSecurityGroupIngress', more);
  // AWS's own list counts as one.
  const [first] =
    call('AuthorizeSecurityGroupEgress', {
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: awsList }] }],
    }).SecurityGroupRules ?? [];
  expect(first?.PrefixListId).toBe(awsList);
});

it('deletes a list that nothing speaks of', () => {
  const account = ec2Account();
  const { call, createVpc, createGroup, refusal } = account;
  const GroupId = createGroup(createVpc());
  const PrefixListId = createList(account, 2);
  allow(account, GroupId, PrefixListId);
  expect(refusal('DeleteManagedPrefixList', { PrefixListId })).toMatchObject({
    code: 'DependencyViolation',
    message: `The prefix list '${PrefixListId}' has dependencies and cannot be deleted.`,
  });
  call('DeleteSecurityGroup', { GroupId });
  expect(call('DeleteManagedPrefixList', { PrefixListId }).PrefixList?.State).toBe('delete-in-progress');
  expect(refusal('DescribeManagedPrefixLists', { PrefixListIds: [PrefixListId] }).code).toBe('InvalidPrefixListID.NotFound');
});

it("does not change AWS's lists", () => {
  const { refusal } = ec2Account();
  const PrefixListId = awsList;
  for (const { code } of [
    refusal('ModifyManagedPrefixList', { PrefixListId, PrefixListName: 'mine' }),
    refusal('DeleteManagedPrefixList', { PrefixListId }),
    refusal('RestoreManagedPrefixListVersion', { PrefixListId, CurrentVersion: 1, PreviousVersion: 1 }),
  ]) {
    expect(code).toBe('OperationNotPermitted');
  }
});

it.each([
  ['IPv6', { AddressFamily: 'IPv6' }, 'UnsupportedOperation'],
  ['an unknown family', { AddressFamily: 'IPX' }, 'InvalidParameterValue'],
  ["a name of AWS's", { PrefixListName: 'com.amazonaws.mine' }, 'InvalidParameterValue'],
  ['room for nothing', { MaxEntries: 0 }, 'InvalidParameterValue'],
  ['room for more than 1,000', { MaxEntries: 1_001 }, 'InvalidParameterValue'],
  [
    'more entries than there is room for',
    { MaxEntries: 1, Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '11.0.0.0/8' }] },
    'PrefixListMaxEntriesExceeded',
  ],
  ['an entry twice', { Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '10.1.1.1/8' }] }, 'InvalidParameterValue'],
  ['an entry that is no block', { Entries: [{ Cidr: '10.0.0/8' }] }, 'InvalidParameterValue'],
])('refuses %s', (_name, more, code) => {
  const { refusal } = ec2Account();
  expect(refusal('CreateManagedPrefixList', { PrefixListName: 'x', AddressFamily: 'IPv4', MaxEntries: 5, ...more }).code).toBe(code);
});

it('refuses changes of entries that are not what the list holds', () => {
  const account = ec2Account();
  const PrefixListId = createList(account, 1, '10.1.0.0/16');
  const { refusal } = account;
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, AddEntries: [{ Cidr: '10.2.0.0/16' }] }).code).toBe('PrefixListMaxEntriesExceeded');
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, RemoveEntries: [{ Cidr: '10.2.0.0/16' }] }).code).toBe('InvalidParameterValue');
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, AddEntries: [{ Cidr: '10.1.0.0/16' }] }).code).toBe('InvalidParameterValue');
  const both = { AddEntries: [{ Cidr: '10.1.0.0/16' }], RemoveEntries: [{ Cidr: '10.1.0.0/16' }] };
  expect(refusal('ModifyManagedPrefixList', { PrefixListId, ...both }).message).toBe(
    'Request cannot contain Cidr 10.1.0.0/16 in both AddPrefixListEntries and RemovePrefixListEntries',
  );
});

it('answers a retried creation with the list that it made', () => {
  const { call, refusal } = ec2Account();
  const request = { PrefixListName: 'x', AddressFamily: 'IPv4', MaxEntries: 5, ClientToken: 'once' };
  const first = call('CreateManagedPrefixList', request).PrefixList?.PrefixListId;
  expect(call('CreateManagedPrefixList', request).PrefixList?.PrefixListId).toBe(first);
  expect(refusal('CreateManagedPrefixList', { ...request, MaxEntries: 6 }).code).toBe('IdempotentParameterMismatch');
});
