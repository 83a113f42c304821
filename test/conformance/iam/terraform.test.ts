/** The calls that Terraform's AWS provider makes for resources of IAM, in its order: created, read back equal, updated, destroyed. */
import * as Iam from '@aws-sdk/client-iam';
import { beforeEach, expect, it } from 'vitest';
import { iam as operations } from '../../../src/services/iam/registry.ts';
import type { Operation } from '../../../src/services/operation.ts';
import { allowing, iamWorld, trustPolicy } from '../../fixtures/iam-world.ts';
import { answeredHere } from '../answered-here.ts';
import { id, readTwice, refused } from '../ec2/provider.ts';

let iam: Iam.IAMClient;
beforeEach(() => {
  const { call } = iamWorld();
  const operation = (name: string) => operations[name as keyof typeof operations] as unknown as Operation<object, object>;
  iam = new Iam.IAMClient(answeredHere('iam', (name, input) => call(operation(name), input)));
});

const Tags = [{ Key: 'Name', Value: 'mine' }];
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
const documentOf = (document: string | undefined): unknown => JSON.parse(decodeURIComponent(document ?? ''));

async function createRole(): Promise<string> {
  const request = { RoleName: 'jobs', Path: '/', AssumeRolePolicyDocument: trustPolicy, MaxSessionDuration: 3600, Tags };
  return id((await iam.send(new Iam.CreateRoleCommand(request))).Role?.RoleName);
}

async function readRole(RoleName: string) {
  const { Role } = await iam.send(new Iam.GetRoleCommand({ RoleName }));
  const { PolicyNames } = await iam.send(new Iam.ListRolePoliciesCommand({ RoleName }));
  const { AttachedPolicies } = await iam.send(new Iam.ListAttachedRolePoliciesCommand({ RoleName }));
  return { role: Role, inline: PolicyNames, attached: AttachedPolicies };
}

async function destroyRole(RoleName: string): Promise<void> {
  const { InstanceProfiles } = await iam.send(new Iam.ListInstanceProfilesForRoleCommand({ RoleName }));
  for (const { InstanceProfileName } of InstanceProfiles ?? []) {
    await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
  }
  const { attached, inline } = await readRole(RoleName);
  for (const { PolicyArn } of attached ?? []) await iam.send(new Iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
  for (const PolicyName of inline ?? []) await iam.send(new Iam.DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new Iam.DeleteRoleCommand({ RoleName }));
  expect(await refused(readRole(RoleName))).toBe('NoSuchEntityException');
}

async function createPolicy(): Promise<string> {
  const request = { PolicyName: 'data', Path: '/', PolicyDocument: allowing('s3:Get*'), Description: 'reads', Tags };
  return id((await iam.send(new Iam.CreatePolicyCommand(request))).Policy?.Arn);
}

async function readPolicy(PolicyArn: string) {
  const { Policy } = await iam.send(new Iam.GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(new Iam.GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }));
  return { policy: Policy, document: documentOf(PolicyVersion?.Document) };
}

async function destroyPolicy(PolicyArn: string): Promise<void> {
  const { Versions } = await iam.send(new Iam.ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions ?? []) {
    if (IsDefaultVersion !== true) await iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  }
  await iam.send(new Iam.DeletePolicyCommand({ PolicyArn }));
  expect(await refused(readPolicy(PolicyArn))).toBe('NoSuchEntityException');
}

it('aws_iam_role', async () => {
  const RoleName = await createRole();
  const { role } = await readTwice(async () => await readRole(RoleName));
  expect(role).toMatchObject({ Path: '/', MaxSessionDuration: 3600, Tags });
  expect(documentOf(role?.AssumeRolePolicyDocument)).toEqual(JSON.parse(trustPolicy));
  const trust = trustPolicy.replace('sagemaker.amazonaws.com', 'ec2.amazonaws.com');
  await iam.send(new Iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
  await iam.send(new Iam.UpdateRoleDescriptionCommand({ RoleName, Description: 'runs jobs' }));
  await iam.send(new Iam.UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 }));
  await iam.send(new Iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: administrator }));
  await iam.send(new Iam.UntagRoleCommand({ RoleName, TagKeys: ['Name'] }));
  await iam.send(new Iam.TagRoleCommand({ RoleName, Tags: [{ Key: 'team', Value: 'vision' }] }));
  const updated = await readTwice(async () => await readRole(RoleName));
  expect(updated.role).toMatchObject({
    Description: 'runs jobs',
    MaxSessionDuration: 7200,
    PermissionsBoundary: { PermissionsBoundaryArn: administrator, PermissionsBoundaryType: 'Policy' },
    Tags: [{ Key: 'team', Value: 'vision' }],
  });
  expect(documentOf(updated.role?.AssumeRolePolicyDocument)).toEqual(JSON.parse(trust));
  await iam.send(new Iam.DeleteRolePermissionsBoundaryCommand({ RoleName }));
  expect((await readRole(RoleName)).role?.PermissionsBoundary).toBeUndefined();
  await destroyRole(RoleName);
});

it('aws_iam_policy, changed more often than it may have versions', async () => {
  const PolicyArn = await createPolicy();
  await Iam.waitUntilPolicyExists({ client: iam, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { PolicyArn });
  const first = await readTwice(async () => await readPolicy(PolicyArn));
  expect(first).toMatchObject({ policy: { Description: 'reads', Path: '/', Tags, AttachmentCount: 0 }, document: JSON.parse(allowing('s3:Get*')) });
  for (let change = 0; change < 7; change++) {
    const { Versions = [] } = await iam.send(new Iam.ListPolicyVersionsCommand({ PolicyArn }));
    const oldest = Versions.findLast(({ IsDefaultVersion }) => IsDefaultVersion !== true);
    if (Versions.length === 5) await iam.send(new Iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest?.VersionId }));
    const PolicyDocument = allowing(`s3:Put${change}`);
    await iam.send(new Iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    expect((await readPolicy(PolicyArn)).document).toEqual(JSON.parse(PolicyDocument));
  }
  expect((await readPolicy(PolicyArn)).policy?.DefaultVersionId).toBe('v8');
  await destroyPolicy(PolicyArn);
});

it('aws_iam_role_policy_attachment and aws_iam_role_policy', async () => {
  const RoleName = await createRole();
  const PolicyArn = await createPolicy();
  for (const arn of [PolicyArn, administrator]) await iam.send(new Iam.AttachRolePolicyCommand({ RoleName, PolicyArn: arn }));
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: allowing('s3:*') }));
  const read = await readTwice(async () => await readRole(RoleName));
  expect(read.attached?.map((policy) => policy.PolicyArn).toSorted()).toEqual([PolicyArn, administrator].toSorted());
  expect(read.inline).toEqual(['inline']);
  const inline = await iam.send(new Iam.GetRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  expect(documentOf(inline.PolicyDocument)).toEqual(JSON.parse(allowing('s3:*')));
  // The provider repeats a deletion that is refused so.
  expect(await refused(iam.send(new Iam.DeletePolicyCommand({ PolicyArn })))).toBe('DeleteConflictException');
  await iam.send(new Iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
  expect(await refused(iam.send(new Iam.DetachRolePolicyCommand({ RoleName, PolicyArn })))).toBe('NoSuchEntityException');
  await destroyPolicy(PolicyArn);
  await destroyRole(RoleName);
});

it('aws_iam_instance_profile', async () => {
  const RoleName = await createRole();
  const InstanceProfileName = 'jobs';
  await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName, Path: '/', Tags }));
  await Iam.waitUntilInstanceProfileExists({ client: iam, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { InstanceProfileName });
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  const read = async () => (await iam.send(new Iam.GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile;
  expect(await readTwice(read)).toMatchObject({ InstanceProfileName, Path: '/', Roles: [{ RoleName }], Tags });
  expect(await refused(iam.send(new Iam.DeleteRoleCommand({ RoleName })))).toBe('DeleteConflictException');
  await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
  await iam.send(new Iam.DeleteInstanceProfileCommand({ InstanceProfileName }));
  expect(await refused(read())).toBe('NoSuchEntityException');
  await destroyRole(RoleName);
});

it('aws_iam_user, its access key and what is attached to it, destroyed by force', async () => {
  const UserName = 'alice';
  await iam.send(new Iam.CreateUserCommand({ UserName, Path: '/', Tags }));
  await Iam.waitUntilUserExists({ client: iam, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { UserName });
  const read = async (name: string) => (await iam.send(new Iam.GetUserCommand({ UserName: name }))).User;
  expect(await readTwice(async () => await read(UserName))).toMatchObject({ UserName, Path: '/', Tags });
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }));
  await iam.send(new Iam.AttachUserPolicyCommand({ UserName, PolicyArn: administrator }));
  await iam.send(new Iam.UpdateUserCommand({ UserName, NewUserName: 'bob', NewPath: '/ml/' }));
  const renamed = { UserName: 'bob' };
  expect(await read('bob')).toMatchObject({ ...renamed, Path: '/ml/' });
  const keys = await iam.send(new Iam.ListAccessKeysCommand(renamed));
  expect(keys.AccessKeyMetadata).toMatchObject([{ ...renamed, AccessKeyId: AccessKey?.AccessKeyId, Status: 'Active' }]);
  const attached = await iam.send(new Iam.ListAttachedUserPoliciesCommand(renamed));
  expect(attached.AttachedPolicies).toEqual([{ PolicyName: 'AdministratorAccess', PolicyArn: administrator }]);

  await iam.send(new Iam.DetachUserPolicyCommand({ ...renamed, PolicyArn: administrator }));
  expect((await iam.send(new Iam.ListGroupsForUserCommand(renamed))).Groups).toEqual([]);
  await iam.send(new Iam.DeleteAccessKeyCommand({ ...renamed, AccessKeyId: AccessKey?.AccessKeyId }));
  expect((await iam.send(new Iam.ListSSHPublicKeysCommand(renamed))).SSHPublicKeys).toEqual([]);
  expect((await iam.send(new Iam.ListVirtualMFADevicesCommand({ AssignmentStatus: 'Any' }))).VirtualMFADevices).toEqual([]);
  expect((await iam.send(new Iam.ListMFADevicesCommand(renamed))).MFADevices).toEqual([]);
  expect(await refused(iam.send(new Iam.DeleteLoginProfileCommand(renamed)))).toBe('NoSuchEntityException');
  expect((await iam.send(new Iam.ListSigningCertificatesCommand(renamed))).Certificates).toEqual([]);
  expect((await iam.send(new Iam.ListServiceSpecificCredentialsCommand(renamed))).ServiceSpecificCredentials).toEqual([]);
  await iam.send(new Iam.DeleteUserCommand(renamed));
  expect(await refused(read('bob'))).toBe('NoSuchEntityException');
});
