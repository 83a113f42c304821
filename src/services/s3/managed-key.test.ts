import { beforeEach, expect, it } from 'vitest';
import { OperationWorld, stranger } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const kms = { ServerSideEncryption: 'aws:kms' } as const;
const anonymous = { type: 'anonymous' } as const;
const noDecrypt = /^AccessDenied 403: User: .* is not authorized to perform: kms:Decrypt on the AWS managed key aws\/s3 of account/;

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
  world.run(s3.DeletePublicAccessBlock, { Bucket });
  const everyone = { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`] };
  world.run(s3.PutBucketPolicy, { Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: [everyone] }) });
  world.run(s3.PutObject, { Bucket, Key: 'k', ...kms }, world.receive('hello'));
  world.run(s3.PutObject, { Bucket, Key: 'plain' }, world.receive('hello'));
});

it("answers aws:kms to the account's own, as the object was written", () => {
  expect(world.run(s3.GetObject, { Bucket, Key: 'k' })).toMatchObject(kms);
  expect(world.run(s3.HeadObject, { Bucket, Key: 'k' })).toMatchObject(kms);
  expect(world.run(s3.CopyObject, { Bucket, Key: 'copy', CopySource: `${Bucket}/plain`, ...kms })).toMatchObject(kms);
});

it("refuses other accounts what the account's key would, where the bucket's policy allows them everything", () => {
  expect(world.read(world.run(s3.GetObject, { Bucket, Key: 'plain' }, undefined, stranger).Body).toString()).toBe('hello');
  expect(world.refusal(s3.GetObject, { Bucket, Key: 'k' }, undefined, stranger)).toMatch(noDecrypt);
  expect(world.refusal(s3.CopyObject, { Bucket, Key: 'copy', CopySource: `${Bucket}/k` }, undefined, stranger)).toMatch(noDecrypt);
  expect(world.refusal(s3.PutObject, { Bucket, Key: 'new', ...kms }, world.receive('x'), stranger)).toMatch(/kms:GenerateDataKey/);
  expect(world.refusal(s3.CreateMultipartUpload, { Bucket, Key: 'new', ...kms }, undefined, stranger)).toMatch(/kms:GenerateDataKey/);
  expect(world.store.s3.objects.findObject(Bucket, 'new')).toBeUndefined();
});

it('refuses who does not sign', () => {
  expect(world.refusal(s3.GetObject, { Bucket, Key: 'k' }, undefined, anonymous)).toBe(
    'InvalidArgument 400: Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
  );
  expect(world.read(world.run(s3.GetObject, { Bucket, Key: 'plain' }, undefined, anonymous).Body).toString()).toBe('hello');
});
