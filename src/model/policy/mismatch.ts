import { namesPrincipals, type Condition, type Policy, type PrincipalElement, type Statement } from './document.ts';
import type { PolicyKind } from './decision.ts';
import { account, direct, type Naming } from './principal-match.ts';
import { keysOf, matchesOf, type RefusedCase } from './refused-case.ts';
import type { KeyValue } from './request-keys.ts';
import { either, no, yes, type Truth } from './truth.ts';

/** One element of a statement, and whether the request is what it says. */
export interface Aspect {
  readonly element: 'Principal' | 'Action' | 'Resource' | 'Condition';
  readonly met: Truth;
  /** What the statement wants and the request is. */
  readonly text: string;
  readonly condition?: Condition;
}

const everyAction = { negated: false, patterns: ['*'] };
const listedMax = 6;

/** Every element of a statement by itself, in the order in which people read them. */
export function aspectsOf({ version }: Policy, statement: Statement, kind: PolicyKind, refused: RefusedCase): Aspect[] {
  const keys = keysOf(refused);
  const met = (part: Partial<Statement>): Truth => {
    const resource = kind === 'trust' ? {} : { resource: everyAction };
    const principal = namesPrincipals(kind) ? { principal: { negated: false, members: { AWS: ['*'], Service: [serviceOf(refused)] } } } : {};
    const alone: Statement = { effect: 'Allow', action: everyAction, conditions: [], ...resource, ...principal, ...part };
    const near = matchesOf({ version, statements: [alone] }, kind, refused).filter(({ naming }) => naming >= nearestNaming(kind));
    return near.reduce<Truth>((sofar, { truth }) => either(sofar, truth), no);
  };
  const { principal, action, resource, conditions } = statement;
  const { demand } = refused;
  const conditionAspect = (condition: Condition): Aspect => {
    const value = keys.lookup(condition.key.toLowerCase());
    return { element: 'Condition', met: met({ conditions: [condition] }), text: conditionText(condition, value), condition };
  };
  return [
    ...(principal === undefined ? [] : [{ element: 'Principal' as const, met: met({ principal }), text: principalText(principal) }]),
    {
      element: 'Action',
      met: met({ action }),
      text: `${action.negated ? 'NotAction' : 'Action'} is ${listed(action.patterns)}, the request's is ${demand.action}`,
    },
    ...(resource === undefined
      ? []
      : [
          {
            element: 'Resource' as const,
            met: met({ resource }),
            text: `${resource.negated ? 'NotResource' : 'Resource'} is ${listed(resource.patterns)}, the request's is ${demand.resource}`,
          },
        ]),
    ...conditions.map(conditionAspect),
  ];
}

/** An endpoint policy that names an account means its root user only; of other documents the account's own policies may follow. */
export const nearestNaming = (kind: PolicyKind): Naming => (kind === 'endpoint' ? direct : account);

export const isMet = ({ met }: Aspect): boolean => met === yes;

const serviceOf = ({ principal }: RefusedCase): string => (principal.type === 'service' ? principal.service : 'none.amazonaws.com');

function principalText({ negated, members }: PrincipalElement): string {
  const names = Object.values(members).flat();
  return negated ? `NotPrincipal exempts ${listed(names)}` : `Principal is ${listed(names)}, which does not name the caller`;
}

function conditionText({ operator, key, values }: Condition, value: KeyValue): string {
  const has = value === 'unknown' ? 'is not known yet' : value === undefined || value.length === 0 ? 'is not in the request' : `is ${listed(value)}`;
  return `${key} wants ${listed(values)} by ${operator}, and ${has}`;
}

/** The first few: a document may list hundreds. */
function listed(values: readonly string[]): string {
  const shown = values.slice(0, listedMax).join(', ');
  return values.length > listedMax ? `${shown} and ${values.length - listedMax} more` : shown;
}
