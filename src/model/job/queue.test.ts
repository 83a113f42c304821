import { expect, it } from 'vitest';
import { instancesAtOnce, queueTurn, waitingMessage, type QueuedJob } from './queue.ts';

const gib = 2 ** 30;
const job = (name: string, change: Partial<QueuedJob> = {}): QueuedJob => ({
  name,
  instances: 1,
  gpus: 0,
  isBegun: false,
  isStopping: false,
  ...change,
});

it('lets in as many instances as there is room for, in order', () => {
  const jobs = [job('a', { isBegun: true }), job('b', { instances: 2 }), job('c'), job('d')];
  expect(queueTurn(jobs, 4)).toEqual({ running: ['a', 'b', 'c'], waiting: ['d'] });
});

it('lets nobody overtake one that is larger', () => {
  const jobs = [job('a', { isBegun: true }), job('large', { instances: 4 }), job('small')];
  expect(queueTurn(jobs, 4)).toEqual({ running: ['a'], waiting: ['large', 'small'] });
});

it('runs one that is larger than the machine alone', () => {
  expect(queueTurn([job('large', { instances: 20 }), job('small')], 4)).toEqual({ running: ['large'], waiting: ['small'] });
});

it('lets go on what has begun, also when there is room for less now', () => {
  const jobs = ['a', 'b', 'c'].map((name) => job(name, { isBegun: true }));
  expect(queueTurn([job('first'), ...jobs], 1)).toEqual({ running: ['a', 'b', 'c'], waiting: ['first'] });
});

it('ends at once what is to stop before it began, and counts nothing of it', () => {
  const jobs = [job('a', { isBegun: true }), job('b'), job('stopped', { isStopping: true, instances: 9 })];
  expect(queueTurn(jobs, 1)).toEqual({ running: ['a', 'stopped'], waiting: ['b'] });
});

it('gives the GPUs to one job at a time', () => {
  expect(queueTurn([job('a', { gpus: 1 }), job('b', { gpus: 1 }), job('c')], 9)).toEqual({ running: ['a'], waiting: ['b', 'c'] });
});

it('knows a number for every machine', () => {
  expect(instancesAtOnce({ cpus: 2, memoryBytes: 24 * gib, gpus: 0 })).toBe(64);
  expect(instancesAtOnce({ cpus: 64, memoryBytes: 4 * gib, gpus: 0 })).toBe(16);
  expect(instancesAtOnce({ cpus: 1, memoryBytes: 1, gpus: 0 })).toBe(1);
});

it('says how many wait longer', () => {
  expect([0, 1, 3].map(waitingMessage)).toEqual([
    'Waiting for capacity: it is the next.',
    'Waiting for capacity: 1 job before it.',
    'Waiting for capacity: 3 jobs before it.',
  ]);
});
