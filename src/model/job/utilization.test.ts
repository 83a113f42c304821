import { expect, it } from 'vitest';
import { utilizationOf, utilizationText } from './utilization.ts';

const first = { atMs: 1_000, cpuSeconds: 1, memoryBytes: 3 << 20 };
const second = { atMs: 6_000, cpuSeconds: 8.5, memoryBytes: 2 << 20, disk: { usedBytes: 1, sizeBytes: 8 } };

it('counts processors between two samples, memory and disk at the second', () => {
  expect(utilizationOf(undefined, second, 8 << 20, 0)).toBeUndefined();
  expect(utilizationOf(second, second, 8 << 20, 0)).toBeUndefined();
  expect(utilizationOf(first, second, 8 << 20, 0)).toEqual({
    at: '1970-01-01T00:00:06.000Z',
    cpuUtilization: 150,
    memoryUtilization: 25,
    diskUtilization: 12.5,
    peakMemoryBytes: 3 << 20,
  });
  expect(utilizationOf(first, second, 8 << 20, 4 << 20)?.peakMemoryBytes).toBe(4 << 20);
});

it('is told in the names of AWS', () => {
  const told = utilizationOf(first, second, 8 << 20, 0);
  expect(told && utilizationText(told)).toBe('CPUUtilization 150 %, MemoryUtilization 25 %, DiskUtilization 12.5 %, at most 3 MiB of memory');
});
