import type { PolicyKind } from './decision.ts';
import { namesPrincipals, type Policy, type PrincipalElement, type Statement } from './document.ts';
import { documentName, statementName } from './document-name.ts';
import { aspectsOf, isMet } from './mismatch.ts';
import { storedPolicy } from './parse.ts';
import { asPattern } from './pattern-of.ts';
import type { Draft } from './policy-edit.ts';
import type { PolicyText, RefusedCase } from './refused-case.ts';

const awsManaged = 'arn:aws:iam::aws:policy/';

/** What a document of this kind must say so that it allows the request and nothing else; a sentence when none can. */
export function allowDraft(refused: RefusedCase, kind: PolicyKind): Draft | string {
  const target = targetOf(refused, kind);
  if (typeof target === 'string') return target;
  const { name, text } = target;
  const policy: Policy = text === undefined ? { version: '2012-10-17', statements: [] } : storedPolicy(text, kind);
  const one = text === undefined ? undefined : extension(policy, kind, refused);
  const document = documentName(kind, name);
  if (one !== undefined) return { kind, policy: name, isNew: false, ...one, text: `${document}: ${one.text}` };
  const parsed = statementFor(refused, kind, policy.version);
  const isNew = text === undefined;
  const words = isNew ? `make ${document} with this statement` : `${document}: add this statement`;
  return { kind, policy: name, index: policy.statements.length, isNew, parsed, text: words };
}

/** The document that can be changed, or the name of one that can be made. */
function targetOf(refused: RefusedCase, kind: PolicyKind): PolicyText | string {
  const { policies, principal, demand } = refused;
  const ofKind = policies.filter((policy) => policy.kind === kind);
  const gone = ofKind.find(({ text }) => text === undefined);
  if (gone !== undefined) return `${gone.name} is gone, and with it everything that it allowed`;
  const own = ofKind.find(({ name }) => !name.startsWith(awsManaged));
  if (own !== undefined) return own;
  switch (kind) {
    case 'identity':
      if (principal.type === 'role-session') return { kind, name: `role/${principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1)}/new` };
      return principal.type === 'user' ? { kind, name: `user/${principal.userName}/new` } : 'this caller has no policies of its own';
    case 'resource':
      if (demand.resource.startsWith('arn:aws:s3:::')) return { kind, name: demand.resource.split('/', 1)[0] as string };
      return `${demand.resource} has no policy of its own: only callers of account ${refused.resourceOwner} may do this`;
    case 'trust':
      return `there is no role ${demand.resource}`;
    case 'endpoint':
    case 'boundary':
    case 'session':
      return `${ofKind.map(({ name }) => name).join(', ')} cannot be changed: AWS manages it`;
  }
}

/** A statement that is for this action alone and not this resource, or the other way round, grants nothing else by one more in its list. */
function extension(policy: Policy, kind: PolicyKind, refused: RefusedCase): Pick<Draft, 'index' | 'parsed' | 'text'> | undefined {
  const { action, resource } = refused.demand;
  for (const [index, statement] of policy.statements.entries()) {
    if (statement.effect === 'Deny' || statement.action.negated || statement.resource?.negated === true) continue;
    const [only, ...others] = aspectsOf(policy, statement, kind, refused).filter((aspect) => !isMet(aspect));
    if (only === undefined || others.length > 0 || statement.resource === undefined) continue;
    const { patterns: actions } = statement.action;
    const { patterns: resources } = statement.resource;
    const pattern = asPattern(resource, policy.version);
    const at = statementName(statement, index);
    if (only.element === 'Action' && resources.length === 1 && resources[0] === pattern) {
      const parsed = { ...statement, action: { negated: false, patterns: [...actions, action] } };
      return { index, parsed, text: `add ${action} on ${resource} to ${at}` };
    }
    if (only.element === 'Resource' && actions.length === 1 && actions[0]?.toLowerCase() === action.toLowerCase()) {
      const parsed = { ...statement, resource: { negated: false, patterns: [...resources, pattern] } };
      return { index, parsed, text: `add ${resource} for ${action} to ${at}` };
    }
  }
  return undefined;
}

function statementFor({ demand, principal }: RefusedCase, kind: PolicyKind, version: Policy['version']): Statement {
  return {
    effect: 'Allow',
    ...(namesPrincipals(kind) ? { principal: kind === 'endpoint' ? everybody : principalElement(principal) } : {}),
    action: { negated: false, patterns: [demand.action] },
    ...(kind === 'trust' ? {} : { resource: { negated: false, patterns: [asPattern(demand.resource, version)] } }),
    conditions: [],
  };
}

/** Gateway endpoints know no other: who else may is the caller's own policies' to say. */
const everybody: PrincipalElement = { negated: false, members: { AWS: ['*'] } };

function principalElement(principal: RefusedCase['principal']): PrincipalElement {
  switch (principal.type) {
    case 'anonymous':
      return everybody;
    case 'service':
      return { negated: false, members: { Service: [principal.service] } };
    case 'role-session':
      return { negated: false, members: { AWS: [principal.roleArn] } };
    case 'root':
    case 'user':
      return { negated: false, members: { AWS: [principal.arn] } };
  }
}
