import type { Arrival } from '../arrival.ts';
import { CompiledPolicy, compilePolicy } from './compile.ts';
import { requestKeys } from './condition-keys.ts';
import { decide, type DecisionRequest, type PolicySet } from './decide.ts';
import type { Decision, Demand, PolicyKind } from './decision.ts';
import type { Policy } from './document.ts';
import { collectMatches, type Match, type NamedPolicy } from './evaluate.ts';
import { storedPolicy } from './parse.ts';
import type { Principal } from './principal.ts';
import type { RequestMarks } from './request-marks.ts';

/** A document that bore on a request, as it was then. */
export interface PolicyText {
  readonly kind: PolicyKind;
  readonly name: string;
  /** Absent: what carried it was gone, and nothing was allowed by it. */
  readonly text?: string;
}

/** Everything that a refusal followed from: to decide again gives the same answer. Holds no secret. */
export interface RefusedCase {
  /** Without its session's policies, which are among the others. */
  readonly principal: Principal;
  readonly arrival: Arrival;
  /** Without the resource's policy, which is among the others. */
  readonly demand: Omit<Demand, 'resourcePolicy'>;
  readonly request?: RequestMarks;
  readonly resourceOwner: string;
  readonly requiresResourcePolicy: boolean;
  /** ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly accountId: string;
  readonly principalTags: Readonly<Record<string, string>>;
  readonly policies: readonly PolicyText[];
}

/** In the order in which they are looked at. */
export const policyOrder: readonly PolicyKind[] = ['endpoint', 'resource', 'trust', 'identity', 'boundary', 'session'];

/** The keys that the request had. */
export function keysOf({ principal, arrival, demand, request, time, region, accountId, principalTags }: RefusedCase): DecisionRequest['keys'] {
  const tags = new Map(Object.entries(principalTags));
  return requestKeys({ principal, arrival, demand, request, now: new Date(time), region, accountId, principalTags: () => tags });
}

/** The decision that these documents give. */
export function decideCase(refused: RefusedCase): Decision {
  const { principal, demand, resourceOwner, requiresResourcePolicy, policies } = refused;
  const { action, resource } = demand;
  return decide(policySet(policies), { principal, action, resource, resourceOwner, requiresResourcePolicy, keys: keysOf(refused) });
}

function policySet(policies: readonly PolicyText[]): PolicySet {
  const of = (kind: PolicyKind): NamedPolicy[] => policies.filter((policy) => policy.kind === kind).map(named);
  const [endpoint] = of('endpoint');
  const [resource] = [...of('resource'), ...of('trust')];
  const [boundary] = of('boundary');
  return {
    identity: of('identity'),
    session: of('session'),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(resource === undefined ? {} : { resource }),
    ...(boundary === undefined ? {} : { boundary }),
  };
}

function named({ kind, name, text }: PolicyText): NamedPolicy {
  return { name, compiled: text === undefined ? new CompiledPolicy(kind, []) : compilePolicy(storedPolicy(text, kind), kind) };
}

/** The statements of one document that are about the request. */
export function matchesOf(policy: Policy, kind: PolicyKind, refused: RefusedCase): Match[] {
  const { principal, demand } = refused;
  const { action, resource } = demand;
  const matches: Match[] = [];
  collectMatches({ name: kind, compiled: compilePolicy(policy, kind) }, { principal, action, resource, keys: keysOf(refused) }, matches);
  return matches;
}
