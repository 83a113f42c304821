import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { boundaryKey, describeBoundary } from '../permissions-boundary.ts';
import { checkTrustPolicy } from '../policy-document.ts';
import { boundary } from '../policy.ts';
import { rolesPerAccountMax } from '../quotas.ts';
import { describeRole, roleArn } from '../role.ts';
import { creationDemands, describeTags, withTags } from '../tags.ts';
import { uniqueId } from '../unique-id.ts';

const sessionDurationSecondsDefault = 3_600;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const createRole: IamOperation<'CreateRole'> = {
  authorize: (input, { accountId }) =>
    creationDemands(
      {
        action: 'iam:CreateRole',
        resource: roleArn(accountId, input.Path ?? '/', input.RoleName),
        context: boundaryKey(input.PermissionsBoundary),
      },
      'iam:TagRole',
      input.Tags,
    ),

  commit(input, context) {
    const { store, accountId, now, newUuid } = context;
    const { RoleName: roleName, AssumeRolePolicyDocument: assumeRolePolicyDocument, Path: path = '/' } = input;
    const iam = store.iam.of(accountId);
    checkTrustPolicy(assumeRolePolicyDocument, iam);
    const lowerCaseName = roleName.toLowerCase();
    if (iam.roles.list({ lowerCaseName }).length > 0) throw iamErrors.roleExists(roleName);
    if (iam.roles.count() >= rolesPerAccountMax) throw iamErrors.quotaExceeded('RolesPerAccount', rolesPerAccountMax);
    const roleId = uniqueId('AROA', newUuid());
    assert(store.identifiers.spend(roleId), 'a random role id was never given before');
    const role = {
      roleName,
      lowerCaseName,
      roleId,
      path,
      arn: roleArn(accountId, path, roleName),
      createdAt: now.toISOString(),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      maxSessionDurationSeconds: input.MaxSessionDuration ?? sessionDurationSecondsDefault,
      assumeRolePolicyDocument,
      attachedPolicies: [],
      ...(input.PermissionsBoundary === undefined ? {} : { permissionsBoundary: boundary(input.PermissionsBoundary, context) }),
      tags: withTags('TagsPerRole', [], input.Tags ?? []),
    };
    iam.roles.insert(role);
    return { Role: { ...describeRole(role), ...describeBoundary(role), ...(role.tags.length === 0 ? {} : { Tags: describeTags(role.tags) }) } };
  },
};
