import type { CompiledPolicy } from './compile.ts';
import type { Decision, DeterminingStatement, PolicyKind } from './decision.ts';
import { allowedBy, evaluatePolicy, type Match, type Outcome, type Question } from './evaluate.ts';
import type { Principal } from './principal.ts';
import { account, Caller, direct, exact, type Naming } from './principal-match.ts';
import type { RequestKeys } from './request-keys.ts';
import { explicitDeny, implicitDeny, undecided } from './sentences.ts';
import { both, either, maybe, no, yes, type Truth } from './truth.ts';

/** A compiled document and the name its owner finds it by. */
export interface NamedPolicy {
  readonly name: string;
  readonly compiled: CompiledPolicy;
  /** As stored. Absent: what carried it is gone. */
  readonly text?: string;
}

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

interface NamedOutcome extends Outcome {
  readonly name: string;
}

/** What must hold for the request to be allowed, in the order in which AWS looks at it. */
interface Requirement {
  readonly kind: PolicyKind;
  readonly met: Truth;
}

/**
 * The whole decision. An explicit Deny anywhere ends it; then the endpoint's policy must let the request pass and
 * the caller's and the resource's policies must allow it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(policies: PolicySet, request: DecisionRequest): Decision {
  const question: Question = {
    caller: new Caller(request.principal),
    lowerCaseAction: request.action.toLowerCase(),
    resource: request.resource,
    keys: request.keys,
  };
  // Written out, here and below: a spread or an array more for each document is half the time of a decision.
  const evaluate = ({ name, compiled }: NamedPolicy): NamedOutcome => {
    const { policy, denied, denies, allows } = evaluatePolicy(compiled, question);
    return { name, policy, denied, denies, allows };
  };
  const outcomes: Outcomes = {
    endpoint: policies.endpoint === undefined ? undefined : evaluate(policies.endpoint),
    resource: policies.resource === undefined ? undefined : evaluate(policies.resource),
    identity: policies.identity.map(evaluate),
    boundary: policies.boundary === undefined ? undefined : evaluate(policies.boundary),
    session: policies.session.map(evaluate),
  };
  const bearing: NamedOutcome[] = [];
  if (outcomes.endpoint !== undefined) bearing.push(outcomes.endpoint);
  if (outcomes.resource !== undefined && !ownsItsLockout(request)) bearing.push(outcomes.resource);
  for (const outcome of outcomes.identity) bearing.push(outcome);
  if (outcomes.boundary !== undefined) bearing.push(outcomes.boundary);
  for (const outcome of outcomes.session) bearing.push(outcome);
  return explicitlyDenied(bearing, request) ?? concluded(bearing, requirementsOf(outcomes, request), request);
}

interface Outcomes {
  readonly endpoint: NamedOutcome | undefined;
  readonly resource: NamedOutcome | undefined;
  readonly identity: readonly NamedOutcome[];
  readonly boundary: NamedOutcome | undefined;
  readonly session: readonly NamedOutcome[];
}

const bucketPolicyActions = new Set(['s3:getbucketpolicy', 's3:putbucketpolicy', 's3:deletebucketpolicy']);

/**
 * A bucket policy cannot lock its owner's root user out of the bucket policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
function ownsItsLockout({ principal, action, resourceOwner }: DecisionRequest): boolean {
  return principal.type === 'root' && principal.accountId === resourceOwner && bucketPolicyActions.has(action.toLowerCase());
}

function explicitlyDenied(outcomes: readonly NamedOutcome[], request: DecisionRequest): Decision | undefined {
  const first = outcomes.find((outcome) => outcome.denied === yes);
  if (first === undefined) return undefined;
  const denying = outcomes.filter((outcome) => outcome.denied === yes);
  const { kind } = first.policy;
  const determining = denying
    .filter((outcome) => outcome.policy.kind === kind)
    .flatMap((outcome) => outcome.denies.filter(({ truth }) => truth === yes).map((match) => determiningOf(outcome, match)));
  return { verdict: 'deny', determining, message: explicitDeny(request, kind) };
}

function concluded(outcomes: readonly NamedOutcome[], requirements: readonly Requirement[], request: DecisionRequest): Decision {
  const unmet = requirements.find(({ met }) => met === no);
  if (unmet !== undefined) {
    return { verdict: 'deny', missing: unmet.kind, determining: [], message: implicitDeny(request, unmet.kind) };
  }
  if (requirements.some(({ met }) => met === maybe) || outcomes.some(({ denied }) => denied === maybe)) {
    const open = (match: Match): boolean => match.truth === maybe;
    const determining = outcomes.flatMap((outcome) =>
      [...outcome.denies, ...outcome.allows].filter(open).map((match) => determiningOf(outcome, match)),
    );
    return { verdict: 'unknown', determining, message: undecided(request) };
  }
  const determining: DeterminingStatement[] = [];
  for (const outcome of outcomes) {
    for (const match of outcome.allows) if (match.truth === yes) determining.push(determiningOf(outcome, match));
  }
  return { verdict: 'allow', determining, message: '' };
}

function determiningOf({ name, policy: { kind } }: NamedOutcome, { statement: { effect, sid, index } }: Match): DeterminingStatement {
  return sid === undefined ? { kind, policy: name, effect, index } : { kind, policy: name, effect, sid, index };
}

function anyAllows(outcomes: readonly NamedOutcome[]): Truth {
  let result: Truth = no;
  for (const outcome of outcomes) result = either(result, allowedBy(outcome, direct));
  return result;
}

function requirementsOf(outcomes: Outcomes, request: DecisionRequest): readonly Requirement[] {
  const requirements: Requirement[] = [];
  if (outcomes.endpoint !== undefined) requirements.push({ kind: 'endpoint', met: endpointAllows(outcomes.endpoint) });
  const { principal, resourceOwner, requiresResourcePolicy } = request;
  const resourceKind = outcomes.resource?.policy.kind ?? (requiresResourcePolicy ? 'trust' : 'resource');
  const resourceAllows = (from: Naming): Truth => (outcomes.resource === undefined ? no : allowedBy(outcomes.resource, from));
  if (principal.type === 'service' || principal.type === 'anonymous') {
    requirements.push({ kind: resourceKind, met: resourceAllows(direct) });
    return requirements;
  }
  const identityAllows = principal.type === 'root' ? yes : anyAllows(outcomes.identity);
  const limits = limitsOf(outcomes);
  if (principal.accountId !== resourceOwner) {
    requirements.push({ kind: resourceKind, met: resourceAllows(account) }, { kind: 'identity', met: identityAllows }, ...limits);
  } else if (requiresResourcePolicy) {
    const delegated = both(resourceAllows(account), identityAllows);
    requirements.push(
      { kind: resourceKind, met: resourceAllows(account) },
      { kind: 'identity', met: either(resourceAllows(direct), delegated) },
      ...limits,
    );
  } else {
    const beyondLimits = resourceAllows(exact);
    const granted = either(identityAllows, resourceAllows(direct));
    requirements.push({ kind: 'identity', met: granted });
    for (const { kind, met } of limits) requirements.push({ kind, met: either(met, beyondLimits) });
  }
  return requirements;
}

/** A permissions boundary and session policies grant nothing: what they do not allow is taken away. */
function limitsOf({ boundary, session }: Outcomes): Requirement[] {
  const limits: Requirement[] = [];
  if (boundary !== undefined) limits.push({ kind: 'boundary', met: anyAllows([boundary]) });
  if (session.length > 0) limits.push({ kind: 'session', met: anyAllows(session) });
  return limits;
}

/**
 * An endpoint policy that allows an account allows its root user only.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
const endpointAllows = (endpoint: Outcome): Truth => allowedBy(endpoint, direct);
