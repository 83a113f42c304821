import { present } from '../../stdx/assert.ts';
import { compileCondition, type CompiledCondition } from './condition.ts';
import type { PolicyKind } from './decision.ts';
import type { Listed, Policy, PolicyVersion, Statement } from './document.ts';
import { anyOf, compileArnPattern, compileGlob, type Matcher } from './pattern.ts';
import { compilePrincipal, type PrincipalMatcher } from './principal-match.ts';
import type { RequestKeys } from './request-keys.ts';
import { both, no, not, yes, type Truth } from './truth.ts';

/** A statement as functions. */
export interface CompiledStatement {
  readonly sid: string | undefined;
  readonly index: number;
  readonly effect: 'Allow' | 'Deny';
  /** Lower case, as actions do not distinguish case. */
  readonly matchesAction: (lowerCaseAction: string) => boolean;
  readonly matchesResource: Matcher | undefined;
  readonly conditions: readonly CompiledCondition[];
  readonly principal: PrincipalMatcher | undefined;
}

/** Actions of which a document remembers its statements. More than services ask about one document in practice. */
const rememberedActionsMax = 64;

/** The fast form of a document: what is asked often costs only the statements that are about it. */
export class CompiledPolicy {
  readonly kind: PolicyKind;
  readonly statements: readonly CompiledStatement[];
  readonly #about = new Map<string, readonly CompiledStatement[]>();

  constructor(kind: PolicyKind, statements: readonly CompiledStatement[]) {
    this.kind = kind;
    this.statements = statements;
  }

  /** The statements about this action, in their order. */
  about(action: string): readonly CompiledStatement[] {
    const known = this.#about.get(action);
    if (known !== undefined) return known;
    const lowerCaseAction = action.toLowerCase();
    const found = this.statements.filter((statement) => statement.matchesAction(lowerCaseAction));
    if (this.#about.size >= rememberedActionsMax) this.#about.clear();
    this.#about.set(action, found);
    return found;
  }
}

export function compilePolicy(policy: Policy, kind: PolicyKind): CompiledPolicy {
  const statements = policy.statements.map((statement, index) => compileStatement(statement, index, policy.version));
  return new CompiledPolicy(kind, statements);
}

function compileStatement(statement: Statement, index: number, version: PolicyVersion): CompiledStatement {
  const variables = version === '2012-10-17';
  return {
    sid: statement.sid,
    index,
    effect: statement.effect,
    matchesAction: compileActions(statement.action),
    matchesResource: statement.resource === undefined ? undefined : compileResources(statement.resource, variables),
    conditions: statement.conditions.map((condition) => {
      const compiled = compileCondition(condition, variables);
      return present(typeof compiled === 'string' ? undefined : compiled, 'the conditions of a parsed policy compile');
    }),
    principal: statement.principal === undefined ? undefined : compilePrincipal(statement.principal),
  };
}

function compileActions({ negated, patterns }: Listed): (action: string) => boolean {
  const lowerCase = patterns.map((pattern) => pattern.toLowerCase());
  if (lowerCase.includes('*') || lowerCase.includes('*:*')) return () => !negated;
  const names = new Set(lowerCase.filter((pattern) => !/[*?]/.test(pattern)));
  const globs = lowerCase.filter((pattern) => /[*?]/.test(pattern)).map((pattern) => compileGlob(pattern));
  return (action) => (names.has(action) || globs.some((matches) => matches(action))) !== negated;
}

function compileResources({ negated, patterns }: Listed, variables: boolean): Matcher {
  const matches = anyOf(patterns.map((pattern) => compileArnPattern(pattern, { wildcards: true, variables })));
  return negated ? (resource, keys) => not(matches(resource, keys)) : matches;
}

/** Whether a statement about the request's action is about its resource, and its conditions hold. */
export function matchesRequest(statement: CompiledStatement, resource: string, keys: RequestKeys): Truth {
  let result = statement.matchesResource === undefined ? yes : statement.matchesResource(resource, keys);
  for (const condition of statement.conditions) {
    if (result === no) return no;
    result = both(result, condition(keys));
  }
  return result;
}
