import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { checkTrustPolicy } from '../policy-document.ts';
import { describeRole, roleArn, roleDemand } from '../role.ts';
import { describeTags, requestTagContext, withTags } from '../tags.ts';
import { uniqueId } from '../unique-id.ts';

const rolesPerAccountMax = 1_000;
const sessionDurationSecondsDefault = 3_600;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const createRole: IamOperation<'CreateRole'> = {
  authorize: (input, context) => [
    {
      ...roleDemand('iam:CreateRole', input.RoleName, context, requestTagContext(input.Tags ?? [])),
      resource: roleArn(context.accountId, input.Path ?? '/', input.RoleName),
    },
  ],

  commit(input, { store, accountId, now, newUuid }) {
    const { RoleName: roleName, AssumeRolePolicyDocument: assumeRolePolicyDocument, Path: path = '/' } = input;
    if (input.PermissionsBoundary !== undefined) throw iamErrors.boundaryNotSupported();
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
      tags: withTags('TagsPerRole', [], input.Tags ?? []),
    };
    iam.roles.insert(role);
    return { Role: { ...describeRole(role), ...(role.tags.length === 0 ? {} : { Tags: describeTags(role.tags) }) } };
  },
};
