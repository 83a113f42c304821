import { userId } from '../../model/policy/condition-keys.ts';
import type { DeterminingStatement } from '../../model/policy/decision.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { Refusal } from '../operation.ts';

const prefix = 'cloister:';

/** What a refusal of EC2's carries. It names the record that is kept of it, and says nothing by itself. */
export const encodedMessage = (requestId: string): string => Buffer.from(`${prefix}${requestId}`).toString('base64url');

/** The request that a message is of; undefined when it is no such message. */
export function requestOfMessage(message: string): string | undefined {
  const text = Buffer.from(message, 'base64url').toString();
  if (!text.startsWith(prefix)) return undefined;
  const requestId = text.slice(prefix.length);
  return /^[0-9A-Za-z-]{1,64}$/.test(requestId) ? requestId : undefined;
}

const items = (values: readonly string[]) => ({ items: values.map((value) => ({ value })) });

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
export function decodedMessage({ principal, action, resource, decision, context = {} }: Refusal): string {
  const denying = decision.determining.filter(({ effect }) => effect === 'Deny');
  return JSON.stringify({
    allowed: false,
    explicitDeny: denying.length > 0,
    matchedStatements: { items: denying.map((statement) => matched(statement, principal, action, resource)) },
    failures: { items: [] },
    context: {
      principal: { id: idOf(principal), name: nameOf(principal), arn: 'arn' in principal ? principal.arn : idOf(principal) },
      action,
      resource,
      conditions: {
        items: Object.entries(context).flatMap(([key, values]) => (values === 'unknown' ? [] : [{ key, values: items(values) }])),
      },
    },
  });
}

function matched({ sid, policy, kind }: DeterminingStatement, principal: Principal, action: string, resource: string) {
  return {
    statementId: sid ?? '',
    effect: 'DENY',
    sourcePolicyId: policy,
    sourcePolicyType: kind,
    principals: items([idOf(principal)]),
    principalGroups: items([]),
    actions: items([action]),
    resources: items([resource]),
    conditions: { items: [] },
  };
}

const idOf = (principal: Principal): string => userId(principal) ?? (principal.type === 'service' ? principal.service : '');

function nameOf(principal: Principal): string {
  if (principal.type === 'user') return principal.userName;
  return principal.type === 'role-session' ? principal.sessionName : idOf(principal);
}
