import { expect, it } from 'vitest';
import { accountId, allowing, fromHost, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import { present } from '../../stdx/assert.ts';
import { iam } from './registry.ts';

const GroupName = 'team';
const UserName = 'alice';
const conflict = (message: string) => ({ code: 'DeleteConflict', status: 409, message });

function groupWorld() {
  const world = iamWorld();
  const { call, access, clock } = world;
  const { Group } = call(iam.CreateGroup, { GroupName, Path: '/ml/' });
  call(iam.CreateUser, { UserName });
  const { AccessKeyId = '' } = present(call(iam.CreateAccessKey, { UserName }).AccessKey, 'a key is made');
  const decisionOn = (action: string) => {
    const { principal } = present(access.resolve(AccessKeyId, undefined), 'the key is known');
    return access.authorise({ principal, arrival: fromHost, demand: { action, resource: 'arn:aws:s3:::b/k' }, now: clock.now() });
  };
  return { ...world, AccessKeyId, Group, decisionOn };
}

it('a group is created as AWS shows it, under a name that is taken whatever its case', () => {
  const { call, Group } = groupWorld();
  expect(Group).toEqual({
    Path: '/ml/',
    GroupName,
    GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${accountId}:group/ml/team`,
    CreateDate: new Date('2026-11-01T12:00:00Z'),
  });
  expect(call(iam.GetGroup, { GroupName })).toEqual({ Group, Users: [], IsTruncated: false });
  expect(call(iam.ListGroups, { PathPrefix: '/ml/' }).Groups).toEqual([Group]);
  expect(call(iam.ListGroups, { PathPrefix: '/x/' }).Groups).toEqual([]);
  expect(refusalOf(() => call(iam.CreateGroup, { GroupName: 'TEAM' })).message).toBe('Group with name TEAM already exists.');
  expect(refusalOf(() => call(iam.GetGroup, { GroupName: 'nope' }))).toEqual({
    code: 'NoSuchEntity',
    status: 404,
    message: 'The group with name nope cannot be found.',
  });
});

it('its policies are those of the users in it, as long as they are', () => {
  const { call, decisionOn } = groupWorld();
  call(iam.PutGroupPolicy, { GroupName, PolicyName: 'inline', PolicyDocument: allowing('s3:GetObject') });
  const PolicyArn = present(call(iam.CreatePolicy, { PolicyName: 'p', PolicyDocument: allowing('s3:PutObject') }).Policy?.Arn, 'it has an ARN');
  call(iam.AttachGroupPolicy, { GroupName, PolicyArn });
  expect(call(iam.GetPolicy, { PolicyArn }).Policy?.AttachmentCount).toBe(1);
  expect(call(iam.ListEntitiesForPolicy, { PolicyArn }).PolicyGroups).toMatchObject([{ GroupName }]);
  expect(decisionOn('s3:GetObject').verdict).toBe('deny');
  call(iam.AddUserToGroup, { GroupName, UserName });
  call(iam.AddUserToGroup, { GroupName, UserName });
  expect(decisionOn('s3:GetObject')).toMatchObject({ verdict: 'allow', determining: [{ policy: 'group/team/inline' }] });
  expect(decisionOn('s3:PutObject')).toMatchObject({ verdict: 'allow', determining: [{ policy: PolicyArn }] });
  expect(decisionOn('s3:DeleteObject').verdict).toBe('deny');
  call(iam.RemoveUserFromGroup, { GroupName, UserName });
  expect(decisionOn('s3:GetObject').verdict).toBe('deny');
  expect(refusalOf(() => call(iam.RemoveUserFromGroup, { GroupName, UserName })).code).toBe('NoSuchEntity');
});

it('stays while there are users in it or policies on it, and so do the users', () => {
  const { call, AccessKeyId } = groupWorld();
  call(iam.DeleteAccessKey, { UserName, AccessKeyId });
  call(iam.AddUserToGroup, { GroupName, UserName });
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3FullAccess';
  call(iam.AttachGroupPolicy, { GroupName, PolicyArn });
  call(iam.PutGroupPolicy, { GroupName, PolicyName: 'inline', PolicyDocument: allowing('s3:*') });
  expect(call(iam.GetGroup, { GroupName }).Users).toMatchObject([{ UserName }]);
  expect(call(iam.ListGroupsForUser, { UserName }).Groups).toMatchObject([{ GroupName }]);
  const removeUsers = conflict('Cannot delete entity, must remove users from group first.');
  expect(refusalOf(() => call(iam.DeleteUser, { UserName }))).toEqual(removeUsers);
  expect(refusalOf(() => call(iam.DeleteGroup, { GroupName }))).toEqual(removeUsers);
  call(iam.RemoveUserFromGroup, { GroupName, UserName });
  expect(refusalOf(() => call(iam.DeleteGroup, { GroupName }))).toEqual(conflict('Cannot delete entity, must detach all policies first.'));
  expect(call(iam.ListAttachedGroupPolicies, { GroupName }).AttachedPolicies).toEqual([{ PolicyName: 'AmazonS3FullAccess', PolicyArn }]);
  call(iam.DetachGroupPolicy, { GroupName, PolicyArn });
  expect(refusalOf(() => call(iam.DeleteGroup, { GroupName }))).toEqual(conflict('Cannot delete entity, must delete policies first.'));
  expect(call(iam.ListGroupPolicies, { GroupName }).PolicyNames).toEqual(['inline']);
  expect(decodeURIComponent(call(iam.GetGroupPolicy, { GroupName, PolicyName: 'inline' }).PolicyDocument ?? '')).toBe(allowing('s3:*'));
  call(iam.DeleteGroupPolicy, { GroupName, PolicyName: 'inline' });
  call(iam.DeleteGroup, { GroupName });
  call(iam.DeleteUser, { UserName });
  expect(call(iam.ListGroups, {}).Groups).toEqual([]);
});

it('a user is in ten groups at most, and the policies of a group are 5,120 characters at most', () => {
  const { call } = groupWorld();
  for (let number = 0; number < 10; number++) {
    call(iam.CreateGroup, { GroupName: `group-${number}` });
    call(iam.AddUserToGroup, { GroupName: `group-${number}`, UserName });
  }
  expect(refusalOf(() => call(iam.AddUserToGroup, { GroupName, UserName })).message).toBe('Cannot exceed quota for GroupsPerUser: 10');
  const long = allowing('s3:*', { Sid: 'x'.repeat(5_120) });
  expect(refusalOf(() => call(iam.PutGroupPolicy, { GroupName, PolicyName: 'p', PolicyDocument: long })).message).toBe(
    'Maximum policy size of 5120 bytes exceeded for group team',
  );
});
