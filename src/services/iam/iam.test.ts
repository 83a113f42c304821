import { describe, expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf, root, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { passRoleDemand } from './pass-role.ts';
import { iam } from './registry.ts';

const roleArn = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;
const decoded = (document: string | undefined): unknown => JSON.parse(decodeURIComponent(document ?? ''));

describe('roles', () => {
  it('are created as AWS shows them', () => {
    const { call } = iamWorld();
    const { Role } = call(iam.CreateRole, {
      RoleName: 'Training',
      Path: '/service-role/',
      AssumeRolePolicyDocument: trustPolicy,
      Description: 'runs jobs',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 'team', Value: 'vision' }],
    });
    expect(Role).toEqual({
      Path: '/service-role/',
      RoleName: 'Training',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${accountId}:role/service-role/Training`,
      CreateDate: new Date('2026-11-01T12:00:00Z'),
      AssumeRolePolicyDocument: expect.stringMatching(/^%7B%22Version%22/),
      Tags: [{ Key: 'team', Value: 'vision' }],
    });
    const got = call(iam.GetRole, { RoleName: 'Training' }).Role;
    expect(got).toMatchObject({ ...Role, Description: 'runs jobs', MaxSessionDuration: 7200 });
    expect(decoded(got?.AssumeRolePolicyDocument)).toEqual(JSON.parse(trustPolicy));
  });

  it('have names that are taken whatever their case', () => {
    const { call, makeRole } = iamWorld();
    makeRole('Training');
    expect(refusalOf(() => call(iam.CreateRole, { RoleName: 'TRAINING', AssumeRolePolicyDocument: trustPolicy }))).toEqual({
      code: 'EntityAlreadyExists',
      status: 409,
      message: 'Role with name TRAINING already exists.',
    });
  });

  it('that do not exist are not found', () => {
    const { call } = iamWorld();
    const missing = { code: 'NoSuchEntity', status: 404, message: 'The role with name X cannot be found.' };
    expect(refusalOf(() => call(iam.GetRole, { RoleName: 'X' }))).toEqual(missing);
    expect(refusalOf(() => call(iam.DeleteRole, { RoleName: 'X' }))).toEqual(missing);
    expect(refusalOf(() => call(iam.PutRolePolicy, { RoleName: 'X', PolicyName: 'p', PolicyDocument: allowing('*') }))).toEqual(missing);
    expect(refusalOf(() => call(iam.ListAttachedRolePolicies, { RoleName: 'X' }))).toEqual(missing);
    expect(refusalOf(() => call(iam.ListInstanceProfilesForRole, { RoleName: 'X' }))).toEqual(missing);
  });

  it.each([
    ['{', 'This policy contains invalid Json'],
    [allowing('sts:AssumeRole'), 'Statement[0].Principal: Missing required field Principal'],
    [trustPolicy.replace('sts:AssumeRole', 's3:GetObject'), 'AssumeRole policy may only specify STS AssumeRole actions.'],
    [trustPolicy.replace(':root', ':role/Nobody'), `Invalid principal in policy: "AWS":"arn:aws:iam::${accountId}:role/Nobody"`],
  ])('refuse the trust policy %s', (AssumeRolePolicyDocument, message) => {
    const { call, store } = iamWorld();
    expect(refusalOf(() => call(iam.CreateRole, { RoleName: 'R', AssumeRolePolicyDocument }))).toEqual({
      code: 'MalformedPolicyDocument',
      status: 400,
      message,
    });
    expect(store.iam.of(accountId).roles.list()).toEqual([]);
  });

  it('trust roles and users that exist', () => {
    const { call, makeRole } = iamWorld();
    makeRole('First');
    makeRole('Second', undefined, trustPolicy.replace(':root', ':role/First'));
    call(iam.UpdateAssumeRolePolicy, { RoleName: 'First', PolicyDocument: trustPolicy.replace(':root', ':role/Second') });
    expect(decoded(call(iam.GetRole, { RoleName: 'First' }).Role?.AssumeRolePolicyDocument)).toMatchObject({
      Statement: [{ Principal: { AWS: roleArn('Second') } }],
    });
  });

  it('have a limit on the size of the trust policy', () => {
    const { call } = iamWorld();
    const long = trustPolicy.replace('"Action"', `"Sid":"${'x'.repeat(2_100)}","Action"`);
    expect(refusalOf(() => call(iam.CreateRole, { RoleName: 'R', AssumeRolePolicyDocument: long }))).toEqual({
      code: 'LimitExceeded',
      status: 409,
      message: 'Cannot exceed quota for ACLSizePerRole: 2048',
    });
  });

  it('do not pretend to have a permissions boundary', () => {
    const { call } = iamWorld();
    const input = { RoleName: 'R', AssumeRolePolicyDocument: trustPolicy, PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    expect(refusalOf(() => call(iam.CreateRole, input)).code).toBe('InvalidInput');
  });

  it('are listed in pages, by path', () => {
    const { call } = iamWorld();
    for (const RoleName of ['c', 'a', 'd', 'b']) call(iam.CreateRole, { RoleName, AssumeRolePolicyDocument: trustPolicy });
    call(iam.CreateRole, { RoleName: 'e', Path: '/x/', AssumeRolePolicyDocument: trustPolicy });
    const first = call(iam.ListRoles, { MaxItems: 2 });
    expect(first).toMatchObject({ IsTruncated: true, Roles: [{ RoleName: 'a' }, { RoleName: 'b' }] });
    const second = call(iam.ListRoles, { MaxItems: 3, Marker: first.Marker ?? '' });
    expect(second).toEqual({ IsTruncated: false, Roles: ['c', 'd', 'e'].map((RoleName) => expect.objectContaining({ RoleName })) });
    expect(call(iam.ListRoles, { PathPrefix: '/x/' }).Roles).toHaveLength(1);
    expect(refusalOf(() => call(iam.ListRoles, { Marker: '*' })).code).toBe('ValidationError');
  });

  it('are updated', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R');
    call(iam.UpdateRoleDescription, { RoleName: 'R', Description: 'old' });
    expect(call(iam.GetRole, { RoleName: 'R' }).Role?.Description).toBe('old');
    call(iam.UpdateRole, { RoleName: 'R', Description: 'new', MaxSessionDuration: 43_200 });
    expect(call(iam.GetRole, { RoleName: 'R' }).Role).toMatchObject({ Description: 'new', MaxSessionDuration: 43_200 });
  });

  it('are tagged; keys are one whatever their case', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R');
    call(iam.TagRole, {
      RoleName: 'R',
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    call(iam.TagRole, { RoleName: 'R', Tags: [{ Key: 'A', Value: '3' }] });
    expect(call(iam.ListRoleTags, { RoleName: 'R' })).toEqual({
      Tags: [
        { Key: 'A', Value: '3' },
        { Key: 'b', Value: '2' },
      ],
      IsTruncated: false,
    });
    call(iam.UntagRole, { RoleName: 'R', TagKeys: ['a'] });
    expect(call(iam.ListRoleTags, { RoleName: 'R' }).Tags).toEqual([{ Key: 'b', Value: '2' }]);
    const twice = [
      { Key: 'x', Value: '1' },
      { Key: 'X', Value: '2' },
    ];
    expect(refusalOf(() => call(iam.TagRole, { RoleName: 'R', Tags: twice })).code).toBe('InvalidInput');
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(refusalOf(() => call(iam.TagRole, { RoleName: 'R', Tags: many })).message).toBe('Cannot exceed quota for TagsPerRole: 50');
  });

  it('are deleted once nothing hangs on them', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R', allowing('*'));
    const policyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess';
    call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn: policyArn });
    const conflict = (message: string) => ({ code: 'DeleteConflict', status: 409, message });
    expect(refusalOf(() => call(iam.DeleteRole, { RoleName: 'R' }))).toEqual(conflict('Cannot delete entity, must detach all policies first.'));
    call(iam.DetachRolePolicy, { RoleName: 'R', PolicyArn: policyArn });
    expect(refusalOf(() => call(iam.DeleteRole, { RoleName: 'R' }))).toEqual(conflict('Cannot delete entity, must delete policies first.'));
    call(iam.DeleteRolePolicy, { RoleName: 'R', PolicyName: 'inline' });
    call(iam.DeleteRole, { RoleName: 'R' });
    expect(call(iam.ListRoles, {}).Roles).toEqual([]);
  });
});

describe('role policies', () => {
  it('are put, replaced, listed, read and deleted', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R');
    const document = allowing('s3:Get*', { Sid: "it's(ok)!".replaceAll(/\W/g, '') });
    call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'b', PolicyDocument: document });
    call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'a', PolicyDocument: allowing('sqs:*') });
    call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'a', PolicyDocument: document });
    expect(call(iam.ListRolePolicies, { RoleName: 'R' })).toEqual({ PolicyNames: ['a', 'b'], IsTruncated: false });
    const got = call(iam.GetRolePolicy, { RoleName: 'R', PolicyName: 'a' });
    expect(got).toMatchObject({ RoleName: 'R', PolicyName: 'a' });
    expect(got.PolicyDocument).toContain('s3%3AGet%2A');
    expect(decodeURIComponent(got.PolicyDocument ?? '')).toBe(document);
    call(iam.DeleteRolePolicy, { RoleName: 'R', PolicyName: 'a' });
    expect(refusalOf(() => call(iam.GetRolePolicy, { RoleName: 'R', PolicyName: 'a' }))).toEqual({
      code: 'NoSuchEntity',
      status: 404,
      message: 'The role policy with name a cannot be found.',
    });
    expect(refusalOf(() => call(iam.DeleteRolePolicy, { RoleName: 'R', PolicyName: 'a' })).code).toBe('NoSuchEntity');
  });

  it('are refused with the place of the mistake', () => {
    const { call, makeRole, store } = iamWorld();
    makeRole('R');
    const put = (PolicyDocument: string) => () => call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'p', PolicyDocument });
    expect(refusalOf(put(allowing('GetObject')))).toEqual({
      code: 'MalformedPolicyDocument',
      status: 400,
      message: 'Statement[0].Action: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: GetObject',
    });
    expect(store.iam.of(accountId).rolePolicies.list()).toEqual([]);
  });

  it('have a limit on their sum, white space apart', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R');
    const sized = (characters: number, indent = ''): string => {
      const empty = allowing(['s3:GetObject'], { Sid: '' });
      return allowing(['s3:GetObject'], { Sid: 'x'.repeat(characters - empty.length) }) + indent;
    };
    call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'a', PolicyDocument: sized(6_000) });
    call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'b', PolicyDocument: sized(4_240, ' '.repeat(500)) });
    expect(refusalOf(() => call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'b', PolicyDocument: sized(4_241) }))).toEqual({
      code: 'LimitExceeded',
      status: 409,
      message: 'Maximum policy size of 10240 bytes exceeded for role R',
    });
  });
});

describe('managed policies', () => {
  it('are attached, listed, read and detached', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R');
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess';
    call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn });
    call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn });
    const attached = [{ PolicyName: 'AmazonSageMakerFullAccess', PolicyArn }];
    expect(call(iam.ListAttachedRolePolicies, { RoleName: 'R' })).toEqual({ AttachedPolicies: attached, IsTruncated: false });
    expect(call(iam.ListAttachedRolePolicies, { RoleName: 'R', PathPrefix: '/aws-service-role/' }).AttachedPolicies).toEqual([]);
    expect(call(iam.GetPolicy, { PolicyArn }).Policy).toMatchObject({ AttachmentCount: 1, DefaultVersionId: 'v1' });
    const document = decoded(call(iam.GetPolicyVersion, { PolicyArn, VersionId: 'v1' }).PolicyVersion?.Document);
    expect(JSON.stringify(document)).toContain('ec2:ModifyNetworkInterfaceAttribute');
    call(iam.DetachRolePolicy, { RoleName: 'R', PolicyArn });
    expect(refusalOf(() => call(iam.DetachRolePolicy, { RoleName: 'R', PolicyArn })).code).toBe('NoSuchEntity');
  });

  it('that do not exist are not attachable', () => {
    const { call, makeRole } = iamWorld();
    makeRole('R');
    const PolicyArn = 'arn:aws:iam::aws:policy/Nope';
    expect(refusalOf(() => call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn }))).toEqual({
      code: 'NoSuchEntity',
      status: 404,
      message: `Policy ${PolicyArn} does not exist or is not attachable.`,
    });
    expect(refusalOf(() => call(iam.GetPolicyVersion, { PolicyArn, VersionId: 'v1' })).code).toBe('NoSuchEntity');
  });
});

describe('users', () => {
  it('live and die', () => {
    const { call } = iamWorld();
    expect(call(iam.CreateUser, { UserName: 'alice', Path: '/ml/', Tags: [{ Key: 'a', Value: 'b' }] }).User).toEqual({
      Path: '/ml/',
      UserName: 'alice',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${accountId}:user/ml/alice`,
      CreateDate: new Date('2026-11-01T12:00:00Z'),
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(refusalOf(() => call(iam.CreateUser, { UserName: 'Alice' })).message).toBe('User with name Alice already exists.');
    expect(call(iam.ListUsers, {}).Users).toHaveLength(1);
    call(iam.PutUserPolicy, { UserName: 'alice', PolicyName: 'p', PolicyDocument: allowing('*') });
    const key = call(iam.CreateAccessKey, { UserName: 'alice' }).AccessKey;
    expect(refusalOf(() => call(iam.DeleteUser, { UserName: 'alice' })).message).toBe('Cannot delete entity, must delete access keys first.');
    call(iam.DeleteAccessKey, { UserName: 'alice', AccessKeyId: key?.AccessKeyId ?? '' });
    expect(refusalOf(() => call(iam.DeleteUser, { UserName: 'alice' })).message).toBe('Cannot delete entity, must delete policies first.');
    call(iam.DeleteUserPolicy, { UserName: 'alice', PolicyName: 'p' });
    call(iam.DeleteUser, { UserName: 'alice' });
    expect(refusalOf(() => call(iam.GetUser, { UserName: 'alice' })).message).toBe('The user with name alice cannot be found.');
  });

  it('have at most two keys, whose secrets are shown once', () => {
    const { call } = iamWorld();
    call(iam.CreateUser, { UserName: 'alice' });
    const first = call(iam.CreateAccessKey, { UserName: 'alice' }).AccessKey;
    call(iam.CreateAccessKey, { UserName: 'alice' });
    expect(refusalOf(() => call(iam.CreateAccessKey, { UserName: 'alice' }))).toEqual({
      code: 'LimitExceeded',
      status: 409,
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    });
    const listed = call(iam.ListAccessKeys, { UserName: 'alice' });
    expect(listed.AccessKeyMetadata).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toContain(first?.SecretAccessKey);
    expect(refusalOf(() => call(iam.DeleteAccessKey, { UserName: 'alice', AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })).message).toBe(
      'The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found.',
    );
  });

  it('whose key is inactive are nobody', () => {
    const { call, access } = iamWorld();
    call(iam.CreateUser, { UserName: 'alice' });
    const AccessKeyId = call(iam.CreateAccessKey, { UserName: 'alice' }).AccessKey?.AccessKeyId ?? '';
    call(iam.UpdateAccessKey, { UserName: 'alice', AccessKeyId, Status: 'Inactive' });
    expect(access.resolve(AccessKeyId, undefined)).toBeUndefined();
    expect(call(iam.ListAccessKeys, { UserName: 'alice' }).AccessKeyMetadata).toMatchObject([{ AccessKeyId, Status: 'Inactive' }]);
    call(iam.UpdateAccessKey, { UserName: 'alice', AccessKeyId, Status: 'Active' });
    expect(access.resolve(AccessKeyId, undefined)).toBeDefined();
  });

  it('cannot delete the key of root as their own', () => {
    const { call, rootKey } = iamWorld();
    call(iam.CreateUser, { UserName: 'alice' });
    expect(refusalOf(() => call(iam.DeleteAccessKey, { UserName: 'alice', AccessKeyId: rootKey.accessKeyId })).code).toBe('NoSuchEntity');
  });

  it('are the caller when not named', () => {
    const { call, access } = iamWorld();
    call(iam.CreateUser, { UserName: 'alice' });
    call(iam.PutUserPolicy, { UserName: 'alice', PolicyName: 'p', PolicyDocument: allowing('iam:*') });
    const key = call(iam.CreateAccessKey, { UserName: 'alice' }).AccessKey;
    const alice = access.resolve(key?.AccessKeyId ?? '', undefined)?.principal ?? root;
    expect(call(iam.GetUser, {}, alice).User?.UserName).toBe('alice');
    expect(call(iam.ListAccessKeys, {}, alice).AccessKeyMetadata).toHaveLength(1);
    expect(call(iam.GetUser, {}).User?.Arn).toBe(`arn:aws:iam::${accountId}:root`);
    expect(refusalOf(() => call(iam.ListAccessKeys, {})).message).toBe('Must specify userName when calling with non-User credentials');
  });
});

it('iam:PassRole is asked with the service the role is handed to', () => {
  const { access, clock, makeRole, sessionOf } = iamWorld();
  const condition = { Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } } };
  const principal = sessionOf(makeRole('Caller', allowing('iam:PassRole', condition)));
  const arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: false } as const;
  const ask = (service: string) => access.authorise({ principal, arrival, demand: passRoleDemand(roleArn('R'), service), now: clock.now() });
  expect(ask('sagemaker.amazonaws.com').verdict).toBe('allow');
  expect(ask('ec2.amazonaws.com').message).toBe(
    `User: arn:aws:sts::${accountId}:assumed-role/Caller/job is not authorized to perform: iam:PassRole on resource: ${roleArn('R')} because no identity-based policy allows the iam:PassRole action`,
  );
});
