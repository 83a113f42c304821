import { printPolicy, printStatement, type Policy, type Statement } from './document.ts';
import type { PolicyKind } from './decision.ts';
import { parsePolicy, storedPolicy } from './parse.ts';
import type { PolicyText, RefusedCase } from './refused-case.ts';

/** One change of one document. */
export interface PolicyEdit {
  readonly kind: PolicyKind;
  readonly policy: string;
  /** Where the statement is put: it takes the place of the one that is there, or is one more. */
  readonly index: number;
  /** There was no such document. */
  readonly isNew: boolean;
  /** What to do, in words. */
  readonly text: string;
  /** The statement as it is then. */
  readonly statement: unknown;
}

/** What an edit is before it is written out: its statement parsed. */
export interface Draft extends Omit<PolicyEdit, 'statement'> {
  readonly parsed: Statement;
}

export const editOf = ({ parsed, ...draft }: Draft): PolicyEdit => ({ ...draft, statement: printStatement(parsed) });

/** The documents with the edit; undefined when the document would be none. */
export function applied(refused: RefusedCase, { kind, policy: name, index, isNew, parsed }: Draft): RefusedCase | undefined {
  const document = textOf(refused, kind, name);
  const before: Policy = isNew || document?.text === undefined ? { version: '2012-10-17', statements: [] } : storedPolicy(document.text, kind);
  const statements = [...before.statements];
  statements[Math.min(index, statements.length)] = parsed;
  const text = printPolicy({ ...before, statements });
  if (parsePolicy(text, kind).problem !== undefined) return undefined;
  const others = refused.policies.filter((policy) => policy !== document);
  return { ...refused, policies: [...others, { kind, name, text }] };
}

export const textOf = ({ policies }: RefusedCase, kind: PolicyKind, name: string): PolicyText | undefined =>
  policies.find((policy) => policy.kind === kind && policy.name === name);
