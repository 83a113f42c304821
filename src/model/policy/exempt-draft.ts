import type { DeterminingStatement } from './decision.ts';
import type { Condition, Policy, Statement } from './document.ts';
import { documentName, statementName } from './document-name.ts';
import { storedPolicy } from './parse.ts';
import { asPattern } from './pattern-of.ts';
import { applied, textOf, type Draft } from './policy-edit.ts';
import { keysOf, matchesOf, type RefusedCase } from './refused-case.ts';

/** Conditions that hold for everything but what they list: one more value in the list, and the Deny is not about the request. */
const listing = /^(?:String(?:NotEquals|NotEqualsIgnoreCase|NotLike)|NotIpAddress|Arn(?:NotEquals|NotLike))(?:IfExists)?$/;

/** The smallest change after which a Deny is not about the request: one more value in its list, or an exception for the caller. */
export function exemptDraft(refused: RefusedCase, denying: DeterminingStatement): Draft | string {
  const { kind, policy: name, index } = denying;
  const text = textOf(refused, kind, name)?.text;
  if (text === undefined) return `${documentName(kind, name)} is gone`;
  const policy = storedPolicy(text, kind);
  const statement = policy.statements[index];
  if (statement === undefined) return `${documentName(kind, name)} has no statement ${index}`;
  const draft = (parsed: Statement, words: string): Draft => ({
    kind,
    policy: name,
    index,
    isNew: false,
    parsed,
    text: `${documentName(kind, name)}: ${words} in ${statementName(statement, index)}`,
  });
  const candidates = [...listedValues(statement, policy, refused), exception(statement, policy, refused)];
  const drafts = candidates.map(({ condition, words }) => draft(withCondition(statement, condition), words));
  return (
    drafts.find((candidate) => letsGo(refused, candidate)) ?? `no exception of the Deny in ${documentName(kind, name)} is about this caller alone`
  );
}

interface Candidate {
  readonly condition: Condition;
  readonly words: string;
}

/** The value that the request has, in each list that could hold it. */
function listedValues({ conditions }: Statement, { version }: Policy, refused: RefusedCase): Candidate[] {
  const keys = keysOf(refused);
  return conditions.flatMap((condition) => {
    const value = keys.lookup(condition.key.toLowerCase());
    if (!listing.test(condition.operator) || value === undefined || value === 'unknown' || value.length === 0) return [];
    const patterns = value.map((text) => asPattern(text, version));
    const words = `add ${value.join(', ')} to ${condition.operator} ${condition.key}`;
    return [{ condition: { ...condition, values: [...condition.values, ...patterns] }, words }];
  });
}

/** All but this caller. */
function exception({ conditions }: Statement, { version }: Policy, { principal }: RefusedCase): Candidate {
  const fresh = conditionExempting(principal);
  const condition = { ...fresh, values: fresh.values.map((value) => asPattern(value, version)) };
  const present = conditions.find(({ operator, key }) => operator === condition.operator && key === condition.key);
  const values = [...(present?.values ?? []), ...condition.values];
  return { condition: { ...condition, values }, words: `except ${fresh.values.join(', ')} by ${condition.operator} ${condition.key}` };
}

function conditionExempting(principal: RefusedCase['principal']): Condition {
  switch (principal.type) {
    case 'anonymous':
      return { operator: 'StringNotEquals', key: 'aws:PrincipalType', values: ['Anonymous'] };
    case 'service':
      return { operator: 'StringNotEquals', key: 'aws:PrincipalServiceName', values: [principal.service] };
    case 'role-session':
      return { operator: 'ArnNotEquals', key: 'aws:PrincipalArn', values: [principal.roleArn] };
    case 'root':
    case 'user':
      return { operator: 'ArnNotEquals', key: 'aws:PrincipalArn', values: [principal.arn] };
  }
}

function withCondition(statement: Statement, condition: Condition): Statement {
  const at = statement.conditions.findIndex(({ operator, key }) => operator === condition.operator && key === condition.key);
  if (at < 0) return { ...statement, conditions: [...statement.conditions, condition] };
  return { ...statement, conditions: statement.conditions.with(at, condition) };
}

/** Whether the changed statement denies no more. */
function letsGo(refused: RefusedCase, draft: Draft): boolean {
  const after = applied(refused, draft);
  const text = after === undefined ? undefined : textOf(after, draft.kind, draft.policy)?.text;
  if (text === undefined) return false;
  return !matchesOf(storedPolicy(text, draft.kind), draft.kind, refused).some(
    ({ statement }) => statement.effect === 'Deny' && statement.index === draft.index,
  );
}
