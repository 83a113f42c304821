import type { Decision, DeterminingStatement, PolicyKind } from './decision.ts';
import { collectMatches, type Match, type NamedPolicy } from './evaluate.ts';
import type { Principal } from './principal.ts';
import { account, direct, exact, type Naming } from './principal-match.ts';
import type { RequestKeys } from './request-keys.ts';
import { explicitDeny, implicitDeny, undecided } from './sentences.ts';
import { both, either, maybe, no, yes, type Truth } from './truth.ts';

/** Every document that bears on one request. */
export interface PolicySet {
  /** Of the caller: its user's or its role's. */
  readonly identity: readonly NamedPolicy[];
  /** Given with the session. Empty: the session was not narrowed. */
  readonly session: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  /** The resource's own policy; for `sts:AssumeRole` the role's trust policy. */
  readonly resource?: NamedPolicy;
  /** Of the VPC endpoint that the request came through. */
  readonly endpoint?: NamedPolicy;
}

export interface DecisionRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly resourceOwner: string;
  /** Actions such as `sts:AssumeRole` that no identity policy allows without the resource's consent. */
  readonly requiresResourcePolicy: boolean;
  readonly keys: RequestKeys & { readonly unknownKeys: ReadonlySet<string> };
}

/** What must hold for the request to be allowed, in the order in which AWS looks at it: the first that does not is named. */
class Requirements {
  missing: PolicyKind | undefined;
  /** Those of which it is not known whether they are met. */
  readonly open = new Set<PolicyKind>();

  add(kind: PolicyKind, met: Truth): void {
    if (met === no) this.missing ??= kind;
    else if (met === maybe) this.open.add(kind);
  }
}

/**
 * The whole decision. An explicit Deny anywhere ends it; then the endpoint's policy must let the request pass and
 * the caller's and the resource's policies must allow it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(policies: PolicySet, request: DecisionRequest): Decision {
  const matches: Match[] = [];
  let denied: Truth = no;
  if (policies.endpoint !== undefined) denied = collectMatches(policies.endpoint, request, matches);
  if (policies.resource !== undefined && !ownsItsLockout(request)) denied = either(denied, collectMatches(policies.resource, request, matches));
  for (const policy of policies.identity) denied = either(denied, collectMatches(policy, request, matches));
  if (policies.boundary !== undefined) denied = either(denied, collectMatches(policies.boundary, request, matches));
  for (const policy of policies.session) denied = either(denied, collectMatches(policy, request, matches));
  if (denied === yes) return explicitlyDenied(matches, request);
  const { missing, open } = requirementsOf(policies, matches, request);
  if (missing !== undefined) return { verdict: 'deny', missing, determining: [], message: implicitDeny(request, missing) };
  if (open.size > 0 || denied === maybe) {
    const deciding = matches.filter((match) => match.statement.effect === 'Deny' || isOfOpen(kindOf(match), open));
    return { verdict: 'unknown', determining: determiningOf(deciding, maybe), message: undecided(request) };
  }
  return { verdict: 'allow', determining: determiningOf(matches, yes), message: '' };
}

const bucketPolicyAction = /^s3:(?:get|put|delete)bucketpolicy$/i;

/**
 * A bucket policy cannot lock its owner's root user out of the bucket policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
function ownsItsLockout({ principal, action, resourceOwner }: DecisionRequest): boolean {
  return principal.type === 'root' && principal.accountId === resourceOwner && bucketPolicyAction.test(action);
}

const kindOf = ({ policy }: Match): PolicyKind => policy.compiled.kind;

/** The resource's own Allow stands in for one of the caller's. */
const isOfOpen = (kind: PolicyKind, open: ReadonlySet<PolicyKind>): boolean =>
  open.has(kind) || (open.has('identity') && (kind === 'resource' || kind === 'trust'));

/** One kind of policy is named, and all its statements that deny. Between accounts the caller's own are named before the resource's. */
function explicitlyDenied(matches: readonly Match[], request: DecisionRequest): Decision {
  const denying = matches.filter(({ statement, truth }) => statement.effect === 'Deny' && truth === yes);
  const { principal, resourceOwner } = request;
  const isForeign = 'accountId' in principal && principal.accountId !== resourceOwner;
  const named = isForeign ? denying.find((match) => kindOf(match) !== 'resource' && kindOf(match) !== 'trust') : undefined;
  const kind = kindOf(named ?? (denying[0] as Match));
  const determining = determiningOf(
    denying.filter((match) => kindOf(match) === kind),
    yes,
  );
  return { verdict: 'deny', determining, message: explicitDeny(request, kind) };
}

function determiningOf(matches: readonly Match[], wanted: Truth): readonly DeterminingStatement[] {
  const determining: DeterminingStatement[] = [];
  for (const { policy, statement, truth } of matches) {
    if (truth !== wanted) continue;
    const { effect, sid, index } = statement;
    const named = { kind: policy.compiled.kind, policy: policy.name, effect, index };
    determining.push(sid === undefined ? named : { ...named, sid });
  }
  return determining;
}

/** Whether documents of this kind allow the request by statements that name the caller at least so closely. */
function allowedBy(kind: PolicyKind, matches: readonly Match[], from: Naming = direct): Truth {
  let result: Truth = no;
  for (const match of matches) {
    if (match.naming >= from && match.statement.effect === 'Allow' && kindOf(match) === kind) result = either(result, match.truth);
  }
  return result;
}

function requirementsOf(policies: PolicySet, matches: readonly Match[], request: DecisionRequest): Requirements {
  const requirements = new Requirements();
  // An endpoint policy that allows an account allows its root user only.
  // https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
  if (policies.endpoint !== undefined) requirements.add('endpoint', allowedBy('endpoint', matches));
  const { principal, resourceOwner, requiresResourcePolicy } = request;
  const ofResource = policies.resource?.compiled.kind ?? (requiresResourcePolicy ? 'trust' : 'resource');
  if (principal.type === 'service' || principal.type === 'anonymous') {
    requirements.add(ofResource, allowedBy(ofResource, matches));
    return requirements;
  }
  const identityAllows = principal.type === 'root' ? yes : allowedBy('identity', matches);
  let beyondLimits: Truth = no;
  if (principal.accountId !== resourceOwner) {
    requirements.add(ofResource, allowedBy(ofResource, matches, account));
    requirements.add('identity', identityAllows);
  } else if (requiresResourcePolicy) {
    const delegated = allowedBy(ofResource, matches, account);
    requirements.add(ofResource, delegated);
    requirements.add('identity', either(allowedBy(ofResource, matches), both(delegated, identityAllows)));
  } else {
    beyondLimits = allowedBy(ofResource, matches, exact);
    requirements.add('identity', either(identityAllows, allowedBy(ofResource, matches)));
  }
  // A permissions boundary and session policies grant nothing: what they do not allow is taken away.
  if (policies.boundary !== undefined) requirements.add('boundary', either(allowedBy('boundary', matches), beyondLimits));
  if (policies.session.length > 0) requirements.add('session', either(allowedBy('session', matches), beyondLimits));
  return requirements;
}
