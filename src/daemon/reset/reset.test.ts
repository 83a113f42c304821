import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan, RequestHandler, RequestHead } from '../../aws/message.ts';
import { systemClock } from '../../stdx/clock.ts';
import { sleep } from '../../stdx/deadline.ts';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';
import { Store } from '../../store/store.ts';
import { FrontDoor } from '../front-door.ts';
import { Reset } from './reset.ts';

let blobs: string;
beforeEach(() => void (blobs = mkdtempSync(join(tmpdir(), 'cloister-reset-'))));
afterEach(() => rmSync(blobs, { recursive: true, force: true }));

/** A gateway that says its name. */
const named = (name: string): RequestHandler<ReceivedBlob> => ({
  plan: () => Promise.resolve({ kind: 'reply', reply: { status: 200, headers: {}, body: Buffer.from(name) } }),
  complete: () => Promise.reject(new Error('nobody sends a body')),
  abandon: () => undefined,
});

const head = (target: string): RequestHead => ({
  method: 'POST',
  target,
  headers: [],
  arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
});
const textOf = (plan: Plan): string => (plan.kind === 'reply' ? `${plan.reply.status} ${Buffer.from(plan.reply.body as Uint8Array).toString()}` : '');

function setUp(purge: () => Promise<unknown>, letsGo = (): boolean => true) {
  const store = new Store(':memory:');
  store.transact(() => store.s3.buckets.insert({ bucketName: 'b', ownerId: '1', region: 'r', createdAt: 'now' }));
  writeFileSync(join(blobs, 'blob'), 'bytes');
  const steps: string[] = [];
  const serving = (name: string) => ({
    gateway: named(name),
    endRequests: () => void steps.push(`end ${name}`),
    stop: () => Promise.resolve(letsGo()),
    closeListeners: () => Promise.resolve(void steps.push(`close ${name}`)),
  });
  let current = serving('first');
  let count = 0;
  const frontDoor = new FrontDoor();
  frontDoor.open(current.gateway);
  const quiet = { purge: () => Promise.resolve([]) };
  const records = { clear: () => void steps.push('records') } as never;
  const reset = new Reset({
    state: { store, paths: { blobs }, audit: records, refusals: records },
    drivers: { containers: quiet, placement: quiet, dataMounts: quiet, tunnels: quiet, network: { purge } },
    dataPlane: { cut: () => Promise.resolve(void steps.push('cut')) },
    frontDoor,
    clock: systemClock,
    log: (message) => void steps.push(message),
    serving: () => current,
    serveAnew: () => {
      count += 1;
      current = serving(`anew ${count}`);
      return current;
    },
  });
  return { reset, frontDoor, store, steps, asked: async (target: string) => textOf(await frontDoor.plan(head(target))) };
}

it('lets requests wait while it goes on, and answers them from what serves anew', async () => {
  const purged = Promise.withResolvers<unknown>();
  const { reset, store, asked, steps } = setUp(() => purged.promise);
  const running = reset.run();
  await sleep(0);
  const waiting = asked('/');
  purged.resolve([]);
  await running;
  expect(await waiting).toBe('200 anew 1');
  expect([store.s3.buckets.list(), readdirSync(blobs)]).toEqual([[], []]);
  expect(steps).toEqual(['end first', 'cut', 'close first', 'records', 'records', 'everything was reset']);
});

it('runs one after the other', async () => {
  let running = 0;
  const { reset, asked } = setUp(async () => {
    running += 1;
    expect(running).toBe(1);
    await sleep(5);
    running -= 1;
  });
  await Promise.all([reset.run(), reset.run(), reset.run()]);
  expect(await asked('/')).toBe('200 anew 3');
});

it.each([
  ['the machine keeps something', () => Promise.reject(new Error('busy')), () => true, 'busy'],
  ['a job does not let go', () => Promise.resolve(), () => false, 'a job or a reconciler is in the middle of something that does not end'],
])('serves nothing when %s, and forgets nothing, until another one succeeds', async (_when, purge, letsGo, reason) => {
  let fails = true;
  const { reset, store, asked } = setUp(
    () => (fails ? purge() : Promise.resolve()),
    () => (fails ? letsGo() : true),
  );
  await expect(reset.run()).rejects.toThrow(reason);
  const refused = JSON.stringify({ message: `A reset did not succeed, and nothing is served before one does: ${reason}` });
  expect(await asked('/')).toBe(`503 ${refused}`);
  expect(await asked('/moto-api/reset')).toBe('200 first');
  expect([store.s3.buckets.count(), readdirSync(blobs)]).toEqual([1, ['blob']]);
  fails = false;
  await reset.run();
  expect(await asked('/')).toBe('200 anew 1');
  expect([store.s3.buckets.count(), readdirSync(blobs)]).toEqual([0, []]);
});
