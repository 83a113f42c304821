import { describe, expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import type { Operation } from '../operation.ts';
import { iam } from './registry.ts';

const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
const RoleName = 'Subject';
const UserName = 'subject';
const role = `arn:aws:iam::${accountId}:role/${RoleName}`;
const user = `arn:aws:iam::${accountId}:user/${UserName}`;
const roles = `arn:aws:iam::${accountId}:role/`;
const users = `arn:aws:iam::${accountId}:user/`;

/** Of every operation, an input that succeeds in `prepared`, and the resource that it must be allowed. */
const inputs: Readonly<Record<keyof typeof iam, readonly [input: object, resource: string]>> = {
  AttachRolePolicy: [{ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }, role],
  CreateAccessKey: [{ UserName }, user],
  CreateRole: [{ RoleName: 'New', Path: '/p/', AssumeRolePolicyDocument: trustPolicy }, `${roles}p/New`],
  CreateUser: [{ UserName: 'new', Path: '/p/' }, `${users}p/new`],
  DeleteAccessKey: [{ UserName, AccessKeyId: 'AKIAPREPARED' }, user],
  DeleteRole: [{ RoleName: 'Bare' }, `${roles}Bare`],
  DeleteRolePolicy: [{ RoleName, PolicyName: 'inline' }, role],
  DeleteUser: [{ UserName: 'bare' }, `${users}bare`],
  DeleteUserPolicy: [{ UserName, PolicyName: 'inline' }, user],
  DetachRolePolicy: [{ RoleName, PolicyArn: policyArn }, role],
  GetPolicy: [{ PolicyArn: policyArn }, policyArn],
  GetPolicyVersion: [{ PolicyArn: policyArn, VersionId: 'v1' }, policyArn],
  GetRole: [{ RoleName }, role],
  GetRolePolicy: [{ RoleName, PolicyName: 'inline' }, role],
  GetUser: [{ UserName }, user],
  GetUserPolicy: [{ UserName, PolicyName: 'inline' }, user],
  ListAccessKeys: [{ UserName }, user],
  ListAttachedRolePolicies: [{ RoleName }, role],
  ListGroupsForUser: [{ UserName }, user],
  ListInstanceProfilesForRole: [{ RoleName }, role],
  ListRolePolicies: [{ RoleName }, role],
  ListRoles: [{}, roles],
  ListRoleTags: [{ RoleName }, role],
  ListUserPolicies: [{ UserName }, user],
  ListUsers: [{}, users],
  PutRolePolicy: [{ RoleName, PolicyName: 'new', PolicyDocument: allowing('s3:*') }, role],
  PutUserPolicy: [{ UserName, PolicyName: 'new', PolicyDocument: allowing('s3:*') }, user],
  TagRole: [{ RoleName, Tags: [{ Key: 'k', Value: 'v' }] }, role],
  UntagRole: [{ RoleName, TagKeys: ['k'] }, role],
  UpdateAccessKey: [{ UserName, AccessKeyId: 'AKIAPREPARED', Status: 'Inactive' }, user],
  UpdateAssumeRolePolicy: [{ RoleName, PolicyDocument: trustPolicy }, role],
  UpdateRole: [{ RoleName, Description: 'd' }, role],
  UpdateRoleDescription: [{ RoleName, Description: 'd' }, role],
};

function prepared() {
  const world = iamWorld();
  const { call, makeRole, store } = world;
  makeRole(RoleName, allowing('s3:*'));
  makeRole('Bare');
  call(iam.AttachRolePolicy, { RoleName, PolicyArn: policyArn });
  call(iam.CreateUser, { UserName });
  call(iam.CreateUser, { UserName: 'bare' });
  call(iam.PutUserPolicy, { UserName, PolicyName: 'inline', PolicyDocument: allowing('s3:*') });
  store.iam.accessKeys.insert({ accessKeyId: 'AKIAPREPARED', secretAccessKey: 's', owner: 'user', userName: UserName, accountId, status: 'Active' });
  return world;
}

const names = Object.keys(inputs) as (keyof typeof iam)[];
const operationOf = (name: keyof typeof iam) => iam[name] as unknown as Operation<object, unknown>;

describe.each(names)('iam:%s', (name) => {
  const [input, resource] = inputs[name];

  it('is allowed by exactly its action on exactly its resource', () => {
    const { call, makeRole, sessionOf } = prepared();
    const caller = sessionOf(makeRole('Caller', allowing(`iam:${name}`, { Resource: resource })));
    expect(() => call(operationOf(name), input, caller)).not.toThrow();
  });

  it('is denied without it, and changes nothing', () => {
    const { call, makeRole, sessionOf, store } = prepared();
    const everythingElse = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: `iam:${name}`, Resource: '*' }] });
    const caller = sessionOf(makeRole('Caller', everythingElse));
    const rows = () =>
      JSON.stringify(
        [
          store.iam.of(accountId).roles,
          store.iam.of(accountId).users,
          store.iam.of(accountId).rolePolicies,
          store.iam.of(accountId).userPolicies,
          store.iam.accessKeys,
        ].map((c) => c.list()),
      );
    const before = rows();
    expect(refusalOf(() => call(operationOf(name), input, caller))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::${accountId}:assumed-role/Caller/job is not authorized to perform: iam:${name} on resource: ${resource} because no identity-based policy allows the iam:${name} action`,
    });
    expect(rows()).toBe(before);
  });
});

it('is tested for every operation', () => {
  expect(Object.keys(iam).toSorted()).toEqual(names.toSorted());
});
