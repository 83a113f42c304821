import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import type { Operation } from '../operation.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const Key = 'k';

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
  world.run(s3.PutObject, { Bucket, Key }, world.receive('x'));
});

describe('ownership', () => {
  const rules = (...ObjectOwnership: ('BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter')[]) => ({
    Bucket,
    OwnershipControls: { Rules: ObjectOwnership.map((name) => ({ ObjectOwnership: name })) },
  });
  const enforced = { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };

  it('is enforced for the owner from the start', () => {
    expect(world.run(s3.GetBucketOwnershipControls, { Bucket })).toEqual(enforced);
    world.run(s3.DeleteBucketOwnershipControls, { Bucket });
    expect(world.refusal(s3.GetBucketOwnershipControls, { Bucket })).toBe(
      'OwnershipControlsNotFoundError 404: The bucket ownership controls were not found',
    );
    world.run(s3.PutBucketOwnershipControls, rules('BucketOwnerEnforced'));
    expect(world.run(s3.GetBucketOwnershipControls, { Bucket })).toEqual(enforced);
  });

  it.each(['BucketOwnerPreferred', 'ObjectWriter'] as const)('of another kind is refused by its name: %s', (kind) => {
    expect(world.refusal(s3.PutBucketOwnershipControls, rules(kind))).toMatch(new RegExp(`^NotImplemented 501: .*ObjectOwnership ${kind}`));
    expect(world.refusal(s3.CreateBucket, { Bucket: 'other-bucket', ObjectOwnership: kind })).toMatch(/^NotImplemented 501/);
    expect(world.run(s3.GetBucketOwnershipControls, { Bucket })).toEqual(enforced);
    expect(world.refusal(s3.HeadBucket, { Bucket: 'other-bucket' })).toMatch(/^NoSuchBucket/);
  });

  it('is one rule', () => {
    expect(world.refusal(s3.PutBucketOwnershipControls, rules())).toMatch(/^MalformedXML 400/);
    expect(world.refusal(s3.PutBucketOwnershipControls, rules('BucketOwnerEnforced', 'BucketOwnerEnforced'))).toMatch(/^MalformedXML 400/);
  });
});

describe('access control lists', () => {
  const text = 'AccessControlListNotSupported 400: The bucket does not allow ACLs';

  it.each(['private', 'public-read', 'public-read-write', 'authenticated-read'] as const)('are not set by name: %s', (ACL) => {
    expect(world.refusal(s3.PutBucketAcl, { Bucket, ACL })).toBe(text);
    expect(world.refusal(s3.PutObjectAcl, { Bucket, Key, ACL })).toBe(text);
  });

  it.each(['public-read', 'public-read-write', 'authenticated-read'] as const)('do not come with an object: %s', (ACL) => {
    expect(world.refusal(s3.PutObject, { Bucket, Key, ACL }, world.receive('y'))).toBe(text);
  });

  it('are not set by grants', () => {
    expect(world.refusal(s3.PutBucketAcl, { Bucket, GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' })).toBe(text);
    const Grantee = { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' };
    const { Grants = [], Owner } = world.run(s3.GetBucketAcl, { Bucket });
    const more = { Grants: [...Grants, { Grantee, Permission: 'READ' as const }], Owner };
    expect(world.refusal(s3.PutBucketAcl, { Bucket, AccessControlPolicy: more } as never)).toBe(text);
    expect(world.refusal(s3.PutObjectAcl, { Bucket, Key, AccessControlPolicy: more } as never)).toBe(text);
  });

  it('are accepted when they are the one there is', () => {
    const AccessControlPolicy = world.run(s3.GetBucketAcl, { Bucket });
    world.run(s3.PutBucketAcl, { Bucket, AccessControlPolicy } as never);
    world.run(s3.PutObjectAcl, { Bucket, Key, AccessControlPolicy } as never);
    world.run(s3.PutObjectAcl, { Bucket, Key, ACL: 'bucket-owner-full-control' });
    expect(world.refusal(s3.PutObjectAcl, { Bucket, Key: 'missing', ACL: 'bucket-owner-full-control' })).toMatch(/^NoSuchKey 404/);
  });

  it('are given in one way', () => {
    expect(world.refusal(s3.PutBucketAcl, { Bucket })).toBe('MissingSecurityHeader 400: Your request was missing a required header');
    expect(world.refusal(s3.PutBucketAcl, { Bucket, ACL: 'private', GrantRead: 'id="x"' })).toMatch(/^InvalidRequest 400/);
  });

  it.each([{ ACL: 'public-read' as const }, { GrantRead: 'id="x"' }, { GrantFullControl: 'id="x"' }])('make no bucket: %j', (asked) => {
    expect(world.refusal(s3.CreateBucket, { Bucket: 'other-bucket', ...asked })).toBe(
      "InvalidBucketAclWithObjectOwnership 400: Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
    expect(world.refusal(s3.HeadBucket, { Bucket: 'other-bucket' })).toMatch(/^NoSuchBucket/);
  });

  it('bring their condition keys', () => {
    expect(world.demands(s3.PutBucketAcl, { Bucket, ACL: 'public-read' })).toMatchObject([{ context: { 's3:x-amz-acl': ['public-read'] } }]);
    expect(world.demands(s3.PutObjectAcl, { Bucket, Key, GrantRead: 'id="x"' })).toMatchObject([{ context: { 's3:x-amz-grant-read': ['id="x"'] } }]);
  });
});

describe('encryption', () => {
  const put = (...Rules: object[]) => ({ Bucket, ServerSideEncryptionConfiguration: { Rules } }) as never;
  const read = () => world.run(s3.GetBucketEncryption, { Bucket }).ServerSideEncryptionConfiguration?.Rules;
  const aes = { SSEAlgorithm: 'AES256' };
  const standard = [{ ApplyServerSideEncryptionByDefault: aes, BucketKeyEnabled: false }];

  it('is AES256, whatever is taken away', () => {
    expect(read()).toEqual(standard);
    world.run(s3.PutBucketEncryption, put({ ApplyServerSideEncryptionByDefault: aes, BucketKeyEnabled: true }));
    expect(read()).toEqual([{ ApplyServerSideEncryptionByDefault: aes, BucketKeyEnabled: true }]);
    world.run(s3.DeleteBucketEncryption, { Bucket });
    expect(read()).toEqual(standard);
  });

  it('with keys of clients can be blocked, as it is refused anyway', () => {
    const blocked = { BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } };
    world.run(s3.PutBucketEncryption, put({ ApplyServerSideEncryptionByDefault: aes, ...blocked }));
    expect(read()).toEqual([{ ...standard[0], ...blocked }]);
    const asked = { Bucket, Key, SSECustomerAlgorithm: 'AES256' };
    expect(world.refusal(s3.PutObject, asked, world.receive('y'))).toMatch(/^NotImplemented 501.*SSECustomerAlgorithm/);
  });

  it.each([
    [[{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }], /^NotImplemented 501: .*SSEAlgorithm aws:kms$/],
    [[{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms:dsse' } }], /^NotImplemented 501: .*SSEAlgorithm aws:kms:dsse$/],
    [[{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'rot13' } }], /^MalformedXML 400/],
    [[{ ApplyServerSideEncryptionByDefault: { ...aes, KMSMasterKeyID: 'x' } }], /^InvalidArgument 400: a KMSMasterKeyID is not applicable/],
    [[], /^MalformedXML 400/],
    [[...standard, ...standard], /^MalformedXML 400/],
  ])('that is not done is refused: %j', (rules, message) => {
    expect(world.refusal(s3.PutBucketEncryption, put(...rules))).toMatch(message);
    expect(read()).toEqual(standard);
  });
});

describe('what is not done', () => {
  it('can be turned off, and not on', () => {
    expect(world.run(s3.GetBucketAccelerateConfiguration, { Bucket })).toEqual({});
    world.run(s3.PutBucketAccelerateConfiguration, { Bucket, AccelerateConfiguration: { Status: 'Suspended' } });
    expect(world.run(s3.GetBucketAccelerateConfiguration, { Bucket })).toEqual({ Status: 'Suspended' });
    world.run(s3.PutBucketRequestPayment, { Bucket, RequestPaymentConfiguration: { Payer: 'BucketOwner' } });
    world.run(s3.PutBucketLogging, { Bucket, BucketLoggingStatus: {} });
    world.run(s3.PutBucketNotificationConfiguration, { Bucket, NotificationConfiguration: { TopicConfigurations: [] } });
    world.run(s3.DeleteBucketWebsite, { Bucket });
    world.run(s3.DeleteBucketReplication, { Bucket });
  });

  const topic = { TopicArn: 'arn:aws:sns:us-east-1:111122223333:t', Events: ['s3:ObjectCreated:*'] };
  it.each([
    ['PutBucketAccelerateConfiguration', { AccelerateConfiguration: { Status: 'Enabled' } }, 'Status Enabled'],
    ['PutBucketRequestPayment', { RequestPaymentConfiguration: { Payer: 'Requester' } }, 'Payer Requester'],
    ['PutBucketLogging', { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'x', TargetPrefix: '' } } }, 'LoggingEnabled'],
    ['PutBucketNotificationConfiguration', { NotificationConfiguration: { TopicConfigurations: [topic] } }, 'TopicConfigurations'],
    ['PutBucketNotificationConfiguration', { NotificationConfiguration: { EventBridgeConfiguration: {} } }, 'EventBridgeConfiguration'],
  ] as const)('%s refuses by name: %j', (name, input, what) => {
    const operation = s3[name] as Operation<object, object>;
    expect(world.refusal(operation, { Bucket, ...input })).toMatch(new RegExp(`^NotImplemented 501: .*${name} with ${what}$`));
    expect(world.refusal(operation, { ...input, Bucket: 'nowhere' })).toMatch(/^NoSuchBucket/);
  });

  it.each(['Analytics', 'IntelligentTiering', 'Inventory', 'Metrics'] as const)('has no configuration: %s', (kind) => {
    const reads: Readonly<Record<string, unknown>> = s3;
    const run = (name: string): string => world.refusal(reads[name] as Operation<object, object>, { Bucket, Id: 'x' });
    expect(run(`GetBucket${kind}Configuration`)).toBe('NoSuchConfiguration 404: The specified configuration does not exist.');
    expect(run(`DeleteBucket${kind}Configuration`)).toMatch(/^NoSuchConfiguration 404/);
    expect(world.run(reads[`ListBucket${kind}Configurations`] as Operation<object, object>, { Bucket })).toEqual({ IsTruncated: false });
  });
});
