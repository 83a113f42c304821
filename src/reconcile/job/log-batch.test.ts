import { describe, expect, it } from 'vitest';
import { batchBytesMax, batchSpanMs, eventBytes } from '../../model/logs/event-batch.ts';
import { LogBatch } from './log-batch.ts';

const line = (text: string, ms = 0) => ({ time: new Date(ms), stream: 'stdout' as const, text });

describe('a batch of log lines', () => {
  it('is in order of time although two streams are not', () => {
    const batch = new LogBatch();
    for (const ms of [5, 3, 7]) batch.add(line('x', ms));
    expect(batch.take().map(({ timestamp }) => timestamp)).toEqual([5, 5, 7]);
  });

  it('keeps to the order of the batch before', () => {
    const batch = new LogBatch();
    batch.add(line('x', 5));
    batch.take();
    batch.add(line('x', 3));
    expect(batch.take()).toEqual([{ timestamp: 5, message: 'x' }]);
  });

  it('sends an empty line as a space', () => {
    const batch = new LogBatch();
    batch.add(line(''));
    expect(batch.take()).toEqual([{ timestamp: 0, message: ' ' }]);
  });

  it('holds no more bytes than one request may', () => {
    const batch = new LogBatch();
    const long = line('é'.repeat(50_000));
    while (batch.add(long));
    const events = batch.take();
    const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
    expect(bytes).toBeLessThanOrEqual(batchBytesMax);
    expect(bytes + eventBytes({ message: long.text })).toBeGreaterThan(batchBytesMax);
    expect(batch.add(long)).toBe(true);
  });

  it('spans no more than a day', () => {
    const batch = new LogBatch();
    expect([0, batchSpanMs, batchSpanMs + 1].map((ms) => batch.add(line('x', ms)))).toEqual([true, true, false]);
  });
});
