import { describe, expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Operation } from '../operation.ts';
import { refusedOperations } from './operations/refused.ts';
import { iam } from './registry.ts';

const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
const RoleName = 'Subject';
const UserName = 'subject';
const role = `arn:aws:iam::${accountId}:role/${RoleName}`;
const user = `arn:aws:iam::${accountId}:user/${UserName}`;
const mine = `arn:aws:iam::${accountId}:policy/mine`;
const PolicyArn = mine;
const spare = `arn:aws:iam::${accountId}:policy/spare`;
const profiles = `arn:aws:iam::${accountId}:instance-profile/`;
const GroupName = 'team';
const groups = `arn:aws:iam::${accountId}:group/`;
const group = `${groups}team`;
const roles = `arn:aws:iam::${accountId}:role/`;
const users = `arn:aws:iam::${accountId}:user/`;

type Built = Exclude<keyof typeof iam, keyof typeof refusedOperations>;
/** Of a row: the resource that the call must be allowed, the other actions that it asks for, and the refusal that it ends in although it is allowed. */
type Row = readonly [input: object, resource: string, others?: readonly string[], outcome?: string];

/** Of every operation, a call that succeeds in `prepared`. */
const inputs: Readonly<Record<Built, Row>> = {
  AddRoleToInstanceProfile: [{ InstanceProfileName: 'empty', RoleName }, `${profiles}empty`, ['iam:PassRole']],
  AddUserToGroup: [{ GroupName, UserName: 'bare' }, group],
  AttachGroupPolicy: [{ GroupName, PolicyArn }, group],
  AttachRolePolicy: [{ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' }, role],
  AttachUserPolicy: [{ UserName, PolicyArn }, user],
  CreateAccessKey: [{ UserName }, user],
  CreateGroup: [{ GroupName: 'new', Path: '/p/' }, `${groups}p/new`],
  CreateInstanceProfile: [{ InstanceProfileName: 'new', Path: '/p/' }, `${profiles}p/new`],
  CreatePolicy: [{ PolicyName: 'new', Path: '/p/', PolicyDocument: allowing('s3:*') }, `arn:aws:iam::${accountId}:policy/p/new`],
  CreatePolicyVersion: [{ PolicyArn, PolicyDocument: allowing('s3:*') }, mine],
  CreateRole: [{ RoleName: 'New', Path: '/p/', AssumeRolePolicyDocument: trustPolicy }, `${roles}p/New`],
  CreateUser: [{ UserName: 'new', Path: '/p/' }, `${users}p/new`],
  DeleteAccessKey: [{ UserName, AccessKeyId: 'AKIAPREPARED' }, user],
  DeleteGroup: [{ GroupName: 'none' }, `${groups}none`],
  DeleteGroupPolicy: [{ GroupName, PolicyName: 'inline' }, group],
  DeleteInstanceProfile: [{ InstanceProfileName: 'empty' }, `${profiles}empty`],
  DeleteLoginProfile: [{ UserName }, user, [], 'NoSuchEntity'],
  DeletePolicy: [{ PolicyArn: spare }, spare],
  DeletePolicyVersion: [{ PolicyArn, VersionId: 'v2' }, mine],
  DeleteRole: [{ RoleName: 'Bare' }, `${roles}Bare`],
  DeleteRolePermissionsBoundary: [{ RoleName: 'Bare' }, `${roles}Bare`],
  DeleteRolePolicy: [{ RoleName, PolicyName: 'inline' }, role],
  DeleteUser: [{ UserName: 'bare' }, `${users}bare`],
  DeleteUserPermissionsBoundary: [{ UserName: 'bare' }, `${users}bare`],
  DeleteUserPolicy: [{ UserName, PolicyName: 'inline' }, user],
  DetachGroupPolicy: [{ GroupName, PolicyArn: policyArn }, group],
  DetachRolePolicy: [{ RoleName, PolicyArn: policyArn }, role],
  DetachUserPolicy: [{ UserName, PolicyArn: policyArn }, user],
  GetAccountPasswordPolicy: [{}, '*', [], 'NoSuchEntity'],
  GetAccountSummary: [{}, '*'],
  GetGroup: [{ GroupName }, group],
  GetGroupPolicy: [{ GroupName, PolicyName: 'inline' }, group],
  GetInstanceProfile: [{ InstanceProfileName: 'full' }, `${profiles}full`],
  GetLoginProfile: [{ UserName }, user, [], 'NoSuchEntity'],
  GetPolicy: [{ PolicyArn: policyArn }, policyArn],
  GetPolicyVersion: [{ PolicyArn: policyArn, VersionId: 'v1' }, policyArn],
  GetRole: [{ RoleName }, role],
  GetRolePolicy: [{ RoleName, PolicyName: 'inline' }, role],
  GetUser: [{ UserName }, user],
  GetUserPolicy: [{ UserName, PolicyName: 'inline' }, user],
  ListAccessKeys: [{ UserName }, user],
  ListAccountAliases: [{}, '*'],
  ListAttachedGroupPolicies: [{ GroupName }, group],
  ListAttachedRolePolicies: [{ RoleName }, role],
  ListAttachedUserPolicies: [{ UserName }, user],
  ListEntitiesForPolicy: [{ PolicyArn }, mine],
  ListGroupPolicies: [{ GroupName }, group],
  ListGroups: [{}, groups],
  ListGroupsForUser: [{ UserName }, user],
  ListInstanceProfiles: [{}, profiles],
  ListInstanceProfilesForRole: [{ RoleName }, role],
  ListInstanceProfileTags: [{ InstanceProfileName: 'full' }, `${profiles}full`],
  ListMFADevices: [{ UserName }, user],
  ListOpenIDConnectProviders: [{}, '*'],
  ListPolicies: [{}, `arn:aws:iam::${accountId}:policy/`],
  ListPolicyTags: [{ PolicyArn }, mine],
  ListPolicyVersions: [{ PolicyArn }, mine],
  ListRolePolicies: [{ RoleName }, role],
  ListRoles: [{}, roles],
  ListRoleTags: [{ RoleName }, role],
  ListSAMLProviders: [{}, '*'],
  ListServerCertificates: [{}, '*'],
  ListServiceSpecificCredentials: [{ UserName }, user],
  ListSigningCertificates: [{ UserName }, user],
  ListSSHPublicKeys: [{ UserName }, user],
  ListUserPolicies: [{ UserName }, user],
  ListUsers: [{}, users],
  ListUserTags: [{ UserName }, user],
  ListVirtualMFADevices: [{}, '*'],
  PutGroupPolicy: [{ GroupName, PolicyName: 'new', PolicyDocument: allowing('s3:*') }, group],
  PutRolePermissionsBoundary: [{ RoleName, PermissionsBoundary: mine }, role],
  PutRolePolicy: [{ RoleName, PolicyName: 'new', PolicyDocument: allowing('s3:*') }, role],
  PutUserPermissionsBoundary: [{ UserName, PermissionsBoundary: mine }, user],
  PutUserPolicy: [{ UserName, PolicyName: 'new', PolicyDocument: allowing('s3:*') }, user],
  RemoveRoleFromInstanceProfile: [{ InstanceProfileName: 'full', RoleName }, `${profiles}full`],
  RemoveUserFromGroup: [{ GroupName, UserName }, group],
  SetDefaultPolicyVersion: [{ PolicyArn, VersionId: 'v2' }, mine],
  TagInstanceProfile: [{ InstanceProfileName: 'full', Tags: [{ Key: 'k', Value: 'v' }] }, `${profiles}full`],
  TagPolicy: [{ PolicyArn, Tags: [{ Key: 'k', Value: 'v' }] }, mine],
  SimulatePrincipalPolicy: [{ PolicySourceArn: role, ActionNames: ['s3:GetObject'] }, role],
  TagRole: [{ RoleName, Tags: [{ Key: 'k', Value: 'v' }] }, role],
  TagUser: [{ UserName, Tags: [{ Key: 'k', Value: 'v' }] }, user],
  UntagInstanceProfile: [{ InstanceProfileName: 'full', TagKeys: ['k'] }, `${profiles}full`],
  UntagPolicy: [{ PolicyArn, TagKeys: ['k'] }, mine],
  UntagRole: [{ RoleName, TagKeys: ['k'] }, role],
  UntagUser: [{ UserName, TagKeys: ['k'] }, user],
  UpdateAccessKey: [{ UserName, AccessKeyId: 'AKIAPREPARED', Status: 'Inactive' }, user],
  UpdateAssumeRolePolicy: [{ RoleName, PolicyDocument: trustPolicy }, role],
  UpdateRole: [{ RoleName, Description: 'd' }, role],
  UpdateRoleDescription: [{ RoleName, Description: 'd' }, role],
  UpdateUser: [{ UserName, NewPath: '/' }, user],
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
  call(iam.AttachUserPolicy, { UserName, PolicyArn: policyArn });
  for (const PolicyName of ['mine', 'spare']) call(iam.CreatePolicy, { PolicyName, PolicyDocument: allowing('s3:*') });
  call(iam.CreatePolicyVersion, { PolicyArn, PolicyDocument: allowing('*') });
  call(iam.PutRolePermissionsBoundary, { RoleName: 'Bare', PermissionsBoundary: mine });
  call(iam.PutUserPermissionsBoundary, { UserName: 'bare', PermissionsBoundary: mine });
  for (const GroupName of ['team', 'none']) call(iam.CreateGroup, { GroupName });
  call(iam.AddUserToGroup, { GroupName, UserName });
  call(iam.AttachGroupPolicy, { GroupName, PolicyArn: policyArn });
  call(iam.PutGroupPolicy, { GroupName, PolicyName: 'inline', PolicyDocument: allowing('s3:*') });
  for (const InstanceProfileName of ['empty', 'full']) call(iam.CreateInstanceProfile, { InstanceProfileName });
  call(iam.AddRoleToInstanceProfile, { InstanceProfileName: 'full', RoleName });
  store.iam.accessKeys.insert({ accessKeyId: 'AKIAPREPARED', secretAccessKey: 's', owner: 'user', userName: UserName, accountId, status: 'Active' });
  return world;
}

const names = Object.keys(inputs) as Built[];
const operationOf = (name: Built) => iam[name] as unknown as Operation<object, unknown>;

function outcomeOf(call: () => unknown): string {
  try {
    call();
    return 'done';
  } catch (error) {
    if (error instanceof AwsError) return error.code;
    throw error;
  }
}

describe.each(names)('iam:%s', (name) => {
  const [input, resource, others = [], outcome = 'done'] = inputs[name];

  it('is allowed by exactly its action on exactly its resource', () => {
    const { call, makeRole, sessionOf } = prepared();
    const caller = sessionOf(makeRole('Caller', allowing(`iam:${name}`, { Resource: resource })));
    if (others.length > 0) call(iam.PutRolePolicy, { RoleName: 'Caller', PolicyName: 'others', PolicyDocument: allowing(others) });
    expect(outcomeOf(() => call(operationOf(name), input, caller))).toBe(outcome);
  });

  it('is denied without it, and changes nothing', () => {
    const { call, makeRole, sessionOf, store } = prepared();
    const everythingElse = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: `iam:${name}`, Resource: '*' }] });
    const caller = sessionOf(makeRole('Caller', everythingElse));
    const rows = () => {
      const { roles, users, groups, rolePolicies, userPolicies, groupPolicies, policies, instanceProfiles } = store.iam.of(accountId);
      const collections = [roles, users, groups, rolePolicies, userPolicies, groupPolicies, policies, instanceProfiles, store.iam.accessKeys];
      return JSON.stringify(collections.map((collection) => collection.list()));
    };
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
  expect(Object.keys(iam).toSorted()).toEqual([...names, ...Object.keys(refusedOperations)].toSorted());
});
