import { AwsError } from '../aws/aws-error.ts';
import { CompiledPolicy } from '../model/policy/compile.ts';
import { requestKeys } from '../model/policy/condition-keys.ts';
import { decide, type PolicySet } from '../model/policy/decide.ts';
import type { AccessRequest, Decision, Demand, PolicyKind } from '../model/policy/decision.ts';
import type { NamedPolicy } from '../model/policy/evaluate.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { PolicyText, RefusedCase } from '../model/policy/refused-case.ts';
import { assert, present } from '../stdx/assert.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Random } from '../stdx/random.ts';
import type { InlinePolicyRow, RoleRow, UserRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import {
  RoleRefused,
  type Access,
  type IssuedAccessKey,
  type IssuedCredentials,
  type ResolvedCredential,
  type RoleSessionRequest,
} from './access.ts';
import { attachablePolicy, documentInForce } from './attachable-policy.ts';
import { accountOf, assumeRoleDemands, inheritedIdentity, inheritedTags, roleByArn } from './assume-role-demand.ts';
import { roleSession } from './role-session.ts';
import { checkSessionTags } from './session-tags.ts';
import { Credentials } from './credentials.ts';
import { PolicyCache } from './policy-cache.ts';

export interface PolicyAccessOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly accountId: string;
  readonly region: string;
}

/** Roles assumed by roles: their sessions end within the hour. */
const chainedSessionSecondsMax = 3_600;

/** Judges by the policies in the store, and by nothing else. */
export class PolicyAccess implements Access {
  readonly #store: Store;
  readonly #accountId: string;
  readonly #region: string;
  readonly #credentials: Credentials;
  readonly #policies = new PolicyCache();

  constructor({ store, clock, random, accountId, region }: PolicyAccessOptions) {
    this.#store = store;
    this.#accountId = accountId;
    this.#region = region;
    this.#credentials = new Credentials(store, clock, random, accountId);
  }

  authorise({ principal, arrival, demand, now, request }: AccessRequest): Decision {
    const { action, resource } = demand;
    return decide(this.#policiesFor({ principal, arrival, demand, now }), {
      principal,
      action,
      resource,
      resourceOwner: this.#resourceOwnerOf(demand, principal),
      requiresResourcePolicy: isAssumeRole(action),
      keys: requestKeys({
        principal,
        arrival,
        demand,
        now,
        request,
        region: this.#region,
        accountId: this.#accountId,
        principalTags: () => this.#tagsOf(principal),
      }),
    });
  }

  caseOf(request: AccessRequest): RefusedCase {
    const { arrival, now, request: marks } = request;
    const { resourcePolicy: _policy, ...demand } = request.demand;
    const { endpoint, resource, identity, boundary, session } = this.#policiesFor(request);
    const policies = [endpoint, resource, ...identity, boundary, ...session].flatMap((policy) => (policy === undefined ? [] : [policyText(policy)]));
    return {
      principal: request.principal.type === 'role-session' ? { ...request.principal, sessionPolicies: [] } : request.principal,
      arrival,
      demand,
      ...(marks === undefined ? {} : { request: marks }),
      resourceOwner: this.#resourceOwnerOf(demand, request.principal),
      requiresResourcePolicy: isAssumeRole(demand.action),
      time: now.toISOString(),
      region: this.#region,
      accountId: this.#accountId,
      principalTags: Object.fromEntries(this.#tagsOf(request.principal)),
      policies: [...policies, ...this.#goneRole(request.principal)],
    };
  }

  resolve(accessKeyId: string, sessionToken: string | undefined): ResolvedCredential | undefined {
    return this.#credentials.resolve(accessKeyId, sessionToken);
  }

  accountOfKey(accessKeyId: string): string | undefined {
    return this.#credentials.accountOf(accessKeyId);
  }

  assumeRole(principal: Principal, request: RoleSessionRequest, now: Date): IssuedCredentials {
    const { roleArn, sessionName, durationSeconds, sessionPolicies } = request;
    if (principal.type === 'root') throw accessDenied('Roles may not be assumed by root accounts.');
    const role = roleByArn(this.#store, roleArn);
    const servicePrincipal = principal.type === 'service' ? principal.service : 'sts.amazonaws.com';
    const arrival = request.arrival ?? ({ kind: 'service', servicePrincipal } as const);
    for (const demand of assumeRoleDemands(this.#store, this.#accountId, principal, request)) {
      const asked = { principal, arrival, demand, now, request: request.marks };
      const decision = this.authorise(asked);
      if (decision.verdict !== 'allow' || role === undefined) throw new RoleRefused(asked, decision);
    }
    assert(role !== undefined, 'nobody is allowed to assume a role that does not exist');
    checkDuration(principal, role, durationSeconds);
    return this.#credentials.issueSession(
      { ...roleSession(role, sessionName, now), sessionPolicies, ...markedBy(principal, request) },
      durationSeconds,
      now,
      request.sourceArn,
    );
  }

  endSessions(sourceArn: string): void {
    this.#credentials.endSessions(sourceArn);
  }

  issueSession(principal: Principal, durationSeconds: number, now: Date): IssuedCredentials {
    const temporary = principal.type === 'user' || principal.type === 'root' ? { ...principal, issuedAt: now.toISOString() } : principal;
    return this.#credentials.issueSession(temporary, durationSeconds, now);
  }

  issueAccessKey(accountId: string, userName: string, now: Date): IssuedAccessKey {
    return this.#credentials.issueAccessKey(accountId, userName, now);
  }

  #policiesFor({ principal, arrival, demand }: AccessRequest): PolicySet {
    const { resource, resourcePolicy, action } = demand;
    const owner = this.#ownerOf(principal);
    const boundary = owner && this.#boundaryOf(owner);
    const endpoint = arrival.kind === 'endpoint' ? this.#endpointPolicy(arrival.vpcEndpointId) : undefined;
    const kind = isAssumeRole(action) ? 'trust' : 'resource';
    return {
      identity: owner === undefined ? [] : this.#identityPolicies(owner),
      session:
        principal.type === 'role-session' ? principal.sessionPolicies.map((text, index) => this.#named(`session/${index}`, text, 'session')) : [],
      ...(boundary === undefined ? {} : { boundary }),
      ...(resourcePolicy === undefined ? {} : { resource: this.#named(policyOwner(resource), resourcePolicy, kind) }),
      ...(endpoint === undefined ? {} : { endpoint }),
    };
  }

  #named(name: string, document: string, kind: PolicyKind): NamedPolicy {
    return { name, compiled: this.#policies.compiled(document, kind), text: document };
  }

  #resourceOwnerOf({ resourceOwner }: Pick<Demand, 'resourceOwner'>, principal: Principal): string {
    return resourceOwner ?? ('accountId' in principal ? principal.accountId : this.#accountId);
  }

  /** A session outlives its role, and then has no permissions. */
  #goneRole(principal: Principal): PolicyText[] {
    if (principal.type !== 'role-session' || this.#roleOf(principal) !== undefined) return [];
    return [{ kind: 'identity', name: `role ${principal.roleArn}` }];
  }

  /** An endpoint that was deleted while its socket still listened lets nothing pass. */
  #endpointPolicy(vpcEndpointId: string): NamedPolicy {
    const endpoint = this.#store.ec2.vpcEndpoints.find(vpcEndpointId);
    if (endpoint === undefined) return { name: vpcEndpointId, compiled: new CompiledPolicy('endpoint', []) };
    return this.#named(vpcEndpointId, endpoint.policyDocument, 'endpoint');
  }

  #identityPolicies(owner: RoleRow | UserRow): NamedPolicy[] {
    const accountId = accountOf(owner.arn);
    const iam = this.#store.iam.of(accountId);
    const all = (label: string, inline: readonly InlinePolicyRow[], attached: readonly string[]): NamedPolicy[] => [
      ...inline.map(({ policyName, policyDocument }) => this.#named(`${label}/${policyName}`, policyDocument, 'identity')),
      ...attached.map((arn) => this.#attached(accountId, arn, 'identity')),
    ];
    if ('roleName' in owner) return all(`role/${owner.roleName}`, iam.rolePolicies.list({ owner: owner.roleName }), owner.attachedPolicies);
    return [
      ...all(`user/${owner.userName}`, iam.userPolicies.list({ owner: owner.userName }), owner.attachedPolicies),
      ...owner.groups.flatMap((name) => all(`group/${name}`, iam.groupPolicies.list({ owner: name }), iam.groups.get(name).attachedPolicies)),
    ];
  }

  #attached(accountId: string, arn: string, kind: PolicyKind): NamedPolicy {
    const policy = present(attachablePolicy(this.#store, accountId, arn), `the attached policy ${arn} exists`);
    return this.#named(arn, documentInForce(policy), kind);
  }

  #boundaryOf({ arn, permissionsBoundary }: RoleRow | UserRow): NamedPolicy | undefined {
    return permissionsBoundary === undefined ? undefined : this.#attached(accountOf(arn), permissionsBoundary, 'boundary');
  }

  /** Whose policies the principal has. */
  #ownerOf(principal: Principal): RoleRow | UserRow | undefined {
    if (principal.type === 'role-session') return this.#roleOf(principal);
    return principal.type === 'user' ? this.#store.iam.of(principal.accountId).users.find(principal.userName) : undefined;
  }

  /** A role that was deleted and made again under its name is another role: old sessions have none of its permissions. */
  #roleOf(principal: Principal & { type: 'role-session' }): RoleRow | undefined {
    const role = roleByArn(this.#store, principal.roleArn);
    return role?.roleId === principal.roleId ? role : undefined;
  }

  #tagsOf(principal: Principal): ReadonlyMap<string, string> {
    return new Map(this.#ownerOf(principal)?.tags.map(({ key, value }) => [key, value]));
  }
}

/** What a role's trust policy and the caller's own policies have to allow. */
const trustActions = new Set(['sts:assumerole', 'sts:tagsession', 'sts:setsourceidentity']);
const isAssumeRole = (action: string): boolean => trustActions.has(action.toLowerCase());

/** The tags and the source identity of a session: what was asked for, and what the caller's own session hands on. */
function markedBy(principal: Principal, { tags = [], transitiveTagKeys = [], sourceIdentity }: RoleSessionRequest) {
  const inherited = inheritedTags(principal);
  checkSessionTags(tags, transitiveTagKeys, inherited);
  const before = inheritedIdentity(principal);
  if (before !== undefined && sourceIdentity !== undefined && sourceIdentity !== before) {
    throw accessDenied('The source identity of a session cannot be changed once it is set.');
  }
  const identity = sourceIdentity ?? before;
  const sessionTags = [...tags, ...inherited];
  const handedOn = [...transitiveTagKeys, ...inherited.map(({ key }) => key)];
  return {
    ...(sessionTags.length === 0 ? {} : { sessionTags }),
    ...(handedOn.length === 0 ? {} : { transitiveTagKeys: handedOn }),
    ...(identity === undefined ? {} : { sourceIdentity: identity }),
  };
}

const policyText = ({ name, compiled: { kind }, text }: NamedPolicy): PolicyText => ({ kind, name, ...(text === undefined ? {} : { text }) });

/** The resource that carries the policy: of an object its bucket. */
function policyOwner(resource: string): string {
  return resource.startsWith('arn:aws:s3:::') ? (resource.split('/', 1)[0] as string) : resource;
}

function checkDuration(principal: Principal, role: RoleRow, durationSeconds: number): void {
  if (principal.type === 'role-session' && durationSeconds > chainedSessionSecondsMax) {
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
  if (durationSeconds > role.maxSessionDurationSeconds) {
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

function accessDenied(message: string): AwsError {
  return new AwsError('AccessDenied', message, { status: 403 });
}
