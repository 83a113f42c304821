import { parsePolicy, problemText } from '../../model/policy/parse.ts';
import type { Policy } from '../../model/policy/document.ts';
import type { AccountIam } from '../../store/iam.ts';
import { iamErrors } from './errors.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; white space is not counted. */
const rolePoliciesCharactersMax = 10_240;
const userPoliciesCharactersMax = 2_048;
const trustPolicyCharactersMax = 2_048;

const sizeOf = (document: string): number => document.replaceAll(/\s/g, '').length;

/** Checks a policy embedded in a role or user: a permissions policy, and the sum of all of them. */
export function checkInlinePolicy(entity: 'role' | 'user', name: string, policyName: string, document: string, iam: AccountIam): void {
  const { problem } = parsePolicy(document, 'identity');
  if (problem !== undefined) throw iamErrors.malformedPolicyDocument(problemText(problem));
  const limit = entity === 'role' ? rolePoliciesCharactersMax : userPoliciesCharactersMax;
  const others = (entity === 'role' ? iam.rolePolicies : iam.userPolicies).list({ owner: name }).filter((row) => row.policyName !== policyName);
  const size = others.reduce((sum, { policyDocument }) => sum + sizeOf(policyDocument), sizeOf(document));
  if (size > limit) throw iamErrors.policySizeExceeded(entity, name, limit);
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
