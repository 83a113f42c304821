import type { Decision, Demand, PolicyKind } from './decision.ts';
import { namesPrincipals, type Policy } from './document.ts';
import type { Match } from './evaluate.ts';
import { documentName, silentName, statementName } from './document-name.ts';
import { leastChange, type LeastChange } from './least-change.ts';
import { bucketOf } from './withheld.ts';
import { aspectsOf, isMet, nearestNaming, type Aspect } from './mismatch.ts';
import { storedPolicy } from './parse.ts';
import { account } from './principal-match.ts';
import { decideCase, matchesOf, policyOrder, type PolicyText, type RefusedCase } from './refused-case.ts';
import { maybe, yes } from './truth.ts';

/** A statement of a document, as it was written. */
export interface QuotedStatement {
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly statement: unknown;
}

/** What one document says to the request. */
export interface ChainLink {
  readonly kind: PolicyKind;
  readonly name: string;
  /** Both in words. */
  readonly title: string;
  /** `delegates`: allows the caller's account, whose own policies decide. */
  readonly says: 'allows' | 'delegates' | 'denies' | 'depends' | 'is silent' | 'is gone' | 'is not there' | 'is withheld by RestrictPublicBuckets';
  /** The statements that say it. */
  readonly by: readonly QuotedStatement[];
  /** Of a document that does not allow: the Allow that is closest to the request, and what of it differs. */
  readonly nearest?: QuotedStatement & { readonly differs: readonly string[] };
}

export interface Explanation {
  readonly decision: Decision;
  /** In the order in which they are looked at. */
  readonly chain: readonly ChainLink[];
  /** Statements that refused it. None: what is `missing` in the decision did. */
  readonly decided: readonly (QuotedStatement & { readonly title: string })[];
  readonly change: LeastChange;
}

/** Why a request was refused, and what would let it pass. Decides again by what was recorded: nothing is guessed. */
export function explain(refused: RefusedCase): Explanation {
  const decision = decideCase(refused);
  const chain = policyOrder.flatMap((kind) => {
    const links = refused.policies.filter((policy) => policy.kind === kind).map((policy) => linkOf(policy, refused));
    return links.length > 0 ? links : absentLink(kind, refused);
  });
  const decided = decision.determining.flatMap(({ kind, policy: name, index, sid, effect }) => {
    const policy = refused.policies.find((candidate) => candidate.kind === kind && candidate.name === name);
    const title = `${statementName({ sid }, index)} of ${documentName(kind, name)}`;
    return policy === undefined ? [] : [{ title, ...quoted(policy, { index, sid, effect }) }];
  });
  return { decision, chain, decided, change: leastChange(refused) };
}

/** What decided, without the statement itself. */
export function inOneLine({ missing, determining, verdict }: Decision, { withheldPolicy }: Pick<Demand, 'withheldPolicy'> = {}): string {
  const withheld = missing === 'resource' && withheldPolicy !== undefined ? ': RestrictPublicBuckets withholds the public policy of the bucket' : '';
  if (missing !== undefined) return `${silentName(missing)} that allows it${withheld}`;
  const [first, ...others] = determining;
  if (first === undefined) return 'no statement that is kept';
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const { effect, index, kind, policy } = first;
  return `${verdict === 'unknown' ? 'what is not known for ' : ''}the ${effect} in ${statementName(first, index)} of ${documentName(kind, policy)}${more}`;
}

function linkOf(text: PolicyText, refused: RefusedCase): ChainLink {
  const { kind, name } = text;
  const of = { kind, name, title: documentName(kind, name) };
  if (text.text === undefined) return { ...of, says: 'is gone', by: [] };
  const policy = storedPolicy(text.text, kind);
  const matches = matchesOf(policy, kind, refused);
  const denies = matches.filter(({ statement }) => statement.effect === 'Deny');
  const allows = matches.filter(({ statement, naming }) => statement.effect === 'Allow' && naming >= nearestNaming(kind));
  const isCertain = denies.some(({ truth }) => truth === yes);
  const quote = (matches: readonly Match[]): QuotedStatement[] => matches.map(({ statement }) => quoted(text, statement));
  const certain = (matches: readonly Match[]): readonly Match[] => matches.filter(({ truth }) => truth !== maybe);
  if (denies.length > 0) return { ...of, says: isCertain ? 'denies' : 'depends', by: quote(isCertain ? certain(denies) : denies) };
  if (certain(allows).length > 0) {
    const delegates = namesPrincipals(kind) && certain(allows).every(({ naming }) => naming === account);
    return { ...of, says: delegates ? 'delegates' : 'allows', by: quote(certain(allows)) };
  }
  if (allows.length > 0) return { ...of, says: 'depends', by: quote(allows) };
  const nearest = nearestOf(policy, text, refused);
  return { ...of, says: 'is silent', by: [], ...(nearest === undefined ? {} : { nearest }) };
}

const weights = { Principal: 4, Action: 8, Resource: 4, Condition: 1 } as const;
const distance = (aspects: readonly Aspect[]): number => aspects.reduce((sum, aspect) => sum + (isMet(aspect) ? 0 : weights[aspect.element]), 0);

/** A statement about another action is further away than one about another resource, and that than one with another condition. */
function nearestOf(policy: Policy, text: PolicyText, refused: RefusedCase): ChainLink['nearest'] {
  let nearest: ChainLink['nearest'];
  let least = Number.POSITIVE_INFINITY;
  for (const [index, statement] of policy.statements.entries()) {
    if (statement.effect === 'Deny') continue;
    const aspects = aspectsOf(policy, statement, text.kind, refused);
    if (distance(aspects) >= least) continue;
    least = distance(aspects);
    const differs = aspects.filter((aspect) => !isMet(aspect)).map((aspect) => aspect.text);
    nearest = { ...quoted(text, { index, sid: statement.sid, effect: 'Allow' }), differs };
  }
  return nearest;
}

/** Says so where a document could have allowed the request and there is none. */
function absentLink(kind: PolicyKind, { principal, demand, requiresResourcePolicy }: RefusedCase): ChainLink[] {
  const absent = (name: string, says: ChainLink['says'] = 'is not there'): ChainLink[] => [
    { kind, name, title: documentName(kind, name), says, by: [] },
  ];
  if (kind === 'resource' && demand.withheldPolicy !== undefined) return absent(bucketOf(demand), 'is withheld by RestrictPublicBuckets');
  if (kind === 'identity' && principal.type === 'role-session')
    return absent(`role/${principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1)}`);
  if (kind === 'identity' && principal.type === 'user') return absent(`user/${principal.userName}`);
  if (kind === 'resource' && demand.resource.startsWith('arn:aws:s3:::')) return absent(bucketOf(demand));
  return kind === 'trust' && requiresResourcePolicy ? absent(demand.resource) : [];
}

function quoted(policy: PolicyText, { index, sid, effect }: { index: number; sid?: string | undefined; effect: 'Allow' | 'Deny' }): QuotedStatement {
  const { Statement } = JSON.parse(policy.text ?? '{"Statement":[]}') as { readonly Statement: unknown };
  const statement: unknown = Array.isArray(Statement) ? Statement[index] : Statement;
  return { index, ...(sid === undefined || sid === '' ? {} : { sid }), effect, statement };
}
