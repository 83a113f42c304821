import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AgentOrder, AgentResult } from '../../model/job/agent-orders.ts';
import { sleep } from '../../stdx/deadline.ts';
import { followLogs } from './container-logs.ts';
import type { JobContext } from './job-context.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

type CallLogs = Extract<AgentOrder, { kind: 'call-logs' }>;

/** A job of one host whose container has printed two lines and runs on, in a VPC that leads to CloudWatch Logs from a moment on. */
function running(openFromMs: number) {
  const begun: number[] = [];
  const told: string[] = [];
  const delivered: string[] = [];
  const read: string[] = [];
  const container = new AbortController();
  let logsLost: Readonly<Record<string, string>> | undefined;

  function answer({ orderId, operation, body }: CallLogs): AgentResult {
    if (operation === 'CreateLogGroup') begun.push(Date.now());
    if (Date.now() < openFromMs) return { orderId, ok: false, observation: { kind: 'no-answer', attempted: operation, host: 'logs' } };
    delivered.push(...((JSON.parse(body) as { logEvents?: { message: string }[] }).logEvents ?? []).map(({ message }) => message));
    return { orderId, ok: true, objects: 0, bytes: 0 };
  }

  async function* logs(_name: string, from: number, signal: AbortSignal) {
    const lines = ['one', 'two'].slice(from);
    yield* lines.map((text) => ({ time: new Date(0), stream: 'stdout' as const, text }));
    await sleep(2 ** 30, AbortSignal.any([signal, container.signal]));
  }

  const context = {
    name: 'job',
    instances: [{ host: 'algo-1', agentInterfaceId: 'eni-1' }],
    instanceId: (host: string) => host,
    logDestination: (host: string) => ({ logGroupName: 'group', logStreamName: host, eventsBefore: 0 }),
    agent: async () => await Promise.resolve({ order: async (order: CallLogs) => await Promise.resolve(answer(order)) }),
    signals: { shutdown: new AbortController().signal },
    get row() {
      return { ...(logsLost !== undefined && { logsLost }) };
    },
    update: (change: { logsLost: Record<string, string> }) => void (logsLost = change.logsLost),
    services: {
      strictLogs: true,
      containers: { logs },
      store: {
        transact: (change: () => void) => change(),
        logs: { findGroup: () => ({ groupId: 'g' }), findStream: () => ({ sequence: delivered.length }) },
      },
      log: (message: string) => void told.push(message),
    },
  } as unknown as JobContext;
  const readLines = async (_first: number, events: readonly { message: string }[]) =>
    await Promise.resolve(void read.push(...events.map(({ message }) => message)));
  const following = followLogs(context, () => readLines);
  return { begun, told, delivered, read, container, following, lost: () => logsLost };
}

it('tries again after twice as long each time, at most five minutes, and tells the reason once', async () => {
  const { begun, told, delivered, lost } = running(Infinity);
  await vi.advanceTimersByTimeAsync(1_200_000);
  expect(begun.map((ms) => ms / 1_000)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1_111]);
  expect(delivered).toEqual([]);
  expect(told).toEqual(['log lines are not delivered']);
  expect(lost()).toEqual({ 'algo-1': 'logs was not reached from eni-1: no-answer' });
});

it('delivers every line that it kept, once, when the way opens while the job runs', async () => {
  const { delivered, told, lost, container, following } = running(5_000);
  await vi.advanceTimersByTimeAsync(8_000);
  expect([delivered, lost()]).toEqual([['one', 'two'], {}]);
  expect(told).toEqual(['log lines are not delivered', 'log lines are delivered again']);
  container.abort();
  await following.end();
  expect(delivered).toEqual(['one', 'two']);
});

it('tries once more when the container has ended, and then no more', async () => {
  const { begun, container, following, lost } = running(Infinity);
  await vi.advanceTimersByTimeAsync(10_000);
  container.abort();
  await vi.advanceTimersByTimeAsync(0);
  await following.end();
  expect(begun.map((ms) => ms / 1_000)).toEqual([0, 1, 3, 7, 10]);
  expect(Object.keys(lost() ?? {})).toEqual(['algo-1']);
});

it('has its lines read for metrics meanwhile', async () => {
  const { read } = running(Infinity);
  await vi.advanceTimersByTimeAsync(500);
  expect(read).toEqual(['one', 'two']);
});
