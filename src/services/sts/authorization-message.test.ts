import { expect, it } from 'vitest';
import { accountId, iamWorld, root } from '../../../test/fixtures/iam-world.ts';
import type { OperationContext, Refusal } from '../operation.ts';
import { encodedMessage } from './authorization-message.ts';
import { sts } from './registry.ts';

const bob = { type: 'user', accountId, arn: `arn:aws:iam::${accountId}:user/Bob`, userId: 'AIDABOB', userName: 'Bob' } as const;
const refusal: Refusal = {
  principal: bob,
  action: 'ec2:StopInstances',
  resource: `arn:aws:ec2:us-east-1:${accountId}:instance/i-1`,
  context: { 'ec2:Region': ['us-east-1'] },
  decision: { verdict: 'deny', determining: [{ kind: 'identity', policy: 'user/Bob/p', effect: 'Deny', sid: 'No', index: 0 }], message: '' },
};

async function decode(EncodedMessage: string, as: string = accountId) {
  const { store } = iamWorld();
  const findRefusal = async (requestId: string) => await Promise.resolve(requestId === 'r-1' ? refusal : undefined);
  const context = { accountId: as, principal: root, store, findRefusal } as unknown as OperationContext;
  const { DecodeAuthorizationMessage: operation } = sts;
  const found = await operation.prepare?.({ EncodedMessage }, context);
  return JSON.parse(operation.commit({ EncodedMessage }, context, found as Refusal).DecodedMessage ?? '') as unknown;
}

it('is told in the shape that AWS documents', async () => {
  expect(await decode(encodedMessage('r-1'))).toEqual({
    allowed: false,
    explicitDeny: true,
    matchedStatements: {
      items: [expect.objectContaining({ statementId: 'No', effect: 'DENY', actions: { items: [{ value: 'ec2:StopInstances' }] } })],
    },
    failures: { items: [] },
    context: {
      principal: { id: 'AIDABOB', name: 'Bob', arn: bob.arn },
      action: refusal.action,
      resource: refusal.resource,
      conditions: { items: [{ key: 'ec2:Region', values: { items: [{ value: 'us-east-1' }] } }] },
    },
  });
});

it.each([
  [encodedMessage('unknown'), accountId],
  ['bm90aGluZw', accountId],
  [encodedMessage('r-1'), '210987654321'],
])('refuses what is unknown, no message, or of another account: %s for %s', async (message, as) => {
  await expect(decode(message, as)).rejects.toMatchObject({ code: 'InvalidAuthorizationMessageException', status: 400 });
});
