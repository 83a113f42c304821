import { expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import { iam } from './registry.ts';

const InstanceProfileName = 'jobs';
const conflict = { code: 'DeleteConflict', status: 409, message: 'Cannot delete entity, must remove roles from instance profile first.' };

it('an instance profile has one role, and both stay until it is removed', () => {
  const { call, makeRole } = iamWorld();
  makeRole('R');
  makeRole('Other');
  const { InstanceProfile } = call(iam.CreateInstanceProfile, { InstanceProfileName, Path: '/p/', Tags: [{ Key: 'a', Value: 'b' }] });
  expect(InstanceProfile).toEqual({
    Path: '/p/',
    InstanceProfileName,
    InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${accountId}:instance-profile/p/jobs`,
    CreateDate: new Date('2026-11-01T12:00:00Z'),
    Roles: [],
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  call(iam.AddRoleToInstanceProfile, { InstanceProfileName, RoleName: 'R' });
  const withRole = call(iam.GetInstanceProfile, { InstanceProfileName }).InstanceProfile;
  expect(withRole).toMatchObject({ ...InstanceProfile, Roles: [{ RoleName: 'R' }] });
  const { Tags: _tags, ...listed } = withRole ?? {};
  expect(call(iam.ListInstanceProfiles, { PathPrefix: '/p/' }).InstanceProfiles).toEqual([listed]);
  expect(call(iam.ListInstanceProfiles, { PathPrefix: '/q/' }).InstanceProfiles).toEqual([]);
  expect(call(iam.ListInstanceProfilesForRole, { RoleName: 'R' }).InstanceProfiles).toEqual([listed]);
  expect(call(iam.ListInstanceProfilesForRole, { RoleName: 'Other' }).InstanceProfiles).toEqual([]);
  expect(refusalOf(() => call(iam.AddRoleToInstanceProfile, { InstanceProfileName, RoleName: 'Other' }))).toEqual({
    code: 'LimitExceeded',
    status: 409,
    message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
  });
  expect(refusalOf(() => call(iam.DeleteRole, { RoleName: 'R' }))).toEqual(conflict);
  expect(refusalOf(() => call(iam.DeleteInstanceProfile, { InstanceProfileName }))).toEqual(conflict);
  expect(refusalOf(() => call(iam.RemoveRoleFromInstanceProfile, { InstanceProfileName, RoleName: 'Other' })).code).toBe('NoSuchEntity');
  call(iam.RemoveRoleFromInstanceProfile, { InstanceProfileName, RoleName: 'R' });
  expect(call(iam.GetInstanceProfile, { InstanceProfileName }).InstanceProfile).toEqual(InstanceProfile);
  call(iam.DeleteRole, { RoleName: 'R' });
  call(iam.DeleteInstanceProfile, { InstanceProfileName });
  expect(refusalOf(() => call(iam.GetInstanceProfile, { InstanceProfileName }))).toEqual({
    code: 'NoSuchEntity',
    status: 404,
    message: 'Instance Profile jobs cannot be found.',
  });
});

it('the name of an instance profile is taken whatever its case', () => {
  const { call } = iamWorld();
  call(iam.CreateInstanceProfile, { InstanceProfileName });
  expect(refusalOf(() => call(iam.CreateInstanceProfile, { InstanceProfileName: 'JOBS' }))).toEqual({
    code: 'EntityAlreadyExists',
    status: 409,
    message: 'Instance Profile JOBS already exists.',
  });
});

it('an instance profile is tagged', () => {
  const { call } = iamWorld();
  call(iam.CreateInstanceProfile, { InstanceProfileName });
  call(iam.TagInstanceProfile, { InstanceProfileName, Tags: ['a', 'b'].map((Key) => ({ Key, Value: '1' })) });
  call(iam.UntagInstanceProfile, { InstanceProfileName, TagKeys: ['a'] });
  expect(call(iam.ListInstanceProfileTags, { InstanceProfileName }).Tags).toEqual([{ Key: 'b', Value: '1' }]);
});

it('who adds a role must be allowed to pass it to EC2', () => {
  const { call, makeRole, sessionOf } = iamWorld();
  makeRole('R');
  call(iam.CreateInstanceProfile, { InstanceProfileName });
  const add = { InstanceProfileName, RoleName: 'R' };
  const passing = (service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: '*' },
        { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*', Condition: { StringEquals: { 'iam:PassedToService': service } } },
      ],
    });
  const without = sessionOf(makeRole('Without', allowing('iam:AddRoleToInstanceProfile')));
  const elsewhere = sessionOf(makeRole('Elsewhere', passing('sagemaker.amazonaws.com')));
  for (const caller of [without, elsewhere]) {
    expect(refusalOf(() => call(iam.AddRoleToInstanceProfile, add, caller)).message).toContain(
      `is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${accountId}:role/R`,
    );
  }
  call(iam.AddRoleToInstanceProfile, add, sessionOf(makeRole('Passing', passing('ec2.amazonaws.com'))));
});
