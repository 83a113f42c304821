import { expect, it } from 'vitest';
import { accountId, ec2Account } from '../../../test/services/ec2-context.ts';

const own = [
  { Key: 'domain-name-servers', Values: ['10.0.1.7', 'AmazonProvidedDNS'] },
  { Key: 'domain-name', Values: ['corp.example'] },
  { Key: 'ntp-servers', Values: ['10.0.1.8'] },
  { Key: 'netbios-name-servers', Values: ['10.0.1.9'] },
  { Key: 'netbios-node-type', Values: ['2'] },
];

it('keeps a set as it was given and finds it by what it holds', () => {
  const { call } = ec2Account();
  const tags = [{ ResourceType: 'dhcp-options' as const, Tags: [{ Key: 'Name', Value: 'corp' }] }];
  const created = call('CreateDhcpOptions', { DhcpConfigurations: own, TagSpecifications: tags }).DhcpOptions;
  expect(created).toEqual({
    DhcpOptionsId: expect.stringMatching(/^dopt-[0-9a-f]{17}$/) as string,
    OwnerId: accountId,
    DhcpConfigurations: own.map(({ Key, Values }) => ({ Key, Values: Values.map((Value) => ({ Value })) })),
    Tags: [{ Key: 'Name', Value: 'corp' }],
  });
  for (const [Name, value] of [
    ['key', 'ntp-servers'],
    ['value', '10.0.1.7'],
    ['dhcp-options-id', created?.DhcpOptionsId ?? ''],
    ['tag:Name', 'corp'],
  ] as const) {
    expect(call('DescribeDhcpOptions', { Filters: [{ Name, Values: [value] }] }).DhcpOptions).toEqual([created]);
  }
  expect(call('DescribeDhcpOptions', {}).DhcpOptions).toHaveLength(2);
});

it('gives a VPC another set, none, and the first one again', () => {
  const { call, createVpc, generation } = ec2Account();
  const VpcId = createVpc();
  const bornId = call('DescribeVpcs', {}).Vpcs?.[0]?.DhcpOptionsId ?? '';
  const ownId = call('CreateDhcpOptions', { DhcpConfigurations: own }).DhcpOptions?.DhcpOptionsId ?? '';
  for (const DhcpOptionsId of [ownId, 'default', bornId]) {
    const before = generation(VpcId);
    call('AssociateDhcpOptions', { VpcId, DhcpOptionsId });
    expect(call('DescribeVpcs', { Filters: [{ Name: 'dhcp-options-id', Values: [DhcpOptionsId] }] }).Vpcs?.[0]?.VpcId).toBe(VpcId);
    expect(generation(VpcId)).toBe(before + 1);
  }
});

it('says to the instances of a VPC what its set says', () => {
  const { call, createVpc, store } = ec2Account();
  const VpcId = createVpc();
  const seen = () => store.ec2.dhcpConfigurationsOf(store.ec2.vpcs.get(VpcId), 'us-east-1');
  expect(seen()).toEqual({ 'domain-name': ['ec2.internal'], 'domain-name-servers': ['AmazonProvidedDNS'] });
  const DhcpOptionsId = call('CreateDhcpOptions', { DhcpConfigurations: own.slice(0, 1) }).DhcpOptions?.DhcpOptionsId ?? '';
  call('AssociateDhcpOptions', { VpcId, DhcpOptionsId });
  expect(seen()).toEqual({ 'domain-name-servers': ['10.0.1.7', 'AmazonProvidedDNS'] });
  call('AssociateDhcpOptions', { VpcId, DhcpOptionsId: 'default' });
  expect(seen()).toEqual({});
});

it('deletes a set that no VPC has', () => {
  const { call, createVpc, refusal } = ec2Account();
  const VpcId = createVpc();
  const bornId = call('DescribeVpcs', {}).Vpcs?.[0]?.DhcpOptionsId ?? '';
  const DhcpOptionsId = call('CreateDhcpOptions', { DhcpConfigurations: own }).DhcpOptions?.DhcpOptionsId ?? '';
  call('AssociateDhcpOptions', { VpcId, DhcpOptionsId });
  expect(refusal('DeleteDhcpOptions', { DhcpOptionsId })).toMatchObject({
    code: 'DependencyViolation',
    message: `The dhcpOptions '${DhcpOptionsId}' has dependencies and cannot be deleted.`,
  });
  expect(refusal('DeleteDhcpOptions', { DhcpOptionsId: bornId }).code).toBe('OperationNotPermitted');
  call('AssociateDhcpOptions', { VpcId, DhcpOptionsId: 'default' });
  call('DeleteDhcpOptions', { DhcpOptionsId });
  expect(refusal('DeleteDhcpOptions', { DhcpOptionsId })).toMatchObject({
    code: 'InvalidDhcpOptionID.NotFound',
    message: `The dhcpOption ID '${DhcpOptionsId}' does not exist`,
  });
  expect(refusal('AssociateDhcpOptions', { VpcId, DhcpOptionsId }).code).toBe('InvalidDhcpOptionID.NotFound');
  expect(refusal('AssociateDhcpOptions', { VpcId, DhcpOptionsId: 'x' }).code).toBe('InvalidDhcpOptionsId.Malformed');
});

it.each([
  ['an unknown option', 'domain-server', ['10.0.0.2'], 'InvalidParameterValue'],
  ['five servers', 'domain-name-servers', ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'], 'InvalidParameterValue'],
  ['a server that is no address', 'domain-name-servers', ['dns.example'], 'InvalidParameterValue'],
  ['a line that is no domain', 'domain-name', ['a\nnameserver 1.1.1.1'], 'InvalidParameterValue'],
  ['two domains in two values', 'domain-name', ['a.example', 'b.example'], 'InvalidParameterValue'],
  ['a node type that is none', 'netbios-node-type', ['3'], 'InvalidParameterValue'],
  ['an option without a value', 'domain-name', [], 'MissingParameter'],
  ['a server of IPv6', 'domain-name-servers', ['2001:db8::1'], 'UnsupportedOperation'],
  ['lease times of IPv6', 'ipv6-address-preferred-lease-time', ['140'], 'UnsupportedOperation'],
])('refuses %s', (_name, Key, Values, code) => {
  const { refusal } = ec2Account();
  expect(refusal('CreateDhcpOptions', { DhcpConfigurations: [{ Key, Values }] }).code).toBe(code);
});

it('refuses an empty set and one that names an option twice', () => {
  const { refusal } = ec2Account();
  expect(refusal('CreateDhcpOptions', { DhcpConfigurations: [] }).code).toBe('MissingParameter');
  const twice = { Key: 'domain-name', Values: ['a.example'] };
  expect(refusal('CreateDhcpOptions', { DhcpConfigurations: [twice, twice] }).code).toBe('InvalidParameterValue');
});
