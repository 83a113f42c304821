import { expect, it } from 'vitest';
import { accountId, allowing, fromHost, iamWorld, refusalOf, root, trustPolicy } from '../../test/fixtures/iam-world.ts';
import type { Arrival } from '../model/arrival.ts';
import { unknownArrival } from '../model/policy/condition-keys.ts';
import type { Demand } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import { iam } from '../services/iam/registry.ts';
import { ensureRootCredentials } from './credentials.ts';
import { PolicyCache } from './policy-cache.ts';

const sagemaker: Principal = { type: 'service', service: 'sagemaker.amazonaws.com' };
const getObject: Demand = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' };
const sampleEndpointPolicy = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"*"}]}';

const endpointArrival: Arrival = {
  kind: 'endpoint',
  service: 's3',
  vpcEndpointId: 'vpce-01234567890123456',
  vpcId: 'vpc-1',
  sourceIp: '10.0.0.4',
  secure: true,
};

function withEndpoint(world: ReturnType<typeof iamWorld>, policyDocument: string): void {
  world.store.ec2.vpcEndpoints.insert({
    vpcEndpointId: 'vpce-01234567890123456',
    number: 1,
    vpcEndpointType: 'Gateway',
    vpcId: 'vpc-1',
    serviceName: 'com.amazonaws.us-west-2.s3',
    prefixListId: 'pl-68a54001',
    routeTableIds: [],
    policyDocument,
    ownerId: accountId,
    createdAt: '2026-11-01T12:00:00Z',
  });
}

it('gives the root user the same key at every start', () => {
  const { store, random, rootKey, access } = iamWorld();
  expect(rootKey).toMatchObject({ created: true, accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/) });
  expect(ensureRootCredentials(store, random)).toEqual({ ...rootKey, created: false });
  expect(access.resolve(rootKey.accessKeyId, undefined)).toEqual({ secretAccessKey: rootKey.secretAccessKey, principal: root });
});

it('gives the root user the key that the operator chose', () => {
  const { store, random, rootKey, access } = iamWorld();
  ensureRootCredentials(store, random, { accessKeyId: 'test', secretAccessKey: 'test' });
  expect(access.resolve('test', undefined)?.secretAccessKey).toBe('test');
  expect(access.resolve(rootKey.accessKeyId, undefined)).toBeUndefined();
  ensureRootCredentials(store, random, { accessKeyId: 'test', secretAccessKey: 'changed' });
  expect(access.resolve('test', undefined)?.secretAccessKey).toBe('changed');
});

it('knows no key it did not give', () => {
  const { access, rootKey } = iamWorld();
  expect(access.resolve('AKIAAAAAAAAAAAAAAAAA', undefined)).toBeUndefined();
  expect(access.resolve(rootKey.accessKeyId, 'a token')).toBeUndefined();
});

it('resolves a session by its key and token until it ends', () => {
  const { access, clock, store, makeRole } = iamWorld();
  const roleArn = makeRole('Training');
  const request = { roleArn, sessionName: 'job', durationSeconds: 900, sessionPolicies: [] };
  const issued = store.transact(() => access.assumeRole(sagemaker, request, clock.now()));
  expect(issued).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/), expiration: new Date('2026-11-01T12:15:00Z') });
  expect(access.resolve(issued.accessKeyId, issued.sessionToken)).toEqual({
    secretAccessKey: issued.secretAccessKey,
    principal: expect.objectContaining({ arn: `arn:aws:sts::${accountId}:assumed-role/Training/job`, roleArn }),
  });
  expect(access.resolve(issued.accessKeyId, undefined)).toBeUndefined();
  expect(access.resolve(issued.accessKeyId, `${issued.sessionToken}x`)).toBeUndefined();
  clock.advance(900_000);
  expect(access.resolve(issued.accessKeyId, issued.sessionToken)).toBeUndefined();
});

it('stores no token, and forgets sessions that have ended', () => {
  const { access, clock, store, makeRole } = iamWorld();
  const roleArn = makeRole('Training');
  const request = { roleArn, sessionName: 'job', durationSeconds: 900, sessionPolicies: [] };
  const first = store.transact(() => access.assumeRole(sagemaker, request, clock.now()));
  expect(JSON.stringify(store.iam.sessions.list())).not.toContain(first.sessionToken);
  clock.advance(900_001);
  const second = store.transact(() => access.assumeRole(sagemaker, request, clock.now()));
  expect(store.iam.sessions.list().map(({ accessKeyId }) => accessKeyId)).toEqual([second.accessKeyId]);
});

it('resolves the key of a user, while there is the user', () => {
  const { call, access } = iamWorld();
  call(iam.CreateUser, { UserName: 'alice' });
  const { AccessKey } = call(iam.CreateAccessKey, { UserName: 'alice' });
  const accessKeyId = AccessKey?.AccessKeyId ?? '';
  expect(access.resolve(accessKeyId, undefined)).toMatchObject({
    secretAccessKey: AccessKey?.SecretAccessKey,
    principal: { type: 'user', userName: 'alice' },
  });
  call(iam.DeleteAccessKey, { UserName: 'alice', AccessKeyId: accessKeyId });
  expect(access.resolve(accessKeyId, undefined)).toBeUndefined();
});

it('lets a role do what its policies allow, and names the policy', () => {
  const { access, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('Training', allowing('s3:Get*')));
  const ask = (demand: Demand) => access.authorise({ principal, arrival: fromHost, demand, now: clock.now() });
  expect(ask(getObject)).toEqual({
    verdict: 'allow',
    determining: [{ kind: 'identity', policy: 'role/Training/inline', effect: 'Allow', index: 0 }],
    message: '',
  });
  expect(ask({ ...getObject, action: 's3:PutObject' })).toMatchObject({
    verdict: 'deny',
    missing: 'identity',
    message: `User: arn:aws:sts::${accountId}:assumed-role/Training/job is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:PutObject action`,
  });
});

it('judges a changed policy at once', () => {
  const { access, call, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('Training', allowing('s3:*')));
  const verdict = () => access.authorise({ principal, arrival: fromHost, demand: getObject, now: clock.now() }).verdict;
  expect(verdict()).toBe('allow');
  call(iam.PutRolePolicy, { RoleName: 'Training', PolicyName: 'inline', PolicyDocument: allowing('sqs:*') });
  expect(verdict()).toBe('deny');
});

it('gives the sessions of a deleted role nothing, also when its name is used again', () => {
  const { access, call, clock, makeRole, sessionOf } = iamWorld();
  const roleArn = makeRole('Training', allowing('s3:*'));
  const principal = sessionOf(roleArn);
  call(iam.DeleteRolePolicy, { RoleName: 'Training', PolicyName: 'inline' });
  call(iam.DeleteRole, { RoleName: 'Training' });
  makeRole('Training', allowing('s3:*'));
  const verdictOf = (principal: Principal) => access.authorise({ principal, arrival: fromHost, demand: getObject, now: clock.now() }).verdict;
  expect(verdictOf(principal)).toBe('deny');
  expect(verdictOf(sessionOf(roleArn))).toBe('allow');
});

it('asks the policy of the endpoint that a request came through', () => {
  const world = iamWorld();
  const { access, clock, store } = world;
  withEndpoint(world, sampleEndpointPolicy);
  const ask = (demand: Demand, arrival: Arrival = endpointArrival) => access.authorise({ principal: root, arrival, demand, now: clock.now() });
  expect(ask(getObject)).toMatchObject({ verdict: 'allow', determining: [{ kind: 'endpoint', policy: 'vpce-01234567890123456', index: 0 }] });
  expect(ask({ ...getObject, action: 's3:PutObject' })).toMatchObject({ verdict: 'deny', missing: 'endpoint' });
  expect(ask({ ...getObject, action: 's3:PutObject' }, fromHost).verdict).toBe('allow');
  store.ec2.vpcEndpoints.delete('vpce-01234567890123456');
  expect(ask(getObject), 'of an endpoint that is gone').toMatchObject({ verdict: 'deny', missing: 'endpoint' });
});

it('names the bucket whose policy denied', () => {
  const { access, clock } = iamWorld();
  const resourcePolicy = '{"Statement":{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}';
  expect(access.authorise({ principal: root, arrival: fromHost, demand: { ...getObject, resourcePolicy }, now: clock.now() })).toMatchObject({
    verdict: 'deny',
    determining: [{ kind: 'resource', policy: 'arn:aws:s3:::b', effect: 'Deny', sid: 'No', index: 0 }],
    message: expect.stringContaining('with an explicit deny in a resource-based policy'),
  });
});

it('says that it depends, to whoever asks before the request arrives', () => {
  const { access, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('Training', allowing('s3:Get*')));
  const resourcePolicy =
    '{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}}';
  const arrival = { kind: 'service', servicePrincipal: 'sagemaker.amazonaws.com' } as const;
  const ask = (action: string) =>
    access.authorise({ principal, arrival, demand: { ...getObject, action, resourcePolicy, context: unknownArrival }, now: clock.now() });
  expect(ask('s3:GetObject').verdict).toBe('unknown');
  expect(ask('s3:PutObject')).toMatchObject({ verdict: 'deny', missing: 'identity' });
});

it('narrows a session by the policies it was made with', () => {
  const { access, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('Training', allowing('*')), [allowing('s3:ListBucket')]);
  expect(access.authorise({ principal, arrival: fromHost, demand: getObject, now: clock.now() })).toMatchObject({
    verdict: 'deny',
    missing: 'session',
  });
});

it("reads the tags of the caller's role", () => {
  const { access, call, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('Training', allowing('s3:*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'vision' } } })));
  const verdict = () => access.authorise({ principal, arrival: fromHost, demand: getObject, now: clock.now() }).verdict;
  expect(verdict()).toBe('deny');
  call(iam.TagRole, { RoleName: 'Training', Tags: [{ Key: 'Team', Value: 'vision' }] });
  expect(verdict()).toBe('allow');
});

it('gives a role the AWS managed policy that is attached to it', () => {
  const { access, call, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('Training'));
  const demand = { action: 'ec2:ModifyNetworkInterfaceAttribute', resource: `arn:aws:ec2:us-west-2:${accountId}:network-interface/eni-1` };
  const ask = () =>
    access.authorise({ principal, arrival: { kind: 'service', servicePrincipal: 'sagemaker.amazonaws.com' }, demand, now: clock.now() });
  expect(ask().verdict).toBe('deny');
  call(iam.AttachRolePolicy, { RoleName: 'Training', PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' });
  expect(ask()).toMatchObject({ verdict: 'allow', determining: [{ policy: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' }] });
});

it('refuses to assume a role that does not trust the caller, or that is not there, in the same words', () => {
  const { access, clock, store, makeRole } = iamWorld();
  const roleArn = makeRole('Other', undefined, trustPolicy.replace('sagemaker.amazonaws.com', 'ec2.amazonaws.com'));
  const assume = (roleArn: string) => () =>
    store.transact(() => access.assumeRole(sagemaker, { roleArn, sessionName: 'job', durationSeconds: 900, sessionPolicies: [] }, clock.now()));
  for (const arn of [roleArn, `${roleArn}-gone`]) {
    expect(refusalOf(assume(arn))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: sagemaker.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${arn} because no role trust policy allows the sts:AssumeRole action`,
    });
  }
  expect(store.iam.sessions.list()).toEqual([]);
});

it('keeps no more compiled policies than its limit, and the used ones first', () => {
  const cache = new PolicyCache(2);
  const first = cache.compiled(allowing('a:b'), 'identity');
  cache.compiled(allowing('c:d'), 'identity');
  expect(cache.compiled(allowing('a:b'), 'identity')).toBe(first);
  cache.compiled(allowing('e:f'), 'identity');
  expect(cache.size).toBe(2);
  expect(cache.compiled(allowing('a:b'), 'identity')).toBe(first);
});
