import { expect, it } from 'vitest';
import { compileZone, resolve } from './resolver.ts';

const east = compileZone({
  region: 'us-east-1',
  privateAddresses: ['10.0.1.4'],
  names: { 'sts.us-east-1.amazonaws.com': ['10.0.1.9', '10.0.2.9'] },
});
const west = compileZone({ region: 'eu-west-1', privateAddresses: ['10.0.1.4'], names: {} });
const s3 = { kind: 'addresses', addresses: ['198.18.0.10'] };

it.each([
  's3.us-east-1.amazonaws.com',
  's3-us-east-1.amazonaws.com',
  'bucket.s3.us-east-1.amazonaws.com',
  'bucket.with.dots.s3.us-east-1.amazonaws.com',
  'bucket.s3-us-east-1.amazonaws.com',
  's3.dualstack.us-east-1.amazonaws.com',
  'al2023-repos-us-east-1-de612dc2.s3.dualstack.us-east-1.amazonaws.com',
  's3.amazonaws.com',
  'bucket.s3.amazonaws.com',
  's3-external-1.amazonaws.com',
  'repo.us-east-1.amazonaws.com',
  'packages.us-east-1.amazonaws.com',
  'amazonlinux.us-east-1.amazonaws.com',
  'S3.US-East-1.AmazonAWS.com',
])('%s is S3', (name) => {
  expect(resolve(name, 'A', east)).toEqual(s3);
  expect(resolve(name, 'AAAA', east)).toEqual({ kind: 'empty' });
});

it.each(['s3.eu-west-1.amazonaws.com', 'repo.eu-west-1.amazonaws.com', 'evils3.us-east-1.amazonaws.com', 'example.com', 'internal.ec2', 'localhost'])(
  '%j is unknown in us-east-1',
  (name) => {
    expect(resolve(name, 'A', east)).toEqual({ kind: 'unknown' });
  },
);

it('knows the private names of interfaces that are there, and their addresses', () => {
  expect(resolve('ip-10-0-1-4.ec2.internal', 'A', east)).toEqual({ kind: 'addresses', addresses: ['10.0.1.4'] });
  expect(resolve('ip-10-0-1-4.eu-west-1.compute.internal', 'A', west)).toEqual({ kind: 'addresses', addresses: ['10.0.1.4'] });
  expect(resolve('ip-10-0-1-4.ec2.internal', 'A', west)).toEqual({ kind: 'unknown' });
  expect(resolve('ip-10-0-1-5.ec2.internal', 'A', east)).toEqual({ kind: 'unknown' });
  expect(resolve('4.1.0.10.in-addr.arpa', 'PTR', east)).toEqual({ kind: 'name', name: 'ip-10-0-1-4.ec2.internal' });
  expect(resolve('5.1.0.10.in-addr.arpa', 'PTR', east)).toEqual({ kind: 'unknown' });
});

it.each(['', 'com', 'amazonaws.com', 'us-east-1.amazonaws.com', 'dualstack.us-east-1.amazonaws.com', 'ec2.internal', '1.0.10.in-addr.arpa', 'arpa'])(
  '%j stands above known names: it is there, and empty',
  (name) => {
    for (const type of ['A', 'AAAA', 'NS', 'UNKNOWN_65280']) expect(resolve(name, type, east)).toEqual({ kind: 'empty' });
  },
);

it('tells a type that a name does not have from a name that is not there', () => {
  for (const type of ['AAAA', 'MX', 'TXT', 'SRV', 'UNKNOWN_65280', 'PTR']) {
    expect([type, resolve('bucket.s3.amazonaws.com', type, east)]).toEqual([type, { kind: 'empty' }]);
    expect([type, resolve('example.com', type, east)]).toEqual([type, { kind: 'unknown' }]);
  }
  expect(resolve('4.1.0.10.in-addr.arpa', 'A', east)).toEqual({ kind: 'empty' });
  expect(resolve('2.1.0.10.in-addr.arpa', 'A', east)).toEqual({ kind: 'unknown' });
});

it('knows s3-external-1 in us-east-1 only', () => {
  expect(resolve('bucket.s3-external-1.amazonaws.com', 'A', east)).toEqual(s3);
  expect(resolve('s3-external-1.amazonaws.com', 'A', west)).toEqual({ kind: 'unknown' });
});
