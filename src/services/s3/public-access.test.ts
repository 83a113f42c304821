import { beforeEach, describe, expect, it } from 'vitest';
import { iamWorld } from '../../../test/fixtures/iam-world.ts';
import { accountId, alice, OperationWorld, stranger } from '../../../test/fakes/operation-world.ts';
import { explain } from '../../model/policy/explain.ts';
import type { Principal } from '../../model/policy/principal.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const off = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const statement = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:GetBucketPolicy'], Resource: `arn:aws:s3:::${Bucket}/*` };
const policyOf = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const publicPolicy = policyOf(statement);
const fixed = { ...statement, Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-01234567890123456' } } };
const anonymous: Principal = { type: 'anonymous' };
const service: Principal = { type: 'service', service: 'delivery.logs.amazonaws.com' };

const set = (more: Partial<typeof on>): object => world.run(s3.PutPublicAccessBlock, { Bucket, PublicAccessBlockConfiguration: { ...off, ...more } });
const putPolicy = (Policy: string): object => world.run(s3.PutBucketPolicy, { Bucket, Policy });
const isPublic = (): boolean | undefined => world.run(s3.GetBucketPolicyStatus, { Bucket }).PolicyStatus?.IsPublic;

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});

describe('the configuration', () => {
  it('of a new bucket has everything on, and can be taken away', () => {
    expect(world.run(s3.GetPublicAccessBlock, { Bucket })).toEqual({ PublicAccessBlockConfiguration: on });
    world.run(s3.DeletePublicAccessBlock, { Bucket });
    expect(world.refusal(s3.GetPublicAccessBlock, { Bucket })).toBe(
      'NoSuchPublicAccessBlockConfiguration 404: The public access block configuration was not found',
    );
    world.run(s3.DeletePublicAccessBlock, { Bucket });
  });

  it('is the switches that were named', () => {
    world.run(s3.PutPublicAccessBlock, { Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } });
    expect(world.run(s3.GetPublicAccessBlock, { Bucket })).toEqual({ PublicAccessBlockConfiguration: { ...off, RestrictPublicBuckets: true } });
  });

  it('is of a bucket, and of its owner', () => {
    const PublicAccessBlockConfiguration = off;
    expect(world.refusal(s3.PutPublicAccessBlock, { Bucket: 'nowhere', PublicAccessBlockConfiguration })).toMatch(/^NoSuchBucket/);
    const ExpectedBucketOwner = '999988887777';
    expect(world.refusal(s3.PutPublicAccessBlock, { Bucket, ExpectedBucketOwner, PublicAccessBlockConfiguration })).toMatch(/^AccessDenied/);
    expect(world.run(s3.GetPublicAccessBlock, { Bucket })).toEqual({ PublicAccessBlockConfiguration: on });
  });
});

describe('BlockPublicPolicy', () => {
  it('refuses a public policy, and leaves the one that is there', () => {
    putPolicy(policyOf(fixed));
    expect(world.refusal(s3.PutBucketPolicy, { Bucket, Policy: publicPolicy })).toBe(
      `AccessDenied 403: User: arn:aws:iam::${accountId}:user/alice is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${Bucket}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
    expect(world.run(s3.GetBucketPolicy, { Bucket })).toEqual({ Policy: policyOf(fixed) });
  });

  it.each([{ BlockPublicPolicy: false }, { RestrictPublicBuckets: true, BlockPublicAcls: true, IgnorePublicAcls: true }])(
    'is the only switch that does: %j',
    (switches) => {
      set(switches);
      putPolicy(publicPolicy);
      expect(isPublic()).toBe(true);
    },
  );

  it('does not touch a public policy that is there', () => {
    set({});
    putPolicy(publicPolicy);
    set({ BlockPublicPolicy: true });
    expect(world.run(s3.GetBucketPolicy, { Bucket })).toEqual({ Policy: publicPolicy });
    expect(world.refusal(s3.PutBucketPolicy, { Bucket, Policy: publicPolicy })).toMatch(/^AccessDenied/);
  });
});

it('GetBucketPolicyStatus says whether the policy is public', () => {
  expect(world.refusal(s3.GetBucketPolicyStatus, { Bucket })).toMatch(/^NoSuchBucketPolicy 404/);
  putPolicy(policyOf(fixed));
  expect(isPublic()).toBe(false);
  world.run(s3.DeletePublicAccessBlock, { Bucket });
  putPolicy(policyOf(fixed, { ...statement, Sid: 'Two' }));
  expect(isPublic()).toBe(true);
});

it.each([stranger, anonymous, service])("a bucket policy is for the owner's account only: %j", (principal) => {
  set({});
  putPolicy(publicPolicy);
  const text = 'MethodNotAllowed 405: The specified method is not allowed against this resource.';
  expect(world.refusal(s3.GetBucketPolicy, { Bucket }, undefined, principal)).toBe(text);
  expect(world.refusal(s3.PutBucketPolicy, { Bucket, Policy: policyOf(fixed) }, undefined, principal)).toBe(text);
  expect(world.refusal(s3.DeleteBucketPolicy, { Bucket }, undefined, principal)).toBe(text);
  expect(world.run(s3.GetBucketPolicy, { Bucket })).toEqual({ Policy: publicPolicy });
});

describe('RestrictPublicBuckets', () => {
  /** With the real policies: who may read a key. */
  function readers(statements: readonly object[], switches: Partial<typeof on>): Record<string, string> {
    set({});
    putPolicy(policyOf(...statements));
    set(switches);
    const { access } = iamWorld();
    const arrival = { kind: 'host', sourceIp: '198.51.100.1', secure: true } as const;
    const owner: Principal = { type: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` };
    const verdict = (principal: Principal): string => {
      const [demand] = world.demands(s3.GetObject, { Bucket, Key: 'k' }, principal);
      if (demand === undefined) throw new Error('GetObject demands something');
      return access.authorise({ principal, arrival, now: world.clock.now(), demand }).verdict;
    };
    return { owner: verdict(owner), alice: verdict(alice), anonymous: verdict(anonymous), service: verdict(service) };
  }
  const toService = { ...statement, Sid: 'Delivery', Principal: { Service: 'delivery.logs.amazonaws.com' } };

  it("leaves a public policy to the owner's account and to services", () => {
    const everybody = { owner: 'allow', alice: 'allow', anonymous: 'allow', service: 'allow' };
    expect(readers([statement, toService], {})).toEqual(everybody);
    expect(readers([statement, toService], { RestrictPublicBuckets: true })).toEqual({ ...everybody, anonymous: 'deny' });
    expect(readers([statement, toService], { BlockPublicPolicy: true, BlockPublicAcls: true, IgnorePublicAcls: true })).toEqual(everybody);
  });

  it('changes nothing of a policy that is not public', () => {
    const source = { ...statement, Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } };
    expect(readers([source], { RestrictPublicBuckets: true })).toMatchObject({ alice: 'allow', anonymous: 'allow' });
  });

  it('takes a public policy from another account with all its statements', () => {
    const toStranger = { ...statement, Sid: 'Named', Principal: { AWS: stranger.type === 'user' ? stranger.accountId : '' } };
    const policyFor = (...statements: object[]): string | undefined => {
      set({});
      putPolicy(policyOf(...statements));
      set({ RestrictPublicBuckets: true });
      return world.demands(s3.GetObject, { Bucket, Key: 'k' }, stranger)[0]?.resourcePolicy;
    };
    expect(policyFor(toStranger)).toBe(policyOf(toStranger));
    expect(policyFor(toStranger, statement)).toBeUndefined();
  });

  it('is what a refusal is explained by', () => {
    set({});
    putPolicy(publicPolicy);
    set({ RestrictPublicBuckets: true });
    const { access } = iamWorld();
    const [demand] = world.demands(s3.GetObject, { Bucket, Key: 'k' }, anonymous);
    if (demand === undefined) throw new Error('GetObject demands something');
    const asked = {
      principal: anonymous,
      arrival: { kind: 'host', sourceIp: '198.51.100.1', secure: true },
      now: world.clock.now(),
      demand,
    } as const;
    const { chain, change } = explain(access.caseOf(asked));
    expect(chain).toMatchObject([{ kind: 'resource', name: `arn:aws:s3:::${Bucket}`, says: 'is withheld by RestrictPublicBuckets' }]);
    expect(change).toMatchObject({ edits: [], unblock: expect.stringContaining(`switch RestrictPublicBuckets of arn:aws:s3:::${Bucket} off`) });
  });

  it('lets a Deny of a public policy stand for the owner', () => {
    const deny = { ...statement, Sid: 'No', Effect: 'Deny' };
    expect(readers([statement, deny], { RestrictPublicBuckets: true })).toMatchObject({ owner: 'deny', alice: 'deny', anonymous: 'deny' });
  });
});
