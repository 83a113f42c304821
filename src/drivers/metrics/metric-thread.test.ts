import { expect, it } from 'vitest';
import { MetricThread } from './metric-thread.ts';

const lines = (count: number, message: string) => Array.from({ length: count }, (_, timestamp) => ({ timestamp, message }));

it('reads metrics in its thread, and refuses definitions in words', async () => {
  const metrics = new MetricThread();
  expect(await metrics.problem([{ name: 'a', regex: 'a=(\\d+)' }])).toBeUndefined();
  expect(await metrics.problem([{ name: 'a', regex: '(' }])).toContain('the regular expression of a cannot be used');
  expect(await metrics.read([{ name: 'a', regex: 'a=(\\d+)' }], lines(3, 'a=7'))).toEqual([{ name: 'a', value: 7, timestamp: 2 }]);
});

it('patterns beyond their deadline end with their thread, and the next job has another', async () => {
  const metrics = new MetricThread();
  const slow = Array.from({ length: 40 }, (_, index) => ({ name: `m${index}`, regex: '(\\pL{1,240}\\pN{1,240})' }));
  const stuck = metrics.read(slow, lines(500, 'ab'.repeat(4_096)));
  const next = metrics.read([{ name: 'a', regex: 'a=(\\d+)' }], lines(1, 'a=1'));
  await expect(stuck).rejects.toThrow('metricsMs');
  expect(await next).toEqual([{ name: 'a', value: 1, timestamp: 0 }]);
});
