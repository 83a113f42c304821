import { expect, it } from 'vitest';
import { accountId, ec2Account } from '../../../test/services/ec2-context.ts';

function network() {
  const account = ec2Account();
  const VpcId = account.createVpc();
  const GroupId = account.createGroup(VpcId);
  const shown = () => account.call('DescribeSecurityGroups', { GroupIds: [GroupId] }).SecurityGroups?.[0];
  return { ...account, VpcId, GroupId, shown };
}
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

it('lets everything out and nothing in when it is new', () => {
  const { shown, GroupId, VpcId } = network();
  expect(shown()).toMatchObject({
    GroupId,
    VpcId,
    GroupName: 'jobs',
    Description: 'for jobs',
    SecurityGroupArn: `arn:aws:ec2:us-east-1:${accountId}:security-group/${GroupId}`,
    IpPermissions: [],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
});

it('has a name that is its own in the VPC', () => {
  const { createVpc, createGroup, refusal, VpcId } = network();
  const create = (GroupName: string, vpcId = VpcId) => refusal('CreateSecurityGroup', { VpcId: vpcId, GroupName, Description: 'd' });
  expect(create('jobs')).toMatchObject({ code: 'InvalidGroup.Duplicate', message: `The security group 'jobs' already exists for VPC '${VpcId}'` });
  expect(createGroup(createVpc('10.1.0.0/16'))).toMatch(/^sg-/);
  expect(create('default').message).toBe('Cannot use reserved security group name: default');
  expect(create('sg-mine').message).toBe('Value (sg-mine) for parameter GroupName is invalid. Group names may not be in the format sg-*.');
  expect(create('größe').message).toBe('Value (größe) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.');
  expect(refusal('CreateSecurityGroup', { GroupName: 'g', Description: 'd' })).toMatchObject({
    code: 'VPCIdNotSpecified',
    message: 'No default VPC for this user',
  });
});

it('takes rules by permissions, one rule for each peer, and shows them together', () => {
  const { call, shown, generation, GroupId, VpcId } = network();
  const before = generation(VpcId);
  const { Return, SecurityGroupRules } = call('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [
      {
        ...https,
        IpRanges: [{ CidrIp: '10.0.0.7/16', Description: 'the VPC' }],
        UserIdGroupPairs: [{ GroupId }],
        PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      },
    ],
  });
  expect(Return).toBe(true);
  expect(SecurityGroupRules).toHaveLength(4);
  expect(SecurityGroupRules?.[0]).toMatchObject({
    SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/),
    GroupId,
    GroupOwnerId: accountId,
    IsEgress: false,
    ...https,
    CidrIpv4: '10.0.0.0/16',
    Description: 'the VPC',
  });
  expect(shown()?.IpPermissions).toEqual([
    {
      ...https,
      IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'the VPC' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }],
      UserIdGroupPairs: [{ GroupId, UserId: accountId }],
    },
  ]);
  expect(generation(VpcId)).toBe(before + 1);
});

it('takes a rule by the members of old', () => {
  const { call, shown, GroupId } = network();
  call('AuthorizeSecurityGroupIngress', { GroupId, IpProtocol: '6', FromPort: 22, ToPort: 23, CidrIp: '10.0.0.0/8' });
  call('AuthorizeSecurityGroupIngress', { GroupId, SourceSecurityGroupName: 'jobs' });
  expect(shown()?.IpPermissions).toMatchObject([
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 23, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] },
  ]);
});

it.each([
  [
    { IpProtocol: '17', FromPort: 53, ToPort: 53 },
    { IpProtocol: 'udp', FromPort: 53, ToPort: 53 },
  ],
  [
    { IpProtocol: '1', FromPort: 8, ToPort: 0 },
    { IpProtocol: 'icmp', FromPort: 8, ToPort: 0 },
  ],
  [{ IpProtocol: 'icmp' }, { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }],
  [{ IpProtocol: '50', FromPort: 1, ToPort: 2 }, { IpProtocol: '50' }],
  [{ IpProtocol: '-1', FromPort: 80, ToPort: 80 }, { IpProtocol: '-1' }],
  [
    { IpProtocol: 'TCP', FromPort: 0, ToPort: 65_535 },
    { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535 },
  ],
])('keeps %j as %j', (asked, kept) => {
  const { call, shown, GroupId } = network();
  call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ ...asked, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] });
  const permission = shown()?.IpPermissions?.[0];
  expect({ IpProtocol: permission?.IpProtocol, FromPort: permission?.FromPort, ToPort: permission?.ToPort }).toEqual({
    FromPort: undefined,
    ToPort: undefined,
    ...kept,
  });
});

it.each([
  [{ IpProtocol: 'tcp' }, 'InvalidParameterValue', "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."],
  [{ IpProtocol: 'tcp', FromPort: -1, ToPort: 80 }, 'InvalidParameterValue', 'TCP/UDP port (-1) out of range'],
  [{ IpProtocol: 'udp', FromPort: 1, ToPort: 65_536 }, 'InvalidParameterValue', 'TCP/UDP port (65536) out of range'],
  [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 80 }, 'InvalidParameterValue', 'Invalid TCP/UDP port range (443:80)'],
  [{ IpProtocol: 'icmp', FromPort: 256, ToPort: 0 }, 'InvalidParameterValue', 'ICMP type (256) out of range'],
  [{ IpProtocol: 'gre-ish' }, 'InvalidParameterValue', "Invalid value 'gre-ish' for IP protocol. Unknown protocol."],
  [{ IpProtocol: '256' }, 'InvalidParameterValue', "Invalid value '256' for IP protocol. Unknown protocol."],
  [{ IpProtocol: 'icmpv6' }, 'UnsupportedOperation', 'The parameter IpProtocol icmpv6 is not supported: there is no IPv6 in these networks.'],
  [{}, 'MissingParameter', 'The request must contain the parameter ipProtocol'],
])('refuses the protocol and ports %j', (asked, code, message) => {
  const { refusal, GroupId } = network();
  const IpPermissions = [{ ...asked, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  expect(refusal('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions })).toMatchObject({ code, message });
});

it('refuses peers that are none', () => {
  const { createVpc, createGroup, refusal, GroupId } = network();
  const authorize = (peer: object) => refusal('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: [{ ...https, ...peer }] });
  expect(authorize({ IpRanges: [{ CidrIp: '10.0.0.0/33' }] })).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'CIDR block 10.0.0.0/33 is malformed',
  });
  expect(authorize({ Ipv6Ranges: [{ CidrIpv6: '0.0.0.0/0' }] }).message).toBe('CIDR block 0.0.0.0/0 is malformed');
  expect(authorize({ UserIdGroupPairs: [{ GroupId: 'sg-00000000' }] })).toMatchObject({
    code: 'InvalidGroup.NotFound',
    message: "The security group 'sg-00000000' does not exist",
  });
  expect(authorize({ UserIdGroupPairs: [{ GroupId: createGroup(createVpc('10.1.0.0/16')) }] })).toMatchObject({
    code: 'InvalidParameter',
    message: 'You have specified two resources that belong to different networks.',
  });
  expect(authorize({ PrefixListIds: [{ PrefixListId: 'pl-02cd2c6b' }] })).toMatchObject({
    code: 'InvalidPrefixListID.NotFound',
    message: "The prefix list ID 'pl-02cd2c6b' does not exist",
  });
  expect(authorize({}).code).toBe('MissingParameter');
  expect(authorize({ IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'naïve' }] }).message).toMatch(/^Invalid rule description\./);
});

it('has each rule once', () => {
  const { call, refusal, GroupId } = network();
  const rule = { ...https, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  expect(refusal('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [rule, rule] })).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'The same permission must not appear multiple times',
  });
  call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [rule] });
  expect(refusal('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [rule] })).toMatchObject({
    code: 'InvalidPermission.Duplicate',
    message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 443, to port: 443, ALLOW" already exists',
  });
  const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  expect(refusal('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: [all] }).message).toBe(
    'the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists',
  );
});

it('has 60 rules in each direction, IPv6 apart', () => {
  const { call, refusal, GroupId } = network();
  const ranges = (count: number) => Array.from({ length: count }, (_, index) => ({ CidrIp: `10.0.${index}.0/24` }));
  const tooMany = { code: 'RulesPerSecurityGroupLimitExceeded', message: 'The maximum number of rules per security group has been reached.' };
  expect(refusal('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ ...https, IpRanges: ranges(61) }] })).toMatchObject(tooMany);
  call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ ...https, IpRanges: ranges(60) }] });
  call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ ...https, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] });
  expect(refusal('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: [{ ...https, IpRanges: ranges(60) }] })).toMatchObject(tooMany);
});

it('revokes rules by permission', () => {
  const { call, shown, refusal, GroupId } = network();
  const all = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  expect(call('RevokeSecurityGroupEgress', { GroupId, IpPermissions: all }).RevokedSecurityGroupRules).toMatchObject([
    { GroupId, IsEgress: true, IpProtocol: '-1', CidrIpv4: '0.0.0.0/0', FromPort: -1, ToPort: -1 },
  ]);
  expect(shown()?.IpPermissionsEgress).toEqual([]);
  expect(refusal('RevokeSecurityGroupEgress', { GroupId, IpPermissions: all })).toMatchObject({
    code: 'InvalidPermission.NotFound',
    message: 'The specified rule does not exist in this security group',
  });
  expect(refusal('RevokeSecurityGroupIngress', { GroupId }).code).toBe('MissingParameter');
});

it('revokes rules by id, in their direction only', () => {
  const { call, shown, refusal, store, GroupId } = network();
  const [egress] = store.ec2.securityGroups.get(GroupId).rules;
  const SecurityGroupRuleIds = [egress?.securityGroupRuleId ?? ''];
  expect(refusal('RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds })).toMatchObject({
    code: 'InvalidSecurityGroupRuleId.NotFound',
    message: `The security group rule ID '${SecurityGroupRuleIds[0]}' does not exist`,
  });
  call('RevokeSecurityGroupEgress', { GroupId, SecurityGroupRuleIds });
  expect(shown()?.IpPermissionsEgress).toEqual([]);
});

it('shows single rules, with their tags', () => {
  const { call, GroupId } = network();
  const { SecurityGroupRules } = call('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ ...https, UserIdGroupPairs: [{ GroupId }] }],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'why', Value: 'peers' }] }],
  });
  const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
  expect(call('DescribeSecurityGroupRules', { SecurityGroupRuleIds: [id] }).SecurityGroupRules).toMatchObject([
    { SecurityGroupRuleId: id, ReferencedGroupInfo: { GroupId, UserId: accountId }, Tags: [{ Key: 'why', Value: 'peers' }] },
  ]);
  expect(call('DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: [GroupId] }] }).SecurityGroupRules).toHaveLength(2);
  expect(call('DescribeSecurityGroupRules', { Filters: [{ Name: 'tag:why', Values: ['peers'] }] }).SecurityGroupRules).toHaveLength(1);
});

it('modifies rules in place, all or none', () => {
  const { call, refusal, shown, store, GroupId } = network();
  const id = store.ec2.securityGroups.get(GroupId).rules[0]?.securityGroupRuleId ?? '';
  const toVpc = { SecurityGroupRuleId: id, SecurityGroupRule: { ...https, CidrIpv4: '10.0.0.0/16', Description: 'VPC' } };
  call('ModifySecurityGroupRules', { GroupId, SecurityGroupRules: [toVpc] });
  expect(shown()?.IpPermissionsEgress).toMatchObject([{ ...https, IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'VPC' }] }]);
  const unknown = { SecurityGroupRuleId: 'sgr-0', SecurityGroupRule: toVpc.SecurityGroupRule };
  expect(refusal('ModifySecurityGroupRules', { GroupId, SecurityGroupRules: [toVpc, unknown] }).code).toBe('InvalidSecurityGroupRuleId.NotFound');
  const noPeer = { SecurityGroupRuleId: id, SecurityGroupRule: https };
  expect(refusal('ModifySecurityGroupRules', { GroupId, SecurityGroupRules: [noPeer] }).code).toBe('MissingParameter');
});

it('gives rules other words, without a new generation', () => {
  const { call, refusal, generation, shown, store, GroupId, VpcId } = network();
  const before = generation(VpcId);
  const described = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'everything' }] }];
  call('UpdateSecurityGroupRuleDescriptionsEgress', { GroupId, IpPermissions: described });
  expect(shown()?.IpPermissionsEgress?.[0]?.IpRanges).toEqual([{ CidrIp: '0.0.0.0/0', Description: 'everything' }]);
  const SecurityGroupRuleId = store.ec2.securityGroups.get(GroupId).rules[0]?.securityGroupRuleId ?? '';
  call('UpdateSecurityGroupRuleDescriptionsEgress', { GroupId, SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: '' }] });
  expect(shown()?.IpPermissionsEgress?.[0]?.IpRanges).toEqual([{ CidrIp: '0.0.0.0/0' }]);
  expect(refusal('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId, IpPermissions: described }).code).toBe('InvalidPermission.NotFound');
  expect(generation(VpcId)).toBe(before);
});

it('is not deleted while it is used, and the default one never', () => {
  const { call, createGroup, createSubnet, createInterface, refusal, store, GroupId, VpcId } = network();
  const inUse = { code: 'DependencyViolation', message: `resource ${GroupId} has a dependent object` };
  const other = createGroup(VpcId, 'other');
  const rule = [{ ...https, UserIdGroupPairs: [{ GroupId }] }];
  call('AuthorizeSecurityGroupIngress', { GroupId: other, IpPermissions: rule });
  expect(refusal('DeleteSecurityGroup', { GroupId })).toMatchObject(inUse);
  call('RevokeSecurityGroupIngress', { GroupId: other, IpPermissions: rule });
  const NetworkInterfaceId = createInterface(createSubnet(VpcId), [GroupId]);
  expect(refusal('DeleteSecurityGroup', { GroupId })).toMatchObject(inUse);
  call('DeleteNetworkInterface', { NetworkInterfaceId });
  call('DeleteSecurityGroup', { GroupId });
  expect(store.ec2.securityGroups.find(GroupId)).toBeUndefined();
  const born = store.ec2.securityGroups.list().find(({ groupName }) => groupName === 'default')?.groupId ?? '';
  expect(refusal('DeleteSecurityGroup', { GroupId: born })).toMatchObject({
    code: 'CannotDelete',
    message: `the specified group: "${born}" name: "default" cannot be deleted by a user`,
  });
});

it('is found by what its rules say', () => {
  const { call, GroupId } = network();
  call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ ...https, IpRanges: [{ CidrIp: '10.9.0.0/16' }] }] });
  const find = (Name: string, value: string) =>
    (call('DescribeSecurityGroups', { Filters: [{ Name, Values: [value] }] }).SecurityGroups ?? []).map((group) => group.GroupId);
  expect(find('ip-permission.cidr', '10.9.*')).toEqual([GroupId]);
  expect(find('ip-permission.from-port', '443')).toEqual([GroupId]);
  expect(find('egress.ip-permission.cidr', '10.9.*')).toEqual([]);
  expect(find('group-name', 'jobs')).toEqual([GroupId]);
});

it('knows of no rule in another VPC, of no stale one, and of the groups that a VPC offers', () => {
  const { call, createVpc, createGroup, refusal } = ec2Account();
  const VpcId = createVpc();
  const GroupId = createGroup(VpcId);
  createGroup(createVpc('10.1.0.0/16'));
  expect(call('DescribeSecurityGroupReferences', { GroupId: [GroupId] })).toEqual({ SecurityGroupReferenceSet: [] });
  expect(refusal('DescribeSecurityGroupReferences', { GroupId: ['sg-00000000'] }).code).toBe('InvalidGroup.NotFound');
  expect(call('DescribeStaleSecurityGroups', { VpcId })).toEqual({ StaleSecurityGroupSet: [] });
  expect(refusal('DescribeStaleSecurityGroups', { VpcId: 'vpc-00000000' }).code).toBe('InvalidVpcID.NotFound');
  const offered = call('GetSecurityGroupsForVpc', { VpcId }).SecurityGroupForVpcs ?? [];
  expect(offered.map(({ GroupName = '' }) => GroupName).toSorted()).toEqual(['default', 'jobs']);
  expect(offered.every(({ PrimaryVpcId }) => PrimaryVpcId === VpcId)).toBe(true);
});
