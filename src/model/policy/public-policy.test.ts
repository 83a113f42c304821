import { describe, expect, it } from 'vitest';
import { storedPolicy } from './parse.ts';
import { isPublicPolicy } from './public-policy.ts';

const everybody = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const isPublic = (...statements: object[]): boolean =>
  isPublicPolicy(storedPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'resource'));
const under = (operator: string, key: string, value: unknown): object => ({ ...everybody, Condition: { [operator]: { [key]: value } } });

describe('who is allowed', () => {
  it.each([
    ['everybody', '*', true],
    ['everybody, as an account', { AWS: '*' }, true],
    ['everybody, among others', { AWS: ['111122223333', '*'] }, true],
    ['an account', { AWS: '111122223333' }, false],
    ['the root user of an account', { AWS: 'arn:aws:iam::111122223333:root' }, false],
    ['a role', { AWS: ['arn:aws:iam::111122223333:role/reader'] }, false],
    ['a service', { Service: 'delivery.logs.amazonaws.com' }, false],
    ['a canonical user', { CanonicalUser: 'a'.repeat(64) }, false],
  ])('%s', (_, Principal, expected) => {
    expect(isPublic({ ...everybody, Principal })).toBe(expected);
  });

  it('is everybody else, when one is left out', () => {
    const { Principal: _, ...rest } = everybody;
    expect(isPublic({ ...rest, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } })).toBe(true);
  });
});

describe('a condition with fixed values', () => {
  it.each([
    ['StringEquals', 'aws:SourceVpc', 'vpc-91237329'],
    ['StringEquals', 'aws:SourceVpce', ['vpce-1', 'vpce-2']],
    ['StringLike', 'aws:SourceVpce', 'vpce-1'],
    ['StringEqualsIgnoreCase', 'AWS:sourceVPCE', 'vpce-1'],
    ['ForAnyValue:StringEquals', 'aws:SourceVpce', 'vpce-1'],
    ['ArnEquals', 'aws:SourceArn', 'arn:aws:sns:us-east-1:111122223333:topic'],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:sns:us-east-1:111122223333:topic'],
    ['StringEquals', 'aws:SourceAccount', '111122223333'],
    ['StringEquals', 'aws:SourceOwner', '111122223333'],
    ['StringEquals', 'aws:PrincipalOrgID', 'o-1234567890'],
    ['StringEquals', 'aws:PrincipalAccount', '111122223333'],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/r'],
    ['StringEquals', 'aws:userid', 'AROAEXAMPLE:session'],
    ['StringEquals', 's3:DataAccessPointAccount', '111122223333'],
    ['ArnLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-west-2:111122223333:accesspoint/*'],
    ['StringLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-west-2:111122223333:accesspoint/one'],
    ['IpAddress', 'aws:SourceIp', '203.0.113.0/24'],
    ['IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '203.0.113.7']],
    ['IpAddress', 'aws:SourceIp', '2001:db8::/32'],
  ])('keeps the public out: %s %s %s', (operator, key, value) => {
    expect(isPublic(under(operator, key, value))).toBe(false);
  });

  it.each([
    ['StringLike', 'aws:SourceVpc', 'vpc-*'],
    ['StringEquals', 'aws:SourceVpc', ['vpc-1', 'vpc-*']],
    ['StringEquals', 'aws:SourceVpce', '${aws:SourceVpce}'],
    ['StringLike', 'aws:SourceVpce', 'vpce-?'],
    ['StringNotEquals', 'aws:SourceVpce', 'vpce-1'],
    ['StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1'],
    ['ForAllValues:StringEquals', 'aws:SourceVpce', 'vpce-1'],
    ['Null', 'aws:SourceVpce', 'false'],
    ['StringEquals', 'aws:SourceVpce', []],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:sns:*:111122223333:topic'],
    ['StringLike', 'aws:PrincipalOrgID', 'o-*'],
    ['StringLike', 'aws:userid', 'AROAEXAMPLE:*'],
    ['StringEquals', 'aws:UserAgent', 'agent'],
    ['StringEquals', 's3:prefix', 'a/'],
    ['Bool', 'aws:SecureTransport', 'true'],
    ['IpAddress', 'aws:VpcSourceIp', '10.0.0.0/24'],
    ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24'],
    ['IpAddressIfExists', 'aws:SourceIp', '203.0.113.0/24'],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/0'],
    ['IpAddress', 'aws:SourceIp', '0.0.0.0/1'],
    ['IpAddress', 'aws:SourceIp', ['203.0.113.0/24', '8.0.0.0/7']],
    ['IpAddress', 'aws:SourceIp', '::/0'],
    ['IpAddress', 'aws:SourceIp', '2001::/31'],
    ['ArnLike', 's3:DataAccessPointArn', 'arn:aws:s3:us-west-2:*:accesspoint/one'],
    ['ArnLike', 's3:DataAccessPointArn', 'arn:aws:s3:*:111122223333:accesspoint/one'],
    ['ArnLike', 's3:DataAccessPointArn', '*'],
  ])('does not: %s %s %s', (operator, key, value) => {
    expect(isPublic(under(operator, key, value))).toBe(true);
  });

  it('is enough beside one that says nothing', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:SourceVpce': 'vpce-1' } };
    expect(isPublic({ ...everybody, Condition })).toBe(false);
  });
});

describe('of several statements', () => {
  const fixed = { ...everybody, Principal: { AWS: '111122223333' } };

  it('one that is public makes the policy public', () => {
    expect(isPublic(fixed, everybody)).toBe(true);
    expect(isPublic(everybody, fixed)).toBe(true);
    expect(isPublic(fixed, under('StringEquals', 'aws:SourceVpce', 'vpce-1'))).toBe(false);
  });

  it('a Deny neither makes it public nor takes anything back', () => {
    const deny = { ...everybody, Effect: 'Deny' };
    expect(isPublic(deny)).toBe(false);
    expect(isPublic(fixed, deny)).toBe(false);
    expect(isPublic(everybody, deny)).toBe(true);
  });
});
