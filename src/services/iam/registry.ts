import type * as IAM from '@aws-sdk/client-iam';
import type { Service } from '../service.ts';
import { attachRolePolicy } from './attach-role-policy.ts';
import { createAccessKey } from './create-access-key.ts';
import { createRole } from './create-role.ts';
import { createUser } from './create-user.ts';
import { deleteAccessKey } from './delete-access-key.ts';
import { deleteRolePolicy } from './delete-role-policy.ts';
import { deleteRole } from './delete-role.ts';
import { deleteUserPolicy } from './delete-user-policy.ts';
import { deleteUser } from './delete-user.ts';
import { detachRolePolicy } from './detach-role-policy.ts';
import { getPolicyVersion } from './get-policy-version.ts';
import { getPolicy } from './get-policy.ts';
import { getRolePolicy } from './get-role-policy.ts';
import { getRole } from './get-role.ts';
import { getUserPolicy } from './get-user-policy.ts';
import { getUser } from './get-user.ts';
import { listAccessKeys } from './list-access-keys.ts';
import { listAttachedRolePolicies } from './list-attached-role-policies.ts';
import { listGroupsForUser } from './list-groups-for-user.ts';
import { listInstanceProfilesForRole } from './list-instance-profiles-for-role.ts';
import { listRolePolicies } from './list-role-policies.ts';
import { listRoleTags } from './list-role-tags.ts';
import { listRoles } from './list-roles.ts';
import { listUserPolicies } from './list-user-policies.ts';
import { listUsers } from './list-users.ts';
import { putRolePolicy } from './put-role-policy.ts';
import { putUserPolicy } from './put-user-policy.ts';
import { tagRole } from './tag-role.ts';
import { untagRole } from './untag-role.ts';
import { updateAccessKey } from './update-access-key.ts';
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts';
import { updateRoleDescription } from './update-role-description.ts';
import { updateRole } from './update-role.ts';

/** Every operation of IAM that Cloister answers. */
export const iam = {
  AttachRolePolicy: attachRolePolicy,
  CreateAccessKey: createAccessKey,
  CreateRole: createRole,
  CreateUser: createUser,
  DeleteAccessKey: deleteAccessKey,
  DeleteRolePolicy: deleteRolePolicy,
  DeleteRole: deleteRole,
  DeleteUserPolicy: deleteUserPolicy,
  DeleteUser: deleteUser,
  DetachRolePolicy: detachRolePolicy,
  GetPolicyVersion: getPolicyVersion,
  GetPolicy: getPolicy,
  GetRolePolicy: getRolePolicy,
  GetRole: getRole,
  GetUserPolicy: getUserPolicy,
  GetUser: getUser,
  ListAccessKeys: listAccessKeys,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListGroupsForUser: listGroupsForUser,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  ListRolePolicies: listRolePolicies,
  ListRoleTags: listRoleTags,
  ListRoles: listRoles,
  ListUserPolicies: listUserPolicies,
  ListUsers: listUsers,
  PutRolePolicy: putRolePolicy,
  PutUserPolicy: putUserPolicy,
  TagRole: tagRole,
  UntagRole: untagRole,
  UpdateAccessKey: updateAccessKey,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRoleDescription: updateRoleDescription,
  UpdateRole: updateRole,
} satisfies Service<typeof IAM>;
