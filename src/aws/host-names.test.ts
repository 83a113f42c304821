import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readHost } from './host-names.ts';

/** The forms of S3's user guide ("Virtual hosting", "Dual-stack endpoints") and of the services' endpoints. */
it.each([
  ['s3.us-west-2.amazonaws.com', { service: 's3' }],
  ['s3-us-west-2.amazonaws.com', { service: 's3' }],
  ['s3.dualstack.us-west-2.amazonaws.com', { service: 's3' }],
  ['s3.amazonaws.com', { service: 's3' }],
  ['s3-external-1.amazonaws.com', { service: 's3' }],
  ['S3.US-WEST-2.AMAZONAWS.COM:443', { service: 's3' }],
  ['s3.us-west-2.amazonaws.com.', { service: 's3' }],
  ['bkt.s3.us-west-2.amazonaws.com', { service: 's3', bucket: 'bkt' }],
  ['bkt.s3-us-west-2.amazonaws.com', { service: 's3', bucket: 'bkt' }],
  ['my.dotted.bkt.s3.dualstack.eu-central-1.amazonaws.com', { service: 's3', bucket: 'my.dotted.bkt' }],
  ['bkt.s3.amazonaws.com', { service: 's3', bucket: 'bkt' }],
  ['s3.s3.us-gov-west-1.amazonaws.com', { service: 's3', bucket: 's3' }],
  ['bucket.vpce-0a1b-2c3d.s3.us-east-1.vpce.amazonaws.com', { service: 's3' }],
  ['bkt.bucket.vpce-0a1b-2c3d.s3.us-east-1.vpce.amazonaws.com', { service: 's3', bucket: 'bkt' }],
  ['api.sagemaker.eu-central-1.amazonaws.com', { service: 'sagemaker' }],
  ['api.sagemaker.eu-central-1.api.aws', { service: 'sagemaker' }],
  ['ec2.eu-central-1.amazonaws.com', { service: 'ec2' }],
  ['sts.amazonaws.com', { service: 'sts' }],
  ['sts.eu-central-1.amazonaws.com', { service: 'sts' }],
  ['iam.amazonaws.com', { service: 'iam' }],
  ['logs.eu-central-1.amazonaws.com', { service: 'logs' }],
  ['vpce-0a1b-2c3d.sts.us-east-1.vpce.amazonaws.com', { service: 'sts' }],
  ['127.0.0.1:4566', {}],
  ['[::1]:4566', {}],
  ['localhost:4566', {}],
  ['', {}],
  ['s3.localhost:4566', { service: 's3' }],
  ['bkt.localhost:4566', { bucket: 'bkt' }],
  ['my.bkt.s3.localhost', { service: 's3', bucket: 'my.bkt' }],
  ['repo.us-east-1.amazonaws.com', { unknownName: 'repo.us-east-1.amazonaws.com' }],
  ['amazonlinux.eu-central-1.amazonaws.com', { unknownName: 'amazonlinux.eu-central-1.amazonaws.com' }],
  ['Images.Example.org', { unknownName: 'images.example.org' }],
  ['s3.amazonaws.com.evil.org', { unknownName: 's3.amazonaws.com.evil.org' }],
  ['nots3.us-west-2.amazonaws.com', { unknownName: 'nots3.us-west-2.amazonaws.com' }],
])('%s', (host, meaning) => {
  expect(readHost(host)).toEqual(meaning);
});

it('finds any bucket in front of a regional name', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,40}[a-z0-9]$/), (bucket) => {
      expect(readHost(`${bucket}.s3.eu-central-1.amazonaws.com`)).toEqual({ service: 's3', bucket });
    }),
  );
});
