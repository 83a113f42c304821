import { matchesRequest, type CompiledPolicy, type CompiledStatement } from './compile.ts';
import type { Principal } from './principal.ts';
import { direct, notNamed, type Naming } from './principal-match.ts';
import type { RequestKeys } from './request-keys.ts';
import { either, no, type Truth } from './truth.ts';

/** What is judged, in the form that statements look at. */
export interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly keys: RequestKeys;
}

/** A compiled document and the name its owner finds it by. */
export interface NamedPolicy {
  readonly name: string;
  readonly compiled: CompiledPolicy;
  /** As stored. Absent: what carried it is gone. */
  readonly text?: string;
}

/** A statement that is (or may be) about the request. */
export interface Match {
  readonly policy: NamedPolicy;
  readonly statement: CompiledStatement;
  readonly truth: Truth;
  readonly naming: Naming;
}

/**
 * Adds to `matches` every statement of the document that is about the request, in any order: no Allow outweighs a Deny.
 * @returns whether one of them denies it
 */
export function collectMatches(policy: NamedPolicy, question: Question, matches: Match[]): Truth {
  let denied: Truth = no;
  for (const statement of policy.compiled.about(question.action)) {
    const naming = statement.principal === undefined ? direct : statement.principal(question.principal);
    if (naming === notNamed) continue;
    const truth = matchesRequest(statement, question.resource, question.keys);
    if (truth === no) continue;
    matches.push({ policy, statement, truth, naming });
    if (statement.effect === 'Deny') denied = either(denied, truth);
  }
  return denied;
}
