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

export type PrincipalMatcher = (caller: Caller) => Naming;

/** The names a principal goes by in policies. */
export interface Caller {
  readonly principal: Principal;
  readonly exactNames: readonly string[];
  readonly directNames: readonly string[];
  readonly accountNames: readonly string[];
}

const accountNames = (accountId: string): string[] => [accountId, `arn:aws:iam::${accountId}:root`];

export function callerOf(principal: Principal): Caller {
  switch (principal.type) {
    case 'root':
      return { principal, exactNames: accountNames(principal.accountId), directNames: [], accountNames: accountNames(principal.accountId) };
    case 'user':
      return { principal, exactNames: [principal.arn, principal.userId], directNames: [], accountNames: accountNames(principal.accountId) };
    case 'role-session':
      return {
        principal,
        exactNames: [principal.arn],
        directNames: [principal.roleArn, principal.roleId],
        accountNames: accountNames(principal.accountId),
      };
    case 'service':
      return { principal, exactNames: [], directNames: [principal.service], accountNames: [] };
    case 'anonymous':
      return { principal, exactNames: [], directNames: [], accountNames: [] };
  }
}

export function compilePrincipal({ negated, members }: PrincipalElement): PrincipalMatcher {
  const aws = new Set(members.AWS);
  const services = new Set(members.Service);
  if (negated) return (caller) => (isExempt(caller, aws, services) ? notNamed : direct);
  if (aws.has('*')) return (caller) => (named(caller.exactNames, aws) ? exact : direct);
  return (caller) => {
    if (caller.principal.type === 'service') return named(caller.directNames, services) ? direct : notNamed;
    if (named(caller.exactNames, aws)) return exact;
    if (named(caller.directNames, aws)) return direct;
    return named(caller.accountNames, aws) ? account : notNamed;
  };
}

const named = (names: readonly string[], members: ReadonlySet<string>): boolean => names.some((name) => members.has(name));

/** `NotPrincipal` exempts a caller whose every name is listed: session, role and account; user and account. */
function isExempt(caller: Caller, aws: ReadonlySet<string>, services: ReadonlySet<string>): boolean {
  if (aws.has('*')) return true;
  if (caller.principal.type === 'service') return named(caller.directNames, services);
  const required = [caller.exactNames, caller.directNames, caller.accountNames].filter((names) => names.length > 0);
  return required.length > 0 && required.every((names) => named(names, aws));
}
