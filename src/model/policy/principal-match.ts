import { canonicalUserId } from '../canonical-user-id.ts';
import type { PrincipalElement } from './document.ts';
import type { Principal } from './principal.ts';

/**
 * How a `Principal` element names the caller. What follows from it differs:
 * `account` hands the decision to the account's own policies, `direct` grants by itself, `exact` (the user, the role
 * session or the root user by ARN) grants also beyond the session's policies and the permissions boundary.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-resource-based.html
 */
export type Naming = 0 | 1 | 2 | 3;
export const notNamed: Naming = 0;
export const account: Naming = 1;
export const direct: Naming = 2;
export const exact: Naming = 3;

export type PrincipalMatcher = (caller: Principal) => Naming;

/** Nobody comes from an identity provider outside: `Federated` members name no caller. */
interface Members {
  readonly aws: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly canonicalUsers: ReadonlySet<string>;
}

export function compilePrincipal({ negated, members }: PrincipalElement): PrincipalMatcher {
  const listed: Members = { aws: new Set(members.AWS), services: new Set(members.Service), canonicalUsers: new Set(members.CanonicalUser) };
  if (negated) return (caller) => (isExempt(caller, listed) ? notNamed : direct);
  if (!listed.aws.has('*')) return (caller) => namingOf(caller, listed);
  return listed.aws.size === 1 ? () => direct : (caller) => (isNamedExactly(caller, listed) ? exact : direct);
}

function namingOf(caller: Principal, members: Members): Naming {
  if (isNamedExactly(caller, members)) return exact;
  if (isNamedDirectly(caller, members)) return direct;
  return isOfNamedAccount(caller, members) ? account : notNamed;
}

function isNamedExactly(caller: Principal, members: Members): boolean {
  if (caller.type === 'role-session') return members.aws.has(caller.arn);
  if (caller.type === 'user') return members.aws.has(caller.arn) || members.aws.has(caller.userId);
  return caller.type === 'root' && isOfNamedAccount(caller, members);
}

function isNamedDirectly(caller: Principal, { aws, services }: Members): boolean {
  if (caller.type === 'role-session') return aws.has(caller.roleArn) || aws.has(caller.roleId);
  return caller.type === 'service' && services.has(caller.service);
}

function isOfNamedAccount(caller: Principal, { aws, canonicalUsers }: Members): boolean {
  if (!('accountId' in caller)) return false;
  const { accountId } = caller;
  if (aws.has(accountId) || aws.has(`arn:aws:iam::${accountId}:root`)) return true;
  return canonicalUsers.size > 0 && canonicalUsers.has(canonicalUserId(accountId));
}

/** `NotPrincipal` exempts a caller whose every name is listed: session, role and account; user and account. */
function isExempt(caller: Principal, members: Members): boolean {
  if (members.aws.has('*')) return true;
  switch (caller.type) {
    case 'role-session':
      return isNamedExactly(caller, members) && isNamedDirectly(caller, members) && isOfNamedAccount(caller, members);
    case 'user':
    case 'root':
      return isNamedExactly(caller, members) && isOfNamedAccount(caller, members);
    case 'service':
      return isNamedDirectly(caller, members);
    case 'anonymous':
      return false;
  }
}
