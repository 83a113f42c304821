import { expect, it } from 'vitest';
import { accountId, fromHost, iamWorld, region, root } from '../../../test/fixtures/iam-world.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { OperationContext } from '../operation.ts';
import { objectDemand } from './demand.ts';
import { ensureRepositoryBuckets, repositoryOwner, repositoryPrincipal } from './repository-buckets.ts';

const bucket = `amazonlinux.${region}.amazonaws.com`;
const now = new Date('2026-11-01T12:00:00.000Z');

function withRepositories() {
  const world = iamWorld();
  ensureRepositoryBuckets(world.store, region, now);
  const verdict = (principal: Principal, action: string): string => {
    const demand = objectDemand({ store: world.store } as OperationContext, action, bucket, 'k');
    return world.access.authorise({ principal, arrival: fromHost, demand, now }).verdict;
  };
  return { ...world, verdict };
}

it('are four, of no account, and made once', () => {
  const { store } = withRepositories();
  const before = store.s3.buckets.list();
  expect(before.map(({ bucketName, ownerId }) => [bucketName, ownerId])).toEqual([
    [`al2023-repos-${region}-de612dc2`, repositoryOwner],
    [bucket, repositoryOwner],
    [`packages.${region}.amazonaws.com`, repositoryOwner],
    [`repo.${region}.amazonaws.com`, repositoryOwner],
  ]);
  ensureRepositoryBuckets(store, region, new Date());
  expect(store.s3.buckets.list()).toEqual(before);
});

it('get the policy of this version, and leave what an account has by their name', () => {
  const { store } = withRepositories();
  const { policy } = store.s3.buckets.get(bucket);
  store.transact(() => {
    store.s3.buckets.update(bucket, { policy: '{}' });
    store.s3.buckets.update(`repo.${region}.amazonaws.com`, { ownerId: accountId, policy: '{}' });
  });
  ensureRepositoryBuckets(store, region, now);
  expect(store.s3.buckets.get(bucket).policy).toBe(policy);
  expect(store.s3.buckets.get(`repo.${region}.amazonaws.com`)).toMatchObject({ ownerId: accountId, policy: '{}' });
});

it('are read by everybody and filled by their owner; no root user can do more than read', () => {
  const { verdict } = withRepositories();
  const anonymous: Principal = { type: 'anonymous' };
  const other: Principal = { type: 'service', service: 'sagemaker.amazonaws.com' };
  for (const principal of [anonymous, root, other, repositoryPrincipal])
    expect([principal, verdict(principal, 's3:GetObject')]).toEqual([principal, 'allow']);
  for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:PutObjectTagging', 's3:PutBucketPolicy']) {
    for (const principal of [anonymous, root, other]) expect([principal, action, verdict(principal, action)]).toEqual([principal, action, 'deny']);
  }
  expect(['s3:PutObject', 's3:DeleteObject'].map((action) => verdict(repositoryPrincipal, action))).toEqual(['allow', 'allow']);
  expect(verdict(repositoryPrincipal, 's3:PutBucketPolicy')).toBe('deny');
});
