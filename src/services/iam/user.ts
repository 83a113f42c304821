import type { User } from '@aws-sdk/client-iam';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { UserRow } from '../../store/iam.ts';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';
import { resourceTagContext } from './tags.ts';

export const userArn = (accountId: string, path: string, userName: string): string => `arn:aws:iam::${accountId}:user${path}${userName}`;

export function findUser(userName: string, { store, accountId }: OperationContext): UserRow {
  const user = store.iam.of(accountId).users.find(userName);
  if (user === undefined) throw iamErrors.noSuchUser(userName);
  return user;
}

/** The user a request is about: the one it names, else the caller. */
export function userNameOf(userName: string | undefined, { principal }: OperationContext): string {
  if (userName !== undefined) return userName;
  if (principal.type !== 'user') throw iamErrors.userNameRequired();
  return principal.userName;
}

/** Permission for `action` on a user by its name, whether it exists or not. */
export function userDemand(action: string, userName: string, context: OperationContext, keys: ConditionContext = {}): Demand {
  const user = context.store.iam.of(context.accountId).users.find(userName);
  return {
    action,
    resource: user?.arn ?? userArn(context.accountId, '/', userName),
    context: { ...resourceTagContext(user?.tags ?? []), ...keys },
  };
}

export function describeUser(user: UserRow): User {
  return { Path: user.path, UserName: user.userName, UserId: user.userId, Arn: user.arn, CreateDate: new Date(user.createdAt) };
}
