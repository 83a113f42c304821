import type { User } from '@aws-sdk/client-iam';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { UserRow } from '../../store/iam.ts';
import type { OperationContext } from '../operation.ts';
import { iamErrors } from './errors.ts';
import { policyKeys } from './permissions-boundary.ts';
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

/** The same, of calls that root makes about itself: undefined then. */
export function namedUserOf(userName: string | undefined, context: OperationContext): string | undefined {
  return userName === undefined && context.principal.type === 'root' ? undefined : userNameOf(userName, context);
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

/** Permission for `action` on a user's policies, which may depend on their boundary. */
export function userPolicyDemand(action: string, userName: string, context: OperationContext, policyArn?: string): Demand {
  return userDemand(action, userName, context, policyKeys(context.store.iam.of(context.accountId).users.find(userName), policyArn));
}

/** Throws when the key is not of the user that the request is about. */
export function requireAccessKey(input: { readonly UserName?: string | undefined; readonly AccessKeyId: string }, context: OperationContext): void {
  const { userName } = findUser(userNameOf(input.UserName, context), context);
  const keys = context.store.iam.of(context.accountId).accessKeysOf(userName);
  if (!keys.some(({ accessKeyId }) => accessKeyId === input.AccessKeyId)) throw iamErrors.noSuchAccessKey(input.AccessKeyId);
}

export function describeUser(user: UserRow): User {
  return { Path: user.path, UserName: user.userName, UserId: user.userId, Arn: user.arn, CreateDate: new Date(user.createdAt) };
}
