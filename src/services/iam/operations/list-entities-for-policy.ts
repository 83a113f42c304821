import type { AccountIam, GroupRow, RoleRow, UserRow } from '../../../store/iam.ts';
import type { IamInput, IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findPolicy, policyDemand } from '../policy.ts';

type Entity =
  | { readonly type: 'Role'; readonly row: RoleRow }
  | { readonly type: 'User'; readonly row: UserRow }
  | { readonly type: 'Group'; readonly row: GroupRow };

function entitiesOf({ roles, users, groups }: AccountIam): Entity[] {
  return [
    ...roles.list().map((row) => ({ type: 'Role', row }) as const),
    ...users.list().map((row) => ({ type: 'User', row }) as const),
    ...groups.list().map((row) => ({ type: 'Group', row }) as const),
  ];
}

function isUsedBy(row: Entity['row'], arn: string, { PolicyUsageFilter }: IamInput<'ListEntitiesForPolicy'>): boolean {
  const isAttached = PolicyUsageFilter !== 'PermissionsBoundary' && row.attachedPolicies.includes(arn);
  return isAttached || (PolicyUsageFilter !== 'PermissionsPolicy' && 'permissionsBoundary' in row && row.permissionsBoundary === arn);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html */
export const listEntitiesForPolicy: IamOperation<'ListEntitiesForPolicy'> = {
  authorize: (input, context) => [policyDemand('iam:ListEntitiesForPolicy', input.PolicyArn, context)],

  commit(input, context) {
    const { arn } = findPolicy(input.PolicyArn, context);
    const entities = entitiesOf(context.store.iam.of(context.accountId))
      .filter(({ type, row }) => row.path.startsWith(input.PathPrefix ?? '/') && (input.EntityFilter ?? type) === type && isUsedBy(row, arn, input))
      .toSorted((a, b) => (a.row.arn < b.row.arn ? -1 : 1));
    const { items, ...page } = pageOf(entities, ({ row }) => row.arn, input);
    return {
      PolicyGroups: items.flatMap(({ row }) => ('groupName' in row ? { GroupName: row.groupName, GroupId: row.groupId } : [])),
      PolicyUsers: items.flatMap(({ row }) => ('userName' in row ? { UserName: row.userName, UserId: row.userId } : [])),
      PolicyRoles: items.flatMap(({ row }) => ('roleName' in row ? { RoleName: row.roleName, RoleId: row.roleId } : [])),
      ...page,
    };
  },
};
