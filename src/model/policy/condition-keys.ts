import type { Arrival } from '../arrival.ts';
import type { ConditionContext, Demand } from './decision.ts';
import type { Principal } from './principal.ts';
import type { KeyValue, RequestKeys } from './request-keys.ts';
import type { RequestMarks } from './request-marks.ts';

/** Everything the keys of a request are computed from. */
export interface RequestFacts {
  readonly principal: Principal;
  readonly arrival: Arrival;
  readonly demand: Demand;
  readonly request?: RequestMarks | undefined;
  readonly now: Date;
  readonly region: string;
  /** The account that this installation is. */
  readonly accountId: string;
  /** The tags of the principal, as `access/` finds them. Asked for when a policy looks at one. */
  readonly principalTags?: () => ReadonlyMap<string, string>;
}

/** Every key that a request has by the way it arrives: all `unknown`, for who asks before anything has arrived. */
export const unknownArrival: ConditionContext = Object.fromEntries(
  ['aws:SourceIp', 'aws:VpcSourceIp', 'aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:VpceAccount', 'aws:SecureTransport'].map((key) => [
    key,
    'unknown',
  ]),
);

type Compute = (facts: RequestFacts) => string | undefined;

const viaEndpoint =
  (value: (arrival: Arrival & { kind: 'endpoint' }, facts: RequestFacts) => string): Compute =>
  (facts) =>
    facts.arrival.kind === 'endpoint' ? value(facts.arrival, facts) : undefined;

const ofService =
  (value: (facts: RequestFacts) => string | undefined): Compute =>
  (facts) =>
    facts.principal.type === 'service' ? value(facts) : undefined;

const isForS3 = ({ demand }: RequestFacts): boolean => demand.action.startsWith('s3:');

/** https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html */
const ofS3 =
  (value: (request: RequestMarks, facts: RequestFacts) => string | undefined): Compute =>
  (facts) =>
    facts.request !== undefined && isForS3(facts) ? value(facts.request, facts) : undefined;

/** Milliseconds. Version 2 does not say when it signed: its signatures have no age. */
function signatureAge({ signature }: RequestMarks, { now }: RequestFacts): string | undefined {
  if (signature === undefined) return undefined;
  return signature.signedAtMs === undefined ? '0' : String(Math.max(0, now.getTime() - signature.signedAtMs));
}

const resourceAccount: Compute = ({ demand, principal, accountId }) =>
  demand.resourceOwner ?? ('accountId' in principal ? principal.accountId : accountId);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const computed: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  // Through an endpoint S3 sees a private address, which aws:SourceIp never holds.
  ['aws:sourceip', ({ arrival }) => (arrival.kind === 'host' || arrival.kind === 'edge' ? arrival.sourceIp : undefined)],
  ['aws:vpcsourceip', viaEndpoint((arrival) => arrival.sourceIp)],
  ['aws:sourcevpc', viaEndpoint((arrival) => arrival.vpcId)],
  ['aws:sourcevpcarn', viaEndpoint((arrival, { region, accountId }) => `arn:aws:ec2:${region}:${accountId}:vpc/${arrival.vpcId}`)],
  ['aws:sourcevpce', viaEndpoint((arrival) => arrival.vpcEndpointId)],
  ['aws:vpceaccount', viaEndpoint((_arrival, { accountId }) => accountId)],
  ['aws:securetransport', ({ arrival }) => String(arrival.kind === 'service' || arrival.secure)],
  ['aws:currenttime', ({ now }) => now.toISOString()],
  ['aws:epochtime', ({ now }) => String(Math.floor(now.getTime() / 1000))],
  ['aws:useragent', ({ request }) => request?.userAgent],
  ['aws:referer', ({ request }) => request?.referer],
  ['s3:signatureage', ofS3(signatureAge)],
  ['s3:signatureversion', ofS3(({ signature }) => signature?.version)],
  ['s3:authtype', ofS3(({ signature }) => signature?.type)],
  ['s3:tlsversion', ofS3(({ tlsVersion }) => tlsVersion)],
  ['s3:x-amz-content-sha256', ofS3(({ contentSha256 }) => contentSha256)],
  ['aws:requestedregion', ({ region }) => region],
  ['aws:resourceaccount', resourceAccount],
  ['s3:resourceaccount', (facts) => (isForS3(facts) ? resourceAccount(facts) : undefined)],
  ['aws:principalarn', ({ principal }) => principalArn(principal)],
  ['aws:principalaccount', ({ principal }) => principalAccount(principal)],
  ['aws:principaltype', ({ principal }) => principalType[principal.type]],
  ['aws:userid', ({ principal }) => userId(principal)],
  ['aws:username', ({ principal }) => (principal.type === 'user' ? principal.userName : undefined)],
  ['aws:principalisawsservice', ({ principal }) => String(principal.type === 'service')],
  ['aws:principalservicename', ofService(({ principal }) => (principal.type === 'service' ? principal.service : undefined))],
  // Execution roles are assumed by the service: it does not forward the caller's own session.
  ['aws:viaawsservice', () => 'false'],
  ['aws:tokenissuetime', ({ principal }) => issuedAt(principal)],
  ['aws:sourceidentity', ({ principal }) => (principal.type === 'role-session' ? principal.sourceIdentity : undefined)],
  // Absent of long-term credentials; here nobody has a device. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
  ['aws:multifactorauthpresent', ({ principal }) => (principal.type === 'role-session' || issuedAt(principal) !== undefined ? 'false' : undefined)],
]);

/** Keys of the source of a service's call: only for service principals, whatever a caller puts in its request. */
const sourceKeys = new Set(['aws:sourceaccount', 'aws:sourcearn']);

/**
 * The keys of a request. The computed ones are computed from the arrival and the principal alone; a demand can say
 * of one that it is not known yet, and cannot say what it is.
 */
export const requestKeys = (facts: RequestFacts): KeysOfRequest => new KeysOfRequest(facts);

class KeysOfRequest implements RequestKeys {
  readonly #facts: RequestFacts;
  #unknownKeys: Set<string> | undefined;

  constructor(facts: RequestFacts) {
    this.#facts = facts;
  }

  /** Those that were looked up and are not known. */
  get unknownKeys(): ReadonlySet<string> {
    return this.#unknownKeys ?? new Set();
  }

  lookup(key: string): KeyValue {
    const value = valueOf(key, this.#facts);
    if (value === 'unknown') (this.#unknownKeys ??= new Set()).add(key);
    return value;
  }
}

function valueOf(key: string, facts: RequestFacts): KeyValue {
  const { context } = facts.demand;
  const compute = computed.get(key);
  if (compute !== undefined) {
    if (context !== undefined && givenValue(context, key) === 'unknown') return 'unknown';
    const value = compute(facts);
    return value === undefined ? undefined : [value];
  }
  if (key.startsWith(principalTagPrefix)) return principalTag(facts, key.slice(principalTagPrefix.length));
  const given = context === undefined ? undefined : givenValue(context, key);
  if (!sourceKeys.has(key)) return given;
  return facts.principal.type === 'service' ? (given ?? sourceOf(facts, key)) : undefined;
}

/** Demands bring a few keys in their usual writing, and policies look at fewer: a search is less work than a table. */
function givenValue(context: ConditionContext, lowerCaseKey: string): KeyValue {
  for (const key in context) {
    if (key.length === lowerCaseKey.length && key.toLowerCase() === lowerCaseKey) return context[key];
  }
  return undefined;
}

function sourceOf({ arrival, accountId }: RequestFacts, key: string): KeyValue {
  if (arrival.kind !== 'service' || arrival.sourceArn === undefined) return undefined;
  return [key === 'aws:sourceaccount' ? accountId : arrival.sourceArn];
}

const principalTagPrefix = 'aws:principaltag/';

/** Tags of the session hide those of its role. */
function principalTag({ principal, principalTags }: RequestFacts, lowerCaseKey: string): KeyValue {
  const sessionTags = principal.type === 'role-session' ? principal.sessionTags : undefined;
  const given = sessionTags?.find(({ key }) => key.toLowerCase() === lowerCaseKey);
  if (given !== undefined) return [given.value];
  for (const [key, value] of principalTags?.() ?? []) if (key.toLowerCase() === lowerCaseKey) return [value];
  return undefined;
}

const principalType: Readonly<Record<Principal['type'], string | undefined>> = {
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
  service: undefined,
  anonymous: 'Anonymous',
};

const issuedAt = (principal: Principal): string | undefined => ('issuedAt' in principal ? principal.issuedAt : undefined);

function principalArn(principal: Principal): string | undefined {
  if (principal.type === 'role-session') return principal.roleArn;
  return principal.type === 'root' || principal.type === 'user' ? principal.arn : undefined;
}

function principalAccount(principal: Principal): string | undefined {
  if (principal.type === 'anonymous') return 'anonymous';
  return principal.type === 'service' ? undefined : principal.accountId;
}

/** `aws:userid`: a unique id, and of a session its name. */
export function userId(principal: Principal): string | undefined {
  switch (principal.type) {
    case 'root':
      return principal.accountId;
    case 'user':
      return principal.userId;
    case 'role-session':
      return `${principal.roleId}:${principal.sessionName}`;
    case 'anonymous':
      return 'anonymous';
    case 'service':
      return undefined;
  }
}
