import { expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';

const named = (Value: string) => [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value }] }];
const chosen = (Value: string) => [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'cloister:id', Value }] }];
const CidrBlock = '10.0.0.0/16';

it('comes with a creation', () => {
  const { call } = ec2Account();
  const vpc = call('CreateVpc', { CidrBlock, TagSpecifications: named('lab') }).Vpc;
  expect(vpc?.Tags).toEqual([{ Key: 'Name', Value: 'lab' }]);
  expect(call('DescribeTags', {}).Tags).toEqual([{ Key: 'Name', Value: 'lab', ResourceId: vpc?.VpcId, ResourceType: 'vpc' }]);
});

it('refuses specifications for other types, reserved, repeated and oversized tags', () => {
  const { refusal } = ec2Account();
  const create = (Tags: { Key: string; Value: string }[], ResourceType: 'vpc' | 'subnet' = 'vpc') =>
    refusal('CreateVpc', { CidrBlock, TagSpecifications: [{ ResourceType, Tags }] });
  const tag = { Key: 'a', Value: 'b' };
  expect(create([tag], 'subnet')).toMatchObject({
    code: 'InvalidParameterValue',
    message: "'subnet' is not a valid taggable resource type for this operation.",
  });
  expect(refusal('CreateVpc', { CidrBlock, TagSpecifications: [{ Tags: [tag] }] }).message).toBe('Tag specification resource type must have a value');
  expect(create([{ Key: 'aws:mine', Value: '' }]).message).toBe("Tag keys starting with 'aws:' are reserved for internal use");
  expect(create([tag, tag]).message).toBe("Duplicate tag key 'a' specified.");
  expect(create([{ Key: 'k'.repeat(128), Value: '' }]).message).toBe('Tag key exceeds the maximum length of 127 characters');
  expect(create([{ Key: 'k', Value: 'v'.repeat(256) }]).message).toBe('Tag value exceeds the maximum length of 255 characters');
  const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  expect(create(many).code).toBe('TagLimitExceeded');
});

it('is set, changed and taken away later', () => {
  const { call, createVpc, createSubnet } = ec2Account();
  const vpcId = createVpc();
  const subnetId = createSubnet(vpcId);
  const Resources = [vpcId, subnetId];
  const tagsOf = (id: string) =>
    (call('DescribeTags', { Filters: [{ Name: 'resource-id', Values: [id] }] }).Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`);
  call('CreateTags', {
    Resources,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '1' },
    ],
  });
  call('CreateTags', { Resources: [vpcId], Tags: [{ Key: 'a', Value: '2' }] });
  expect(tagsOf(vpcId)).toEqual(['a=2', 'b=1']);
  call('DeleteTags', { Resources, Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] });
  expect(tagsOf(vpcId)).toEqual(['a=2']);
  expect(tagsOf(subnetId)).toEqual([]);
  call('DeleteTags', { Resources: [vpcId] });
  expect(tagsOf(vpcId)).toEqual([]);
});

it('goes with its resource', () => {
  const { call, createVpc, createSubnet } = ec2Account();
  const SubnetId = createSubnet(createVpc());
  call('CreateTags', { Resources: [SubnetId], Tags: [{ Key: 'a', Value: '1' }] });
  call('DeleteSubnet', { SubnetId });
  expect(call('DescribeTags', {}).Tags).toEqual([]);
});

it('needs a resource that is there', () => {
  const { refusal, createVpc } = ec2Account();
  const Tags = [{ Key: 'a', Value: '1' }];
  expect(refusal('CreateTags', { Resources: [createVpc(), 'eni-00000000'], Tags })).toMatchObject({
    code: 'InvalidNetworkInterfaceID.NotFound',
    message: "The networkInterface ID 'eni-00000000' does not exist",
  });
  expect(refusal('CreateTags', { Resources: ['lamp'], Tags })).toMatchObject({ code: 'InvalidID', message: "The ID 'lamp' is not valid" });
});

it('chooses an id where that is allowed, and is not kept', () => {
  const { call, refusal } = ec2Account({ chosenIds: true });
  const id = 'vpc-0123456789abcdef0';
  const vpc = call('CreateVpc', { CidrBlock, TagSpecifications: chosen(id) }).Vpc;
  expect(vpc).toMatchObject({ VpcId: id, Tags: [] });
  call('DeleteVpc', { VpcId: id });
  expect(refusal('CreateVpc', { CidrBlock, TagSpecifications: chosen(id) })).toMatchObject({
    code: 'InvalidParameterValue',
    message: `The id '${id}' in tag 'cloister:id' was used before in this data directory; an id is never used twice.`,
  });
  expect(refusal('CreateVpc', { CidrBlock, TagSpecifications: chosen('vpc-xyz') }).code).toBe('InvalidParameterValue');
});

it('chooses no id where that is not allowed', () => {
  const { createVpc, refusal } = ec2Account();
  const refused = {
    code: 'OperationNotPermitted',
    message: "The tag 'cloister:id' chooses an id: only the root key may, and only under 'cloister up --allow-chosen-ids'.",
  };
  expect(refusal('CreateVpc', { CidrBlock, TagSpecifications: chosen('vpc-0123456789abcdef0') })).toMatchObject(refused);
  expect(refusal('CreateTags', { Resources: [createVpc()], Tags: [{ Key: 'cloister:id', Value: 'x' }] })).toMatchObject(refused);
});

it('demands every resource that is tagged, with the keys, and never nothing', () => {
  const { createVpc, demands } = ec2Account();
  const vpcId = createVpc();
  const Tags = [{ Key: 'team', Value: 'vision' }];
  expect(demands('CreateTags', { Resources: [vpcId, 'subnet-00000000'], Tags })).toMatchObject([
    { action: 'ec2:CreateTags', resource: expect.stringContaining(`:vpc/${vpcId}`), context: { 'aws:RequestTag/team': ['vision'] } },
    { action: 'ec2:CreateTags', resource: expect.stringContaining(':subnet/subnet-00000000'), context: { 'aws:TagKeys': ['team'] } },
  ]);
  expect(demands('DeleteTags', { Resources: [vpcId], Tags })).toMatchObject([{ action: 'ec2:DeleteTags', context: { 'aws:TagKeys': ['team'] } }]);
  expect(demands('CreateTags', { Resources: [], Tags })).toEqual([{ action: 'ec2:CreateTags', resource: '*' }]);
});

it('demands the right to tag the rules of a group', () => {
  const { createVpc, createGroup, demands } = ec2Account();
  const GroupId = createGroup(createVpc());
  const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'why', Value: 'peers' }] }];
  expect(demands('AuthorizeSecurityGroupIngress', { GroupId, TagSpecifications })).toMatchObject([
    { action: 'ec2:AuthorizeSecurityGroupIngress', resource: expect.stringContaining(`:security-group/${GroupId}`) },
    {
      action: 'ec2:CreateTags',
      resource: expect.stringContaining(':security-group-rule/*'),
      context: { 'ec2:CreateAction': ['AuthorizeSecurityGroupIngress'] },
    },
  ]);
});
