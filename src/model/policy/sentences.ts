import type { PolicyKind } from './decision.ts';
import type { Principal } from './principal.ts';

/** What the sentences speak about. */
interface Subject {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly resourceOwner: string;
  readonly keys: { readonly unknownKeys: ReadonlySet<string> };
}

const denyingPolicy: Readonly<Record<PolicyKind, string>> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  endpoint: 'a VPC endpoint policy',
  session: 'a session policy',
  boundary: 'a permissions boundary',
  trust: 'the role trust policy',
};

const silentPolicy: Readonly<Record<PolicyKind, string>> = {
  identity: 'no identity-based policy',
  resource: 'no resource-based policy',
  endpoint: 'no VPC endpoint policy',
  session: 'no session policy',
  boundary: 'no permissions boundary',
  trust: 'no role trust policy',
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function explicitDeny(subject: Subject, kind: PolicyKind): string {
  return isPlain(subject) ? 'Access Denied' : `${refusal(subject)} with an explicit deny in ${denyingPolicy[kind]}`;
}

export function implicitDeny(subject: Subject, kind: PolicyKind): string {
  return isPlain(subject) ? 'Access Denied' : `${refusal(subject)} because ${silentPolicy[kind]} allows the ${subject.action} action`;
}

/** Ours: AWS never has to say that it depends. */
export function undecided(subject: Subject): string {
  return `Whether ${nameOf(subject.principal)} is authorized to perform: ${subject.action}${onResource(subject)} depends on ${[...subject.keys.unknownKeys].join(', ')}`;
}

/**
 * S3 explains refusals within an account only, elsewhere its answer is `Access Denied`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
function isPlain({ principal, action, resourceOwner }: Subject): boolean {
  if (!/^s3:/i.test(action)) return false;
  return principal.type === 'anonymous' || principal.type === 'service' || principal.accountId !== resourceOwner;
}

const refusal = (subject: Subject): string =>
  `User: ${nameOf(subject.principal)} is not authorized to perform: ${subject.action}${onResource(subject)}`;

function nameOf(principal: Principal): string {
  if (principal.type === 'anonymous') return 'anonymous';
  return principal.type === 'service' ? principal.service : principal.arn;
}

/** S3 puts the ARN in quotes; S3 and EC2 do not mention the resource of an action that has none. */
function onResource({ action, resource }: Subject): string {
  const service = action.slice(0, action.indexOf(':')).toLowerCase();
  if (resource === '*' && (service === 's3' || service === 'ec2')) return '';
  return ` on resource: ${service === 's3' ? `"${resource}"` : resource}`;
}
