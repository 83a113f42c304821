import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import type { Operation } from '../operation.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const Key = 'a/key';
const bucket = `arn:aws:s3:::${Bucket}`;
const object = `${bucket}/${Key}`;
const CopySource = `${Bucket}/tagged`;
const source = `${bucket}/tagged`;

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
  world.run(s3.PutObject, { Bucket, Key }, world.receive('x'));
  world.run(s3.PutObject, { Bucket, Key: 'tagged', Tagging: 'team=x' }, world.receive('x'));
});

/** Operation, more of its input, the actions it needs and on what. aws-facts: S3 operation → action → resource. */
const table: readonly (readonly [keyof typeof s3, object, ...(readonly [string, string])[]])[] = [
  ['AbortMultipartUpload', { Key }, ['s3:AbortMultipartUpload', object]],
  ['CompleteMultipartUpload', { Key }, ['s3:PutObject', object]],
  ['CompleteMultipartUpload', { Key, IfMatch: 'x' }, ['s3:PutObject', object], ['s3:GetObject', object]],
  ['CopyObject', { Key, CopySource: `${Bucket}/${Key}` }, ['s3:GetObject', object], ['s3:PutObject', object]],
  [
    'CopyObject',
    { Key, CopySource },
    ['s3:GetObject', source],
    ['s3:PutObject', object],
    ['s3:GetObjectTagging', source],
    ['s3:PutObjectTagging', object],
  ],
  [
    'CopyObject',
    { Key, CopySource: `${CopySource}?versionId=null` },
    ['s3:GetObjectVersion', source],
    ['s3:PutObject', object],
    ['s3:GetObjectVersionTagging', source],
    ['s3:PutObjectTagging', object],
  ],
  ['CopyObject', { Key, CopySource, TaggingDirective: 'REPLACE' }, ['s3:GetObject', source], ['s3:PutObject', object]],
  ['CreateBucket', {}, ['s3:CreateBucket', bucket]],
  ['CreateMultipartUpload', { Key }, ['s3:PutObject', object]],
  ['DeleteBucket', {}, ['s3:DeleteBucket', bucket]],
  ['DeleteBucketPolicy', {}, ['s3:DeleteBucketPolicy', bucket]],
  ['DeleteBucketTagging', {}, ['s3:PutBucketTagging', bucket]],
  ['DeleteObject', { Key }, ['s3:DeleteObject', object]],
  ['DeleteObject', { Key, IfMatch: 'x' }, ['s3:DeleteObject', object], ['s3:GetObject', object]],
  ['DeleteObject', { Key, VersionId: 'null' }, ['s3:DeleteObjectVersion', object]],
  ['DeletePublicAccessBlock', {}, ['s3:PutBucketPublicAccessBlock', bucket]],
  ['PutPublicAccessBlock', { PublicAccessBlockConfiguration: {} }, ['s3:PutBucketPublicAccessBlock', bucket]],
  ['DeleteObjectTagging', { Key }, ['s3:DeleteObjectTagging', object]],
  ['DeleteObjectTagging', { Key, VersionId: 'null' }, ['s3:DeleteObjectVersionTagging', object]],
  ['GetBucketAccelerateConfiguration', {}, ['s3:GetAccelerateConfiguration', bucket]],
  ['GetBucketAcl', {}, ['s3:GetBucketAcl', bucket]],
  ['GetBucketCors', {}, ['s3:GetBucketCORS', bucket]],
  ['GetBucketEncryption', {}, ['s3:GetEncryptionConfiguration', bucket]],
  ['GetBucketLifecycleConfiguration', {}, ['s3:GetLifecycleConfiguration', bucket]],
  ['GetBucketLocation', {}, ['s3:GetBucketLocation', bucket]],
  ['GetBucketLogging', {}, ['s3:GetBucketLogging', bucket]],
  ['GetBucketNotificationConfiguration', {}, ['s3:GetBucketNotification', bucket]],
  ['GetBucketOwnershipControls', {}, ['s3:GetBucketOwnershipControls', bucket]],
  ['GetBucketPolicy', {}, ['s3:GetBucketPolicy', bucket]],
  ['GetBucketPolicyStatus', {}, ['s3:GetBucketPolicyStatus', bucket]],
  ['GetBucketReplication', {}, ['s3:GetReplicationConfiguration', bucket]],
  ['GetBucketRequestPayment', {}, ['s3:GetBucketRequestPayment', bucket]],
  ['GetBucketTagging', {}, ['s3:GetBucketTagging', bucket]],
  ['GetBucketVersioning', {}, ['s3:GetBucketVersioning', bucket]],
  ['GetBucketWebsite', {}, ['s3:GetBucketWebsite', bucket]],
  ['GetObject', { Key }, ['s3:GetObject', object]],
  ['GetObject', { Key, VersionId: 'null' }, ['s3:GetObjectVersion', object]],
  ['GetObjectAcl', { Key }, ['s3:GetObjectAcl', object]],
  ['GetObjectAcl', { Key, VersionId: 'null' }, ['s3:GetObjectVersionAcl', object]],
  ['GetObjectAttributes', { Key, ObjectAttributes: ['ETag'] }, ['s3:GetObject', object], ['s3:GetObjectAttributes', object]],
  [
    'GetObjectAttributes',
    { Key, ObjectAttributes: ['ETag'], VersionId: 'null' },
    ['s3:GetObjectVersion', object],
    ['s3:GetObjectVersionAttributes', object],
  ],
  ['GetObjectLockConfiguration', {}, ['s3:GetBucketObjectLockConfiguration', bucket]],
  ['GetObjectTagging', { Key }, ['s3:GetObjectTagging', object]],
  ['GetObjectTagging', { Key, VersionId: 'null' }, ['s3:GetObjectVersionTagging', object]],
  ['GetPublicAccessBlock', {}, ['s3:GetBucketPublicAccessBlock', bucket]],
  ['HeadBucket', {}, ['s3:ListBucket', bucket]],
  ['HeadObject', { Key }, ['s3:GetObject', object]],
  ['HeadObject', { Key, VersionId: 'null' }, ['s3:GetObjectVersion', object]],
  ['ListBuckets', {}, ['s3:ListAllMyBuckets', '*']],
  ['ListMultipartUploads', {}, ['s3:ListBucketMultipartUploads', bucket]],
  ['ListObjectVersions', {}, ['s3:ListBucketVersions', bucket]],
  ['ListObjects', {}, ['s3:ListBucket', bucket]],
  ['ListObjectsV2', {}, ['s3:ListBucket', bucket]],
  ['ListParts', { Key }, ['s3:ListMultipartUploadParts', object]],
  ['DeleteBucketEncryption', {}, ['s3:PutEncryptionConfiguration', bucket]],
  ['DeleteBucketCors', {}, ['s3:PutBucketCORS', bucket]],
  ['PutBucketCors', { CORSConfiguration: { CORSRules: [] } }, ['s3:PutBucketCORS', bucket]],
  ['DeleteBucketLifecycle', {}, ['s3:PutLifecycleConfiguration', bucket]],
  ['PutBucketLifecycleConfiguration', {}, ['s3:PutLifecycleConfiguration', bucket]],
  ['DeleteBucketOwnershipControls', {}, ['s3:PutBucketOwnershipControls', bucket]],
  ['DeleteBucketReplication', {}, ['s3:PutReplicationConfiguration', bucket]],
  ['DeleteBucketWebsite', {}, ['s3:DeleteBucketWebsite', bucket]],
  ['DeleteBucketAnalyticsConfiguration', { Id: 'x' }, ['s3:PutAnalyticsConfiguration', bucket]],
  ['GetBucketAnalyticsConfiguration', { Id: 'x' }, ['s3:GetAnalyticsConfiguration', bucket]],
  ['ListBucketAnalyticsConfigurations', {}, ['s3:GetAnalyticsConfiguration', bucket]],
  ['DeleteBucketIntelligentTieringConfiguration', { Id: 'x' }, ['s3:PutIntelligentTieringConfiguration', bucket]],
  ['GetBucketIntelligentTieringConfiguration', { Id: 'x' }, ['s3:GetIntelligentTieringConfiguration', bucket]],
  ['ListBucketIntelligentTieringConfigurations', {}, ['s3:GetIntelligentTieringConfiguration', bucket]],
  ['DeleteBucketInventoryConfiguration', { Id: 'x' }, ['s3:PutInventoryConfiguration', bucket]],
  ['GetBucketInventoryConfiguration', { Id: 'x' }, ['s3:GetInventoryConfiguration', bucket]],
  ['ListBucketInventoryConfigurations', {}, ['s3:GetInventoryConfiguration', bucket]],
  ['DeleteBucketMetricsConfiguration', { Id: 'x' }, ['s3:PutMetricsConfiguration', bucket]],
  ['GetBucketMetricsConfiguration', { Id: 'x' }, ['s3:GetMetricsConfiguration', bucket]],
  ['ListBucketMetricsConfigurations', {}, ['s3:GetMetricsConfiguration', bucket]],
  ['PutBucketAccelerateConfiguration', { AccelerateConfiguration: { Status: 'Suspended' } }, ['s3:PutAccelerateConfiguration', bucket]],
  ['PutBucketAcl', { ACL: 'private' }, ['s3:PutBucketAcl', bucket]],
  ['PutBucketEncryption', { ServerSideEncryptionConfiguration: { Rules: [] } }, ['s3:PutEncryptionConfiguration', bucket]],
  ['PutBucketLogging', { BucketLoggingStatus: {} }, ['s3:PutBucketLogging', bucket]],
  ['PutBucketNotificationConfiguration', { NotificationConfiguration: {} }, ['s3:PutBucketNotification', bucket]],
  ['PutBucketOwnershipControls', { OwnershipControls: { Rules: [] } }, ['s3:PutBucketOwnershipControls', bucket]],
  ['PutBucketRequestPayment', { RequestPaymentConfiguration: { Payer: 'BucketOwner' } }, ['s3:PutBucketRequestPayment', bucket]],
  ['PutObjectAcl', { Key, ACL: 'private' }, ['s3:PutObjectAcl', object]],
  ['PutObjectAcl', { Key, VersionId: 'null', ACL: 'private' }, ['s3:PutObjectVersionAcl', object]],
  ['PutBucketPolicy', { Policy: '{}' }, ['s3:PutBucketPolicy', bucket]],
  ['PutBucketTagging', { Tagging: { TagSet: [] } }, ['s3:PutBucketTagging', bucket]],
  ['PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }, ['s3:PutBucketVersioning', bucket]],
  ['PutObject', { Key }, ['s3:PutObject', object]],
  ['PutObject', { Key, Tagging: 'a=1' }, ['s3:PutObject', object], ['s3:PutObjectTagging', object]],
  ['PutObject', { Key, IfMatch: 'x' }, ['s3:PutObject', object], ['s3:GetObject', object]],
  ['PutObjectTagging', { Key, Tagging: { TagSet: [] } }, ['s3:PutObjectTagging', object]],
  ['PutObjectTagging', { Key, VersionId: 'null', Tagging: { TagSet: [] } }, ['s3:PutObjectVersionTagging', object]],
  ['UploadPart', { Key }, ['s3:PutObject', object]],
  ['UploadPartCopy', { Key, CopySource }, ['s3:GetObject', source], ['s3:PutObject', object]],
];

/** Each key is judged by itself, in the answer. */
const judgedByKey = ['DeleteObjects'];

describe('every operation', () => {
  it('has a file, and a case here', () => {
    const kebab = Object.keys(s3).map((name) => `${name.replaceAll(/(?!^)([A-Z])/g, '-$1').toLowerCase()}.ts`);
    expect(kebab.sort()).toEqual(readdirSync(new URL('operations', import.meta.url)).sort());
    expect([...new Set(table.map(([name]) => name)), ...judgedByKey].sort()).toEqual(Object.keys(s3).sort());
  });

  it.each(table.map(([name, more, ...expected]) => ({ name, more, expected })))('$name $more needs $expected', ({ name, more, expected }) => {
    const operation = s3[name] as Operation<object, object, unknown>;
    const input = { Bucket, ...more };
    expect(world.demands(operation, input).map(({ action, resource }) => [action, resource])).toEqual(expected);
    for (const [action] of expected) {
      world.refused.clear();
      world.refused.add(action);
      expect(world.refusal(operation, input, world.receive('x'))).toMatch(/^AccessDenied 403: not authorized to perform: /);
    }
  });
});

it('condition keys of listings are those of the request', () => {
  expect(world.demands(s3.ListObjectsV2, { Bucket, Prefix: 'a/', Delimiter: '/', MaxKeys: 5 })[0]?.context).toEqual({
    's3:prefix': ['a/'],
    's3:delimiter': ['/'],
    's3:max-keys': ['5'],
    's3:ResourceAccount': ['111122223333'],
  });
  expect(world.demands(s3.ListObjects, { Bucket })[0]?.context).toEqual({ 's3:ResourceAccount': ['111122223333'] });
});

it('condition keys of writes are those of the request', () => {
  const input = { Bucket, Key, ACL: 'private' as const, ServerSideEncryption: 'AES256' as const, Tagging: 'a=1' };
  expect(world.demands(s3.PutObject, input)[0]?.context).toEqual({
    's3:x-amz-acl': ['private'],
    's3:x-amz-server-side-encryption': ['AES256'],
    's3:RequestObjectTag/a': ['1'],
    's3:RequestObjectTagKeys': ['a'],
    's3:ResourceAccount': ['111122223333'],
  });
});
