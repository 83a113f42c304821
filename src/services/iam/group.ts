import type { Group } from '@aws-sdk/client-iam';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { GroupRow } from '../../store/iam.ts';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';

export const groupArn = (accountId: string, path: string, groupName: string): string => `arn:aws:iam::${accountId}:group${path}${groupName}`;

export function findGroup(groupName: string, { store, accountId }: OperationContext): GroupRow {
  const group = store.iam.of(accountId).groups.find(groupName);
  if (group === undefined) throw iamErrors.noSuchGroup(groupName);
  return group;
}

/** Permission for `action` on a group by its name, whether it exists or not. */
export function groupDemand(action: string, groupName: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  const group = context.store.iam.of(context.accountId).groups.find(groupName);
  return { action, resource: group?.arn ?? groupArn(context.accountId, '/', groupName), context: keys };
}

export function describeGroup(group: GroupRow): Group {
  return { Path: group.path, GroupName: group.groupName, GroupId: group.groupId, Arn: group.arn, CreateDate: new Date(group.createdAt) };
}
