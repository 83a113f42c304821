import type { PolicyKind } from './decision.ts';

/** A policy document, parsed and normalised: single values are lists, `"*"` as principal is `{ AWS: ["*"] }`. */
export interface Policy {
  /** Absent in the document means `2008-10-17`, which has no policy variables. */
  readonly version: PolicyVersion;
  readonly id?: string;
  readonly statements: readonly Statement[];
}

export type PolicyVersion = '2008-10-17' | '2012-10-17';

export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principal?: PrincipalElement;
  readonly action: Listed;
  /** Trust policies have none. */
  readonly resource?: Listed;
  readonly conditions: readonly Condition[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface Listed {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

export const principalTypes = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;
export type PrincipalType = (typeof principalTypes)[number];

/** `Principal` or `NotPrincipal`, by type of principal. */
export interface PrincipalElement {
  readonly negated: boolean;
  readonly members: Readonly<Partial<Record<PrincipalType, readonly string[]>>>;
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Kinds whose statements say whom they are about. The others are about whoever carries them. */
export const namesPrincipals = (kind: PolicyKind): boolean => kind === 'resource' || kind === 'endpoint' || kind === 'trust';

/** The document as canonical JSON: parsing it gives the same policy again. */
export function printPolicy(policy: Policy): string {
  return JSON.stringify({
    Version: policy.version,
    ...(policy.id === undefined ? {} : { Id: policy.id }),
    Statement: policy.statements.map(printStatement),
  });
}

export function printStatement(statement: Statement): Record<string, unknown> {
  const { sid, effect, principal, action, resource, conditions } = statement;
  const condition: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions) (condition[operator] ??= {})[key] = values;
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    ...(principal === undefined ? {} : { [principal.negated ? 'NotPrincipal' : 'Principal']: principal.members }),
    [action.negated ? 'NotAction' : 'Action']: action.patterns,
    ...(resource === undefined ? {} : { [resource.negated ? 'NotResource' : 'Resource']: resource.patterns }),
    ...(conditions.length === 0 ? {} : { Condition: condition }),
  };
}
