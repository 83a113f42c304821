import type { Role } from '@aws-sdk/client-iam';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { RoleRow } from '../../store/iam.ts';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';
import { encodePolicyDocument } from './policy-document.ts';
import { resourceTagContext } from './tags.ts';

export const roleArn = (accountId: string, path: string, roleName: string): string => `arn:aws:iam::${accountId}:role${path}${roleName}`;

/** The role, or AWS's answer when there is none. */
export function findRole(roleName: string, { store, accountId }: OperationContext): RoleRow {
  const role = store.iam.of(accountId).roles.find(roleName);
  if (role === undefined) throw iamErrors.noSuchRole(roleName);
  return role;
}

/** Permission for `action` on a role by its name, whether it exists or not. */
export function roleDemand(action: string, roleName: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  const role = context.store.iam.of(context.accountId).roles.find(roleName);
  return {
    action,
    resource: role?.arn ?? roleArn(context.accountId, '/', roleName),
    context: { ...resourceTagContext(role?.tags ?? []), ...keys },
  };
}

/** The role as most operations show it: without description, tags and use. */
export function describeRole(role: RoleRow): Role {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodePolicyDocument(role.assumeRolePolicyDocument),
  };
}
