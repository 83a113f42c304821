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
interface Names {
  readonly exact: readonly string[];
  readonly direct: readonly string[];
  readonly account: readonly string[];
}

/** Who asks. The names are made when a policy looks for one: most say `*`. */
export class Caller {
  readonly principal: Principal;
  #names: Names | undefined;

  constructor(principal: Principal) {
    this.principal = principal;
  }

  get names(): Names {
    this.#names ??= namesOf(this.principal);
    return this.#names;
  }
}

const accountNames = (accountId: string): string[] => [accountId, `arn:aws:iam::${accountId}:root`];

function namesOf(principal: Principal): Names {
  switch (principal.type) {
    case 'root':
      return { exact: accountNames(principal.accountId), direct: [], account: accountNames(principal.accountId) };
    case 'user':
      return { exact: [principal.arn, principal.userId], direct: [], account: accountNames(principal.accountId) };
    case 'role-session':
      return { exact: [principal.arn], direct: [principal.roleArn, principal.roleId], account: accountNames(principal.accountId) };
    case 'service':
      return { exact: [], direct: [principal.service], account: [] };
    case 'anonymous':
      return { exact: [], direct: [], account: [] };
  }
}

export function compilePrincipal({ negated, members }: PrincipalElement): PrincipalMatcher {
  const aws = new Set(members.AWS);
  const services = new Set(members.Service);
  if (negated) return (caller) => (isExempt(caller, aws, services) ? notNamed : direct);
  if (aws.has('*')) return aws.size === 1 ? () => direct : (caller) => (named(caller.names.exact, aws) ? exact : direct);
  return (caller) => {
    if (caller.principal.type === 'service') return named(caller.names.direct, services) ? direct : notNamed;
    if (named(caller.names.exact, aws)) return exact;
    if (named(caller.names.direct, aws)) return direct;
    return named(caller.names.account, aws) ? account : notNamed;
  };
}

const named = (names: readonly string[], members: ReadonlySet<string>): boolean => names.some((name) => members.has(name));

/** `NotPrincipal` exempts a caller whose every name is listed: session, role and account; user and account. */
function isExempt(caller: Caller, aws: ReadonlySet<string>, services: ReadonlySet<string>): boolean {
  if (aws.has('*')) return true;
  if (caller.principal.type === 'service') return named(caller.names.direct, services);
  const required = [caller.names.exact, caller.names.direct, caller.names.account].filter((names) => names.length > 0);
  return required.length > 0 && required.every((names) => named(names, aws));
}
