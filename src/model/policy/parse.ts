import { assert } from '../../stdx/assert.ts';
import { compileCondition } from './condition.ts';
import type { PolicyKind } from './decision.ts';
import {
  namesPrincipals,
  principalTypes,
  type Condition,
  type Listed,
  type Policy,
  type PolicyVersion,
  type PrincipalElement,
  type Statement,
} from './document.ts';
import { duplicateMember } from './json.ts';

/** The largest document that is looked at; each kind has its own, smaller limit. IAM's model says 131,072. */
export const policyCharactersMax = 131_072;

/** Why a text is no policy of its kind: `Statement[0].Action: …`. */
export interface PolicyProblem {
  /** Path of the element, empty for the document itself. */
  readonly place: string;
  readonly reason: string;
}

export type ParsedPolicy =
  | { readonly policy: Policy; readonly problem?: undefined }
  | { readonly policy?: undefined; readonly problem: PolicyProblem };

export const problemText = ({ place, reason }: PolicyProblem): string => (place === '' ? reason : `${place}: ${reason}`);

class Refusal extends Error {
  readonly problem: PolicyProblem;
  constructor(place: string, reason: string) {
    super(reason);
    this.problem = { place, reason };
  }
}

/**
 * Strict: every element is known and well formed for a document of this kind, or the first problem is named.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string, kind: PolicyKind): ParsedPolicy {
  try {
    return { policy: documentOf(text, kind) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.problem };
    throw error;
  }
}

/** A document that was validated when it was stored. */
export function storedPolicy(text: string, kind: PolicyKind): Policy {
  const { policy, problem } = parsePolicy(text, kind);
  assert(policy !== undefined, `a stored ${kind} policy is valid (${problem === undefined ? '' : problemText(problem)})`);
  return policy;
}

function documentOf(text: string, kind: PolicyKind): Policy {
  if (text.length > policyCharactersMax) throw new Refusal('', `the document is longer than ${policyCharactersMax} characters`);
  const document = objectOf(jsonOf(text), '', ['Version', 'Id', 'Statement']);
  const duplicate = duplicateMember(text);
  if (duplicate !== undefined) throw new Refusal('', `the element ${duplicate} is given twice`);
  const version = versionOf(document['Version']);
  const id = document['Id'] === undefined ? undefined : stringOf(document['Id'], 'Id');
  if (document['Statement'] === undefined) throw new Refusal('Statement', 'a policy must contain statements');
  const given: readonly unknown[] = Array.isArray(document['Statement']) ? document['Statement'] : [document['Statement']];
  if (given.length === 0) throw new Refusal('Statement', 'a policy must contain statements');
  const statements = given.map((statement, index) => statementOf(statement, `Statement[${index}]`, kind, version));
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === '' ? [] : [sid]));
  const repeated = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (repeated !== undefined) throw new Refusal('Statement', `Statement IDs (SID) in a single policy must be unique: ${repeated}`);
  return { version, ...(id === undefined ? {} : { id }), statements };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('', 'This policy contains invalid Json');
  }
}

function versionOf(value: unknown): PolicyVersion {
  if (value === undefined) return '2008-10-17';
  if (value === '2008-10-17' || value === '2012-10-17') return value;
  throw new Refusal('Version', 'the version must be 2012-10-17 or 2008-10-17');
}

const statementElements = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

function statementOf(value: unknown, place: string, kind: PolicyKind, version: PolicyVersion): Statement {
  const statement = objectOf(value, place, statementElements);
  const effect = statement['Effect'];
  if (effect === undefined) throw new Refusal(`${place}.Effect`, 'Missing required field Effect');
  if (effect !== 'Allow' && effect !== 'Deny') throw new Refusal(`${place}.Effect`, 'the effect must be Allow or Deny');
  const sid = statement['Sid'] === undefined ? undefined : stringOf(statement['Sid'], `${place}.Sid`);
  if (sid !== undefined && !namesPrincipals(kind) && !/^[A-Za-z0-9]*$/.test(sid)) {
    throw new Refusal(`${place}.Sid`, 'Statement IDs (SID) must be alpha-numeric');
  }
  const principal = principalOf(statement, place, kind);
  const action = listedOf(statement, 'Action', place, checkAction);
  if (action === undefined) throw new Refusal(`${place}.Action`, 'Policy statement must contain actions.');
  const resource = resourceOf(statement, place, kind);
  const conditions = conditionsOf(statement['Condition'], `${place}.Condition`, version);
  return {
    ...(sid === undefined ? {} : { sid }),
    effect,
    ...(principal === undefined ? {} : { principal }),
    action,
    ...(resource === undefined ? {} : { resource }),
    conditions,
  };
}

/** `Name` or `NotName`, one of the two; undefined when there is neither. */
function listedOf(
  statement: Record<string, unknown>,
  name: 'Action' | 'Resource',
  place: string,
  check: (pattern: string, place: string) => void,
): Listed | undefined {
  const negatedName = `Not${name}`;
  if (statement[name] !== undefined && statement[negatedName] !== undefined) {
    throw new Refusal(place, `a statement has either ${name} or ${negatedName}`);
  }
  const negated = statement[negatedName] !== undefined;
  const element = negated ? negatedName : name;
  if (statement[element] === undefined) return undefined;
  const patterns = stringsOf(statement[element], `${place}.${element}`);
  if (patterns.length === 0) throw new Refusal(`${place}.${element}`, 'the list is empty');
  for (const pattern of patterns) check(pattern, `${place}.${element}`);
  return { negated, patterns };
}

function checkAction(pattern: string, place: string): void {
  if (pattern !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$|^\*:\*$/.test(pattern)) {
    throw new Refusal(place, `Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: ${pattern}`);
  }
}

function resourceOf(statement: Record<string, unknown>, place: string, kind: PolicyKind): Listed | undefined {
  if (kind === 'trust') {
    if (statement['Resource'] !== undefined || statement['NotResource'] !== undefined)
      throw new Refusal(`${place}.Resource`, 'Has prohibited field Resource');
    return undefined;
  }
  const resource = listedOf(statement, 'Resource', place, (pattern, at) => checkResource(pattern, at, kind));
  if (resource === undefined) throw new Refusal(`${place}.Resource`, 'Policy statement must contain resources.');
  return resource;
}

function checkResource(pattern: string, place: string, kind: PolicyKind): void {
  if (pattern === '*') return;
  const fields = pattern.replaceAll(/\$\{[^}]*\}/g, 'v').split(':');
  if (fields[0] !== 'arn' || fields.length < 3) throw new Refusal(place, `Resource ${pattern} must be in ARN format or "*".`);
  if (/[*?]/.test(fields[2] ?? '')) throw new Refusal(place, `Resource ${pattern} has a wildcard in the service field of the ARN`);
  // Incomplete ARNs are completed with wildcards, in resource-based policies they are not accepted.
  if (kind === 'resource' && fields.length < 6) throw new Refusal(place, `Resource ${pattern} must be in ARN format or "*".`);
}

function principalOf(statement: Record<string, unknown>, place: string, kind: PolicyKind): PrincipalElement | undefined {
  const { Principal: named, NotPrincipal: unnamed } = statement;
  if (!namesPrincipals(kind)) {
    if (named !== undefined || unnamed !== undefined) throw new Refusal(`${place}.Principal`, 'Policy document should not specify a principal.');
    return undefined;
  }
  if (named !== undefined && unnamed !== undefined) throw new Refusal(place, 'a statement has either Principal or NotPrincipal');
  const negated = unnamed !== undefined;
  const element = negated ? 'NotPrincipal' : 'Principal';
  const value = negated ? unnamed : named;
  if (value === undefined) throw new Refusal(`${place}.Principal`, 'Missing required field Principal');
  if (value === '*') return { negated, members: { AWS: ['*'] } };
  const given = objectOf(value, `${place}.${element}`, principalTypes);
  const members: Partial<Record<(typeof principalTypes)[number], readonly string[]>> = {};
  for (const type of principalTypes) {
    if (given[type] === undefined) continue;
    members[type] = stringsOf(given[type], `${place}.${element}.${type}`);
    for (const member of members[type]) checkPrincipal(type, member, `${place}.${element}.${type}`);
  }
  if (Object.values(members).every((list) => list.length === 0))
    throw new Refusal(`${place}.${element}`, 'Invalid principal in policy: the list is empty');
  return { negated, members };
}

const awsPrincipal =
  /^(\*|\d{12}|arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)\/[^*?]+)|arn:aws[a-z-]*:sts::\d{12}:(assumed-role\/[^*?/]+|federated-user)\/[^*?/]+|A(ROA|IDA)[A-Z0-9]{8,})$/;

/** No principal but `*` may hold a wildcard. */
function checkPrincipal(type: string, member: string, place: string): void {
  const valid = type === 'AWS' ? awsPrincipal.test(member) : type === 'Service' ? /^[a-z0-9.-]+\.amazonaws\.com$/.test(member) : member !== '';
  if (!valid) throw new Refusal(place, `Invalid principal in policy: "${type}":"${member}"`);
}

function conditionsOf(value: unknown, place: string, version: PolicyVersion): Condition[] {
  if (value === undefined) return [];
  return Object.entries(objectOf(value, place)).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys, `${place}.${operator}`)).map(([key, given]) => {
      const at = `${place}.${operator}.${key}`;
      if (!/^[^\s:]+:.+$/.test(key)) throw new Refusal(at, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
      const condition = { operator, key, values: stringsOf(given, at, true) };
      const compiled = compileCondition(condition, version === '2012-10-17');
      if (typeof compiled === 'string') throw new Refusal(at, compiled);
      return condition;
    }),
  );
}

function objectOf(value: unknown, place: string, allowed?: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(place, 'Syntax errors in policy: an object is expected here');
  const stray = allowed === undefined ? undefined : Object.keys(value).find((name) => !allowed.includes(name));
  if (stray !== undefined) throw new Refusal(place === '' ? stray : `${place}.${stray}`, 'Syntax errors in policy: there is no such element');
  return value as Record<string, unknown>;
}

function stringOf(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new Refusal(place, 'Syntax errors in policy: a string is expected here');
  return value;
}

/** One string or a list of them; `scalars` also takes numbers and booleans, as condition values may be. */
function stringsOf(value: unknown, place: string, scalars = false): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => (scalars && (typeof item === 'number' || typeof item === 'boolean') ? String(item) : stringOf(item, place)));
}
