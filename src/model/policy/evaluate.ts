import { matchesRequest, type CompiledPolicy, type CompiledStatement } from './compile.ts';
import { direct, notNamed, type Caller, type Naming } from './principal-match.ts';
import type { RequestKeys } from './request-keys.ts';
import { either, no, type Truth } from './truth.ts';

/** What is judged, in the form that statements look at. */
export interface Question {
  readonly caller: Caller;
  readonly lowerCaseAction: string;
  readonly resource: string;
  readonly keys: RequestKeys;
}

/** A statement that is (or may be) about the request. */
export interface Match {
  readonly statement: CompiledStatement;
  readonly truth: Truth;
  readonly naming: Naming;
}

/** What one document says to a question. */
export interface Outcome {
  readonly policy: CompiledPolicy;
  readonly denied: Truth;
  readonly denies: readonly Match[];
  readonly allows: readonly Match[];
}

const none: readonly Match[] = [];

/** Every statement, in any order: an explicit Deny is not outweighed by any Allow. */
export function evaluatePolicy(policy: CompiledPolicy, question: Question): Outcome {
  let denied: Truth = no;
  let denies: Match[] | undefined;
  let allows: Match[] | undefined;
  for (const statement of policy.statements) {
    const naming = statement.principal === undefined ? direct : statement.principal(question.caller);
    if (naming === notNamed) continue;
    const truth = matchesRequest(statement, question.lowerCaseAction, question.resource, question.keys);
    if (truth === no) continue;
    if (statement.effect === 'Deny') {
      denied = either(denied, truth);
      (denies ??= []).push({ statement, truth, naming });
    } else (allows ??= []).push({ statement, truth, naming });
  }
  return { policy, denied, denies: denies ?? none, allows: allows ?? none };
}

/** Whether the document allows the request by statements that name the caller at least (and at most) so closely. */
export function allowedBy(outcome: Outcome, from: Naming, to: Naming = 3): Truth {
  let result: Truth = no;
  for (const { truth, naming } of outcome.allows) if (naming >= from && naming <= to) result = either(result, truth);
  return result;
}
