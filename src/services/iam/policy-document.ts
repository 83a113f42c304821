import { parsePolicy, problemText } from '../../model/policy/parse.ts';
import type { Policy } from '../../model/policy/document.ts';
import type { AccountIam } from '../../store/iam.ts';
import { iamErrors } from './errors.ts';
import {
  groupPoliciesCharactersMax,
  rolePoliciesCharactersMax,
  userPoliciesCharactersMax,
  trustPolicyCharactersMax,
  managedPolicyCharactersMax,
} from './quotas.ts';

/** White space is not counted. */
const sizeOf = (document: string): number => document.replaceAll(/\s/g, '').length;

const embeddedCharactersMax = { role: rolePoliciesCharactersMax, user: userPoliciesCharactersMax, group: groupPoliciesCharactersMax };

/** Checks a policy embedded in a role, user or group: a permissions policy, and the sum of all of them. */
export function checkInlinePolicy(entity: 'role' | 'user' | 'group', name: string, policyName: string, document: string, iam: AccountIam): void {
  const { problem } = parsePolicy(document, 'identity');
  if (problem !== undefined) throw iamErrors.malformedPolicyDocument(problemText(problem));
  const limit = embeddedCharactersMax[entity];
  const others = iam[`${entity}Policies`].list({ owner: name }).filter((row) => row.policyName !== policyName);
  const size = others.reduce((sum, { policyDocument }) => sum + sizeOf(policyDocument), sizeOf(document));
  if (size > limit) throw iamErrors.policySizeExceeded(entity, name, limit);
}

/** Checks a version of a managed policy. */
export function checkManagedPolicy(document: string): void {
  const { problem } = parsePolicy(document, 'identity');
  if (problem !== undefined) throw iamErrors.malformedPolicyDocument(problemText(problem));
  if (sizeOf(document) > managedPolicyCharactersMax) throw iamErrors.quotaExceeded('PolicySize', managedPolicyCharactersMax);
}

/** Checks a trust policy. Principals of this account must exist, as on AWS. */
export function checkTrustPolicy(document: string, iam: AccountIam): void {
  const { policy, problem } = parsePolicy(document, 'trust');
  if (policy === undefined) throw iamErrors.malformedPolicyDocument(problemText(problem));
  const stray = principalsOf(policy).find((arn) => !principalExists(arn, iam));
  if (stray !== undefined) throw iamErrors.malformedPolicyDocument(`Invalid principal in policy: "AWS":"${stray}"`);
  const foreign = policy.statements.find(({ action }) => action.patterns.some((pattern) => pattern !== '*' && !/^sts:/i.test(pattern)));
  if (foreign !== undefined) throw iamErrors.malformedPolicyDocument('AssumeRole policy may only specify STS AssumeRole actions.');
  if (sizeOf(document) > trustPolicyCharactersMax) throw iamErrors.quotaExceeded('ACLSizePerRole', trustPolicyCharactersMax);
}

const principalsOf = (policy: Policy): readonly string[] => policy.statements.flatMap(({ principal }) => principal?.members.AWS ?? []);

function principalExists(arn: string, iam: AccountIam): boolean {
  const [, type, path = ''] = new RegExp(`^arn:aws:iam::${iam.accountId}:(user|role)/(.*)$`).exec(arn) ?? [];
  if (type === undefined) return true;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (type === 'user' ? iam.users.find(name)?.arn : iam.roles.find(name)?.arn) === arn;
}

/** Documents travel percent-encoded as RFC 3986 says. */
export function encodePolicyDocument(document: string): string {
  return encodeURIComponent(document).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
