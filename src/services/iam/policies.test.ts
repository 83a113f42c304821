import { describe, expect, it } from 'vitest';
import { accountId, allowing, fromHost, iamWorld, refusalOf, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import type { Principal } from '../../model/policy/principal.ts';
import { present } from '../../stdx/assert.ts';
import { iam } from './registry.ts';

const arnOf = (name: string): string => `arn:aws:iam::${accountId}:policy/${name}`;
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
const conflict = (message: string) => ({ code: 'DeleteConflict', status: 409, message });
const limit = (message: string) => ({ code: 'LimitExceeded', status: 409, message });
const missing = (message: string) => ({ code: 'NoSuchEntity', status: 404, message });
const actionsOf = (document: string | undefined): unknown => JSON.parse(decodeURIComponent(document ?? '')).Statement[0].Action;

/** A world with the policy `mine`, and what a user or a role's session may do in it. */
function policyWorld() {
  const world = iamWorld();
  const { call, access, clock, store } = world;
  const PolicyArn = present(call(iam.CreatePolicy, { PolicyName: 'mine', PolicyDocument: allowing('s3:Get*') }).Policy?.Arn, 'it has an ARN');
  call(iam.CreateUser, { UserName: 'alice' });
  const { accessKeyId } = store.transact(() => access.issueAccessKey(accountId, 'alice', clock.now()));
  const alice = (): Principal => present(access.resolve(accessKeyId, undefined), 'alice has a key').principal;
  const decisionOn = (principal: Principal, action: string) =>
    access.authorise({ principal, arrival: fromHost, demand: { action, resource: 'arn:aws:s3:::b/k' }, now: clock.now() });
  return { ...world, PolicyArn, alice, decisionOn };
}

describe('customer managed policies', () => {
  it('are created as AWS shows them, and read with description and tags', () => {
    const { call } = iamWorld();
    const Tags = [{ Key: 'team', Value: 'vision' }];
    const { Policy } = call(iam.CreatePolicy, { PolicyName: 'p', Path: '/ml/', PolicyDocument: allowing('s3:*'), Description: 'all of S3', Tags });
    const made = new Date('2026-11-01T12:00:00Z');
    expect(Policy).toEqual({
      PolicyName: 'p',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: arnOf('ml/p'),
      Path: '/ml/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: made,
      UpdateDate: made,
      Tags,
    });
    expect(call(iam.GetPolicy, { PolicyArn: arnOf('ml/p') }).Policy).toEqual({ ...Policy, Description: 'all of S3' });
  });

  it('have names that are taken whatever their case and path', () => {
    const { call } = policyWorld();
    expect(refusalOf(() => call(iam.CreatePolicy, { PolicyName: 'MINE', Path: '/x/', PolicyDocument: allowing('*') }))).toEqual({
      code: 'EntityAlreadyExists',
      status: 409,
      message: 'A policy called MINE already exists. Duplicate names are not allowed.',
    });
  });

  it('are held to the grammar and to 6,144 characters, white space apart', () => {
    const { call } = policyWorld();
    const sized = (characters: number): string => allowing('*', { Sid: 'x'.repeat(characters - allowing('*', { Sid: '' }).length) });
    call(iam.CreatePolicy, { PolicyName: 'full', PolicyDocument: sized(6_144).replace('{', `{${' '.repeat(100)}`) });
    const create = (PolicyDocument: string) => () => call(iam.CreatePolicy, { PolicyName: 'p', PolicyDocument });
    expect(refusalOf(create(sized(6_145)))).toEqual(limit('Cannot exceed quota for PolicySize: 6144'));
    expect(refusalOf(create('{'))).toMatchObject({ code: 'MalformedPolicyDocument', message: 'This policy contains invalid Json' });
    expect(refusalOf(create(trustPolicy)).code).toBe('MalformedPolicyDocument');
  });

  it('that are not there, or are not ARNs, are told apart', () => {
    const { call } = policyWorld();
    const nope = arnOf('nope');
    expect(refusalOf(() => call(iam.GetPolicy, { PolicyArn: nope }))).toEqual(missing(`Policy ${nope} was not found.`));
    expect(refusalOf(() => call(iam.GetPolicy, { PolicyArn: arnOf('x/mine') })).code).toBe('NoSuchEntity');
    expect(refusalOf(() => call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn: nope }))).toEqual(
      missing(`Policy ${nope} does not exist or is not attachable.`),
    );
    expect(refusalOf(() => call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn: 'long-but-no-arn-at-all' }))).toEqual({
      code: 'InvalidInput',
      status: 400,
      message: 'ARN long-but-no-arn-at-all is not valid.',
    });
  });

  it("of another account and of AWS are not the caller's to change", () => {
    const { call } = policyWorld();
    const other = 'arn:aws:iam::999999999999:policy/p';
    expect(refusalOf(() => call(iam.GetPolicy, { PolicyArn: other })).code).toBe('AccessDenied');
    expect(refusalOf(() => call(iam.DeletePolicy, { PolicyArn: administrator })).code).toBe('AccessDenied');
    const version = { PolicyArn: administrator, PolicyDocument: allowing('*') };
    expect(refusalOf(() => call(iam.CreatePolicyVersion, version)).code).toBe('AccessDenied');
  });

  it('are tagged', () => {
    const { call, PolicyArn } = policyWorld();
    call(iam.TagPolicy, { PolicyArn, Tags: ['b', 'a'].map((Key) => ({ Key, Value: '1' })) });
    call(iam.UntagPolicy, { PolicyArn, TagKeys: ['B'] });
    expect(call(iam.ListPolicyTags, { PolicyArn })).toEqual({ Tags: [{ Key: 'a', Value: '1' }], IsTruncated: false });
  });
});

describe('versions', () => {
  it('are at most five, are numbered once, and the default one is in force', () => {
    const { call, PolicyArn } = policyWorld();
    const add = (SetAsDefault: boolean) =>
      call(iam.CreatePolicyVersion, { PolicyArn, PolicyDocument: allowing('s3:Put*'), SetAsDefault }).PolicyVersion;
    expect(add(false)).toEqual({ VersionId: 'v2', IsDefaultVersion: false, CreateDate: new Date('2026-11-01T12:00:00Z') });
    expect(add(true)).toMatchObject({ VersionId: 'v3', IsDefaultVersion: true });
    add(false);
    add(false);
    expect(refusalOf(() => add(false))).toEqual(
      limit('A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.'),
    );
    expect(refusalOf(() => call(iam.DeletePolicyVersion, { PolicyArn, VersionId: 'v3' }))).toEqual(
      conflict('Cannot delete the default version of a policy.'),
    );
    call(iam.DeletePolicyVersion, { PolicyArn, VersionId: 'v5' });
    expect(add(false)?.VersionId).toBe('v6');
    const first = call(iam.ListPolicyVersions, { PolicyArn, MaxItems: 3 });
    expect(first.Versions?.map(({ VersionId }) => VersionId)).toEqual(['v6', 'v4', 'v3']);
    const rest = call(iam.ListPolicyVersions, { PolicyArn, Marker: first.Marker ?? '' });
    expect(rest).toMatchObject({ IsTruncated: false, Versions: [{ VersionId: 'v2' }, { VersionId: 'v1' }] });
    expect(call(iam.GetPolicy, { PolicyArn }).Policy?.DefaultVersionId).toBe('v3');
    call(iam.SetDefaultPolicyVersion, { PolicyArn, VersionId: 'v1' });
    const version = call(iam.GetPolicyVersion, { PolicyArn, VersionId: 'v1' }).PolicyVersion;
    expect(version?.IsDefaultVersion).toBe(true);
    expect(actionsOf(version?.Document)).toBe('s3:Get*');
    expect(refusalOf(() => call(iam.SetDefaultPolicyVersion, { PolicyArn, VersionId: 'v9' }))).toEqual(
      missing(`Policy ${PolicyArn} version v9 does not exist or is not attachable.`),
    );
  });

  it('decide as soon as they are the default', () => {
    const { call, PolicyArn, alice, decisionOn } = policyWorld();
    call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn });
    call(iam.CreatePolicyVersion, { PolicyArn, PolicyDocument: allowing('s3:Put*') });
    const verdicts = () => ['s3:GetObject', 's3:PutObject'].map((action) => decisionOn(alice(), action).verdict);
    expect(verdicts()).toEqual(['allow', 'deny']);
    call(iam.SetDefaultPolicyVersion, { PolicyArn, VersionId: 'v2' });
    expect(verdicts()).toEqual(['deny', 'allow']);
  });
});

describe('attachments', () => {
  it('give a user and a role what the policy allows, and are counted', () => {
    const { call, PolicyArn, alice, decisionOn, makeRole, sessionOf } = policyWorld();
    const session = sessionOf(makeRole('R'));
    expect(decisionOn(alice(), 's3:GetObject')).toMatchObject({ verdict: 'deny', missing: 'identity' });
    call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn });
    call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn });
    expect(decisionOn(alice(), 's3:GetObject')).toMatchObject({ verdict: 'allow', determining: [{ policy: PolicyArn }] });
    expect(decisionOn(session, 's3:GetObject').verdict).toBe('allow');
    expect(call(iam.GetPolicy, { PolicyArn }).Policy?.AttachmentCount).toBe(2);
    expect(call(iam.ListAttachedUserPolicies, { UserName: 'alice' })).toEqual({
      AttachedPolicies: [{ PolicyName: 'mine', PolicyArn }],
      IsTruncated: false,
    });
    call(iam.DetachUserPolicy, { UserName: 'alice', PolicyArn });
    expect(decisionOn(alice(), 's3:GetObject').verdict).toBe('deny');
    expect(refusalOf(() => call(iam.DetachUserPolicy, { UserName: 'alice', PolicyArn }))).toEqual(missing(`Policy ${PolicyArn} was not found.`));
  });

  it('are at most ten', () => {
    const { call, PolicyArn } = policyWorld();
    for (let number = 0; number < 10; number++) {
      const { Policy } = call(iam.CreatePolicy, { PolicyName: `p${number}`, PolicyDocument: allowing('*') });
      call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn: Policy?.Arn ?? '' });
    }
    expect(refusalOf(() => call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn }))).toEqual(
      limit('Cannot exceed quota for PoliciesPerUser: 10'),
    );
    call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn: arnOf('p9') });
  });

  it('keep a policy and a user from being deleted', () => {
    const { call, PolicyArn } = policyWorld();
    call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn });
    call(iam.CreatePolicyVersion, { PolicyArn, PolicyDocument: allowing('*') });
    const remove = () => call(iam.DeletePolicy, { PolicyArn });
    expect(refusalOf(remove)).toEqual(conflict('Cannot delete a policy attached to entities.'));
    for (const { accessKeyId } of call(iam.ListAccessKeys, { UserName: 'alice' }).AccessKeyMetadata?.map((key) => ({
      accessKeyId: key.AccessKeyId,
    })) ?? [])
      call(iam.DeleteAccessKey, { UserName: 'alice', AccessKeyId: accessKeyId ?? '' });
    expect(refusalOf(() => call(iam.DeleteUser, { UserName: 'alice' }))).toEqual(conflict('Cannot delete entity, must detach all policies first.'));
    call(iam.DetachUserPolicy, { UserName: 'alice', PolicyArn });
    expect(refusalOf(remove).message).toMatch(/^This policy has more than one version\. /);
    call(iam.DeletePolicyVersion, { PolicyArn, VersionId: 'v2' });
    remove();
    expect(refusalOf(remove)).toEqual(missing(`Policy ${PolicyArn} was not found.`));
    call(iam.DeleteUser, { UserName: 'alice' });
  });

  it('are listed from the side of the policy', () => {
    const { call, PolicyArn, makeRole } = policyWorld();
    makeRole('R');
    makeRole('Bounded');
    call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn });
    call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn });
    call(iam.PutRolePermissionsBoundary, { RoleName: 'Bounded', PermissionsBoundary: PolicyArn });
    const named = (answer: {
      PolicyRoles?: { RoleName?: string | undefined }[] | undefined;
      PolicyUsers?: { UserName?: string | undefined }[] | undefined;
    }) => [...(answer.PolicyRoles ?? []).map(({ RoleName }) => RoleName), ...(answer.PolicyUsers ?? []).map(({ UserName }) => UserName)];
    const list = (more: object) => call(iam.ListEntitiesForPolicy, { PolicyArn, ...more });
    expect(named(list({}))).toEqual(['Bounded', 'R', 'alice']);
    expect(named(list({ EntityFilter: 'User' }))).toEqual(['alice']);
    expect(named(list({ PolicyUsageFilter: 'PermissionsBoundary' }))).toEqual(['Bounded']);
    expect(named(list({ PolicyUsageFilter: 'PermissionsPolicy' }))).toEqual(['R', 'alice']);
    expect(named(list({ PathPrefix: '/x/' }))).toEqual([]);
    const first = list({ MaxItems: 2 });
    expect([named(first), named(list({ Marker: first.Marker }))]).toEqual([['Bounded', 'R'], ['alice']]);
  });
});

describe('ListPolicies', () => {
  const namesOf = (answer: { Policies?: { PolicyName?: string | undefined }[] | undefined }) => answer.Policies?.map(({ PolicyName }) => PolicyName);

  it('lists by scope, path and use', () => {
    const { call, PolicyArn } = policyWorld();
    call(iam.CreatePolicy, { PolicyName: 'deep', Path: '/a/b/', PolicyDocument: allowing('*') });
    call(iam.AttachUserPolicy, { UserName: 'alice', PolicyArn });
    call(iam.PutUserPermissionsBoundary, { UserName: 'alice', PermissionsBoundary: administrator });
    expect(namesOf(call(iam.ListPolicies, { Scope: 'Local' }))).toEqual(['deep', 'mine']);
    expect(namesOf(call(iam.ListPolicies, { Scope: 'AWS' }))).toContain('AdministratorAccess');
    expect(namesOf(call(iam.ListPolicies, { Scope: 'AWS' }))).not.toContain('mine');
    expect(namesOf(call(iam.ListPolicies, { PathPrefix: '/a/' }))).toEqual(['deep']);
    expect(namesOf(call(iam.ListPolicies, { OnlyAttached: true }))).toEqual(['mine', 'AdministratorAccess']);
    expect(namesOf(call(iam.ListPolicies, { PolicyUsageFilter: 'PermissionsBoundary' }))).toEqual(['AdministratorAccess']);
    expect(namesOf(call(iam.ListPolicies, { PolicyUsageFilter: 'PermissionsPolicy' }))).toEqual(['mine']);
  });

  it('pages through all of them', () => {
    const { call } = policyWorld();
    const all = namesOf(call(iam.ListPolicies, {})) ?? [];
    const found: (string | undefined)[] = [];
    for (let Marker: string | undefined = undefined; ;) {
      const page: ReturnType<typeof iam.ListPolicies.commit> = call(iam.ListPolicies, { MaxItems: 2, ...(Marker === undefined ? {} : { Marker }) });
      found.push(...(namesOf(page) ?? []));
      Marker = page.Marker;
      if (Marker === undefined) break;
    }
    expect(found).toEqual(all);
    expect(all.length).toBeGreaterThan(4);
  });
});

describe('permissions boundaries', () => {
  it('are shown, counted, and keep their policy', () => {
    const { call, PolicyArn } = policyWorld();
    const boundary = { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PolicyArn };
    const role = { RoleName: 'R', AssumeRolePolicyDocument: trustPolicy, PermissionsBoundary: PolicyArn };
    expect(call(iam.CreateRole, role).Role?.PermissionsBoundary).toEqual(boundary);
    expect(call(iam.CreateUser, { UserName: 'bob', PermissionsBoundary: PolicyArn }).User?.PermissionsBoundary).toEqual(boundary);
    expect(call(iam.GetRole, { RoleName: 'R' }).Role?.PermissionsBoundary).toEqual(boundary);
    expect(call(iam.GetUser, { UserName: 'bob' }).User?.PermissionsBoundary).toEqual(boundary);
    expect(call(iam.GetPolicy, { PolicyArn }).Policy).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 2 });
    expect(refusalOf(() => call(iam.DeletePolicy, { PolicyArn })).code).toBe('DeleteConflict');
    call(iam.DeleteRolePermissionsBoundary, { RoleName: 'R' });
    call(iam.DeleteUserPermissionsBoundary, { UserName: 'bob' });
    expect(call(iam.GetRole, { RoleName: 'R' }).Role).not.toHaveProperty('PermissionsBoundary');
    call(iam.DeletePolicy, { PolicyArn });
  });

  it('that do not exist are refused', () => {
    const { call, store } = policyWorld();
    const refusal = missing(`Scope ARN: ${arnOf('nope')} does not exist or is not attachable.`);
    const role = { RoleName: 'R', AssumeRolePolicyDocument: trustPolicy, PermissionsBoundary: arnOf('nope') };
    expect(refusalOf(() => call(iam.CreateRole, role))).toEqual(refusal);
    expect(refusalOf(() => call(iam.PutUserPermissionsBoundary, { UserName: 'alice', PermissionsBoundary: arnOf('nope') }))).toEqual(refusal);
    expect(store.iam.of(accountId).roles.list()).toEqual([]);
  });

  it('take away what they do not allow, and grant nothing', () => {
    const { call, PolicyArn, alice, decisionOn, makeRole, sessionOf } = policyWorld();
    const session = sessionOf(makeRole('R', allowing('s3:*')));
    expect(decisionOn(session, 's3:PutObject').verdict).toBe('allow');
    call(iam.PutRolePermissionsBoundary, { RoleName: 'R', PermissionsBoundary: PolicyArn });
    expect(decisionOn(session, 's3:GetObject').verdict).toBe('allow');
    expect(decisionOn(session, 's3:PutObject')).toMatchObject({
      verdict: 'deny',
      missing: 'boundary',
      message: expect.stringMatching(/because no permissions boundary allows the s3:PutObject action$/),
    });
    call(iam.PutUserPermissionsBoundary, { UserName: 'alice', PermissionsBoundary: PolicyArn });
    expect(decisionOn(alice(), 's3:GetObject')).toMatchObject({ verdict: 'deny', missing: 'identity' });
    call(iam.DeleteRolePermissionsBoundary, { RoleName: 'R' });
    expect(decisionOn(session, 's3:PutObject').verdict).toBe('allow');
  });

  it('can be demanded of whoever makes and changes roles, by iam:PermissionsBoundary', () => {
    const { call, PolicyArn, makeRole, sessionOf } = policyWorld();
    const caller = sessionOf(makeRole('Caller', allowing('iam:*', { Condition: { StringEquals: { 'iam:PermissionsBoundary': PolicyArn } } })));
    const role = { RoleName: 'R', AssumeRolePolicyDocument: trustPolicy };
    expect(refusalOf(() => call(iam.CreateRole, role, caller)).code).toBe('AccessDenied');
    expect(refusalOf(() => call(iam.CreateRole, { ...role, PermissionsBoundary: administrator }, caller)).code).toBe('AccessDenied');
    call(iam.CreateRole, { ...role, PermissionsBoundary: PolicyArn }, caller);
    call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn: administrator }, caller);
    call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'p', PolicyDocument: allowing('*') }, caller);
    expect(refusalOf(() => call(iam.AttachRolePolicy, { RoleName: 'Caller', PolicyArn: administrator }, caller)).code).toBe('AccessDenied');
    expect(refusalOf(() => call(iam.PutRolePermissionsBoundary, { RoleName: 'R', PermissionsBoundary: administrator }, caller)).code).toBe(
      'AccessDenied',
    );
  });
});

it('creation with tags demands the action that tags', () => {
  const { call, makeRole, sessionOf } = policyWorld();
  const Tags = [{ Key: 'k', Value: 'v' }];
  const creator = sessionOf(makeRole('Creator', allowing(['iam:CreateRole', 'iam:CreateUser', 'iam:CreatePolicy'])));
  expect(refusalOf(() => call(iam.CreateRole, { RoleName: 'R', AssumeRolePolicyDocument: trustPolicy, Tags }, creator)).message).toContain(
    'iam:TagRole',
  );
  expect(refusalOf(() => call(iam.CreateUser, { UserName: 'u', Tags }, creator)).message).toContain('iam:TagUser');
  expect(refusalOf(() => call(iam.CreatePolicy, { PolicyName: 'p', PolicyDocument: allowing('*'), Tags }, creator)).message).toContain(
    'iam:TagPolicy',
  );
  call(iam.CreateUser, { UserName: 'u' }, creator);
});

it('users are tagged', () => {
  const { call } = policyWorld();
  call(iam.TagUser, { UserName: 'alice', Tags: [{ Key: 'a', Value: '1' }] });
  call(iam.TagUser, { UserName: 'alice', Tags: [{ Key: 'B', Value: '2' }] });
  call(iam.UntagUser, { UserName: 'alice', TagKeys: ['A'] });
  expect(call(iam.ListUserTags, { UserName: 'alice' }).Tags).toEqual([{ Key: 'B', Value: '2' }]);
});
