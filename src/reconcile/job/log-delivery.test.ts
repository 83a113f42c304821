import { expect, it } from 'vitest';
import { trainingWorld } from '../../../test/fixtures/training-world.ts';
import type { AgentOrder, AgentResult } from '../../model/job/agent-orders.ts';

type CallLogs = Extract<AgentOrder, { kind: 'call-logs' }>;

/** A job whose lines go through its agents, which answer so. */
async function strictly(answer: (order: CallLogs) => AgentResult) {
  const world = trainingWorld();
  const orders: CallLogs[] = [];
  Object.assign(world.services, { strictLogs: true });
  world.placement.answer = (order) => {
    if (order.kind !== 'call-logs') return { orderId: order.orderId, ok: true, objects: 1, bytes: 1 };
    orders.push(order);
    return answer(order);
  };
  await world.run();
  return { row: world.row(), orders, called: world.faults.moments.filter((moment) => moment.includes('PutLogEvents')) };
}

const done = ({ orderId }: CallLogs): AgentResult => ({ orderId, ok: true, objects: 0, bytes: 0 });

it('gives the lines of each host to its own agent, and to nobody else', async () => {
  const { row, orders, called } = await strictly(done);
  expect([row.status, row.logsLost, called]).toEqual(['Completed', undefined, []]);
  const lines = orders.filter(({ operation }) => operation === 'PutLogEvents').map(({ body }) => JSON.parse(body) as { logEvents: object[] });
  expect(lines.map(({ logEvents }) => logEvents.length)).toEqual([3, 3]);
  expect(JSON.stringify(lines)).toContain('job.algo-1 one');
  expect(orders.map(({ operation, orderId }) => `${operation} ${orderId}`)).toContain('PutLogEvents put-log-events-0-0');
});

it('goes on when group and stream are there', async () => {
  const taken = { kind: 'http-status', attempted: 'CreateLogGroup', status: 400, code: 'ResourceAlreadyExistsException', message: 'there' } as const;
  const { row, orders } = await strictly((order) =>
    order.operation === 'PutLogEvents' ? done(order) : { orderId: order.orderId, ok: false, observation: taken },
  );
  expect(row.logsLost).toBeUndefined();
  expect(orders.filter(({ operation }) => operation === 'PutLogEvents')).toHaveLength(2);
});

it.each([
  [
    { kind: 'lookup-failed', host: 'logs.us-east-1.amazonaws.com', code: 'ENOTFOUND', message: 'no address of it' } as const,
    /^logs\.us-east-1\.amazonaws\.com was not reached from eni-[0-9a-f]+: no address of it$/u,
  ],
  [{ kind: 'http-status', status: 403, code: 'AccessDeniedException', message: 'not by this endpoint' } as const, /^not by this endpoint$/u],
  [{ kind: 'no-credentials', message: 'none were given' } as const, /^CloudWatch Logs was not reached from eni-[0-9a-f]+: none were given$/u],
])('loses the lines and says why, and the job does not fail by it: %o', async (observation, words) => {
  const { row, orders, called } = await strictly(({ orderId, operation }) => ({
    orderId,
    ok: false,
    observation: { attempted: operation, ...observation },
  }));
  expect(row.status).toBe('Completed');
  expect(Object.keys(row.logsLost ?? {}).toSorted()).toEqual(['algo-1', 'algo-2']);
  for (const why of Object.values(row.logsLost ?? {})) expect(why).toMatch(words);
  // Once of each host, and once more when its container has ended.
  expect(orders.map(({ orderId }) => orderId).toSorted()).toEqual(['CreateLogGroup-0', 'CreateLogGroup-0', 'CreateLogGroup-1', 'CreateLogGroup-1']);
  expect(called).toEqual([]);
});

const unreachable = ({ orderId, operation }: CallLogs): AgentResult => ({
  orderId,
  ok: false,
  observation: { kind: 'lookup-failed', attempted: operation, host: 'logs', code: 'ENOTFOUND', message: 'no address of it' },
});
const linesIn = (orders: readonly CallLogs[]): readonly string[] =>
  orders.flatMap(({ body }) => (JSON.parse(body) as { logEvents?: { message: string }[] }).logEvents?.map(({ message }) => message) ?? []).toSorted();

const every = ['algo-1', 'algo-2'].flatMap((host) => [`job.${host} `, `job.${host} one`, `job.${host} three`]).toSorted();

it('delivers what it kept when the way opens at last, and forgets that it was lost', async () => {
  const { row, orders } = await strictly((order) => (order.orderId === 'CreateLogGroup-0' ? unreachable(order) : done(order)));
  expect([row.status, row.logsLost, linesIn(orders)]).toEqual(['Completed', {}, every]);
});

it('makes a group again that somebody deleted while the job ran', async () => {
  const gone = { kind: 'http-status', attempted: 'PutLogEvents', status: 400, code: 'ResourceNotFoundException', message: 'no such group' } as const;
  const deleted = new Set(['job/algo-1', 'job/algo-2']);
  const refused: CallLogs[] = [];
  const { row, orders } = await strictly((order) => {
    const { logStreamName } = JSON.parse(order.body) as { logStreamName: string };
    if (order.operation !== 'PutLogEvents' || ![...deleted].some((begin) => logStreamName.startsWith(begin) && deleted.delete(begin)))
      return done(order);
    refused.push(order);
    return { orderId: order.orderId, ok: false, observation: gone };
  });
  expect([row.status, row.logsLost, refused.length]).toEqual(['Completed', {}, 2]);
  expect(linesIn(orders.filter((order) => !refused.includes(order)))).toEqual(every);
  expect(orders.filter(({ orderId }) => orderId === 'CreateLogGroup-1')).toHaveLength(2);
  // An agent answers an order that it carried out from memory.
  expect(orders.filter(({ orderId }) => orderId === 'put-log-events-0-1')).toHaveLength(2);
});
