import { AwsError } from '../aws/aws-error.ts';
import { requestKeys } from '../model/policy/condition-keys.ts';
import { decide, type NamedPolicy, type PolicySet } from '../model/policy/decide.ts';
import type { AccessRequest, Decision, PolicyKind } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Random } from '../stdx/random.ts';
import type { InlinePolicyRow, RoleRow } from '../store/iam.ts';
import type { Store } from '../store/store.ts';
import type { Access, IssuedAccessKey, IssuedCredentials, ResolvedCredential, RoleSessionRequest } from './access.ts';
import { accountOf, assumeRoleDemand, roleByArn } from './assume-role-demand.ts';
import { Credentials } from './credentials.ts';
import { managedPolicies } from './managed-policies.ts';
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

  authorise({ principal, arrival, demand, now }: AccessRequest): Decision {
    const { action, resource } = demand;
    return decide(this.#policiesFor({ principal, arrival, demand, now }), {
      principal,
      action,
      resource,
      resourceOwner: demand.resourceOwner ?? ('accountId' in principal ? principal.accountId : this.#accountId),
      requiresResourcePolicy: isAssumeRole(action),
      keys: requestKeys({
        principal,
        arrival,
        demand,
        now,
        region: this.#region,
        accountId: this.#accountId,
        principalTags: () => this.#tagsOf(principal),
      }),
    });
  }

  resolve(accessKeyId: string, sessionToken: string | undefined): ResolvedCredential | undefined {
    return this.#credentials.resolve(accessKeyId, sessionToken);
  }

  assumeRole(principal: Principal, request: RoleSessionRequest, now: Date): IssuedCredentials {
    const { roleArn, sessionName, durationSeconds, sessionPolicies } = request;
    if (principal.type === 'root') throw accessDenied('Roles may not be assumed by root accounts.');
    const role = roleByArn(this.#store, roleArn);
    const servicePrincipal = principal.type === 'service' ? principal.service : 'sts.amazonaws.com';
    const decision = this.authorise({
      principal,
      arrival: request.arrival ?? { kind: 'service', servicePrincipal },
      demand: assumeRoleDemand(this.#store, this.#accountId, request),
      now,
    });
    if (decision.verdict !== 'allow' || role === undefined) throw accessDenied(decision.message, { decision });
    checkDuration(principal, role, durationSeconds);
    const accountId = accountOf(role.arn);
    return this.#credentials.issueSession(
      {
        type: 'role-session',
        accountId,
        arn: `arn:aws:sts::${accountId}:assumed-role/${role.roleName}/${sessionName}`,
        roleArn: role.arn,
        roleId: role.roleId,
        sessionName,
        sessionPolicies,
        issuedAt: now.toISOString(),
      },
      durationSeconds,
      now,
      request.sourceArn,
    );
  }

  endSessions(sourceArn: string): void {
    this.#credentials.endSessions(sourceArn);
  }

  issueSession(principal: Principal, durationSeconds: number, now: Date): IssuedCredentials {
    return this.#credentials.issueSession(principal, durationSeconds, now);
  }

  issueAccessKey(accountId: string, userName: string, now: Date): IssuedAccessKey {
    return this.#credentials.issueAccessKey(accountId, userName, now);
  }

  #policiesFor({ principal, arrival, demand }: AccessRequest): PolicySet {
    const { resource, resourcePolicy, action } = demand;
    const endpoint = arrival.kind === 'endpoint' ? this.#endpointPolicy(arrival.vpcEndpointId) : undefined;
    const kind = isAssumeRole(action) ? 'trust' : 'resource';
    return {
      identity: this.#identityPolicies(principal),
      session:
        principal.type === 'role-session' ? principal.sessionPolicies.map((text, index) => this.#named(`session/${index}`, text, 'session')) : [],
      ...(resourcePolicy === undefined ? {} : { resource: this.#named(policyOwner(resource), resourcePolicy, kind) }),
      ...(endpoint === undefined ? {} : { endpoint }),
    };
  }

  #named(name: string, document: string, kind: PolicyKind): NamedPolicy {
    return { name, compiled: this.#policies.compiled(document, kind) };
  }

  /** An endpoint that was deleted while its socket still listened lets nothing pass. */
  #endpointPolicy(vpcEndpointId: string): NamedPolicy {
    const endpoint = this.#store.ec2.vpcEndpoints.find(vpcEndpointId);
    if (endpoint === undefined) return { name: vpcEndpointId, compiled: { kind: 'endpoint', statements: [] } };
    return this.#named(vpcEndpointId, endpoint.policyDocument, 'endpoint');
  }

  #identityPolicies(principal: Principal): NamedPolicy[] {
    const inline = (owner: string, rows: readonly InlinePolicyRow[]): NamedPolicy[] =>
      rows.map(({ policyName, policyDocument }) => this.#named(`${owner}/${policyName}`, policyDocument, 'identity'));
    if (principal.type === 'user')
      return inline(`user/${principal.userName}`, this.#store.iam.of(principal.accountId).userPolicies.list({ owner: principal.userName }));
    if (principal.type !== 'role-session') return [];
    const role = this.#roleOf(principal);
    if (role === undefined) return [];
    const attached = role.attachedPolicies.flatMap((arn) => {
      const managed = managedPolicies.get(arn);
      return managed === undefined ? [] : [this.#named(arn, managed.document, 'identity')];
    });
    return [...inline(`role/${role.roleName}`, this.#store.iam.of(principal.accountId).rolePolicies.list({ owner: role.roleName })), ...attached];
  }

  /** A role that was deleted and made again under its name is another role: old sessions have none of its permissions. */
  #roleOf(principal: Principal & { type: 'role-session' }): RoleRow | undefined {
    const role = roleByArn(this.#store, principal.roleArn);
    return role?.roleId === principal.roleId ? role : undefined;
  }

  #tagsOf(principal: Principal): ReadonlyMap<string, string> {
    const row =
      principal.type === 'role-session'
        ? this.#roleOf(principal)
        : principal.type === 'user'
          ? this.#store.iam.of(principal.accountId).users.find(principal.userName)
          : undefined;
    return new Map(row?.tags.map(({ key, value }) => [key, value]));
  }
}

const isAssumeRole = (action: string): boolean => action.toLowerCase() === 'sts:assumerole';

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

function accessDenied(message: string, context: Record<string, unknown> = {}): AwsError {
  return new AwsError('AccessDenied', message, { status: 403, context });
}
