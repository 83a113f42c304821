import { expect, it } from 'vitest';
import { AgentLost } from '../../drivers/placement/placement-driver.ts';
import type { AgentOrder, AgentResult } from '../../model/job/agent-orders.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';
import { transfer } from './transfer.ts';

const instance: InstanceRecord = { host: 'algo-1', agentInterfaceId: 'eni-1', algorithmInterfaceId: 'eni-2', uidBase: 1 };
const stream: AgentOrder = { kind: 'stream', orderId: 'stream' };
const checkpoints: AgentOrder = { kind: 'synchronise-checkpoints', orderId: 'checkpoints', checkpoints: { bucket: 'b', prefix: '' } };
const done = (orderId: string): AgentResult => ({ orderId, ok: true, objects: 1, bytes: 2 });

/** The first agent is lost while it works; the one after it knows nothing of a stream. */
function losing(orders: string[]): JobContext {
  const agent = async () =>
    await Promise.resolve({
      order: async ({ kind, orderId }: AgentOrder): Promise<AgentResult> => {
        orders.push(kind);
        if (orders.length === 1) throw new AgentLost('job.algo-1', '');
        const observation = { kind: 'interrupted', attempted: 'stream the input' } as const;
        return await Promise.resolve(kind === 'stream' ? { orderId, ok: false, observation } : done(orderId));
      },
    });
  return { agent, forgetAgent: () => undefined } as unknown as JobContext;
}

async function given(order: AgentOrder, isOver: boolean): Promise<{ orders: string[]; end: unknown }> {
  const orders: string[] = [];
  const finish = isOver ? AbortSignal.abort() : new AbortController().signal;
  const end = await transfer(losing(orders), instance, 'download', order, new AbortController().signal, finish).catch(String);
  return { orders, end };
}

it('a stream whose agent is lost after its containers ended is over', async () => {
  expect(await given(stream, true)).toEqual({ orders: ['stream'], end: { orderId: 'stream', ok: true, objects: 0, bytes: 0 } });
});

it('a stream whose agent is lost before that fails its job: what was read is not known', async () => {
  const { orders, end } = await given(stream, false);
  expect(orders).toEqual(['stream', 'stream']);
  expect(end).toContain('what the container has read of it is not known');
});

it('what is left of checkpoints is copied by the next agent, also after the containers ended', async () => {
  expect((await given(checkpoints, true)).end).toEqual(done('checkpoints'));
});
