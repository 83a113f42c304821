import { expect, it } from 'vitest';
import { runEndurance } from '../../crash/endurance.ts';
import { growsOn, slopeOf } from '../../crash/growth.ts';

/** A part of `npm run crash -- --endurance`: what a job leaves shows after a few; only growth that is small needs many. */

const allMs = 300_000;

it('forgets every job: objects, handles, descriptors, namespaces, containers and files', { timeout: allMs }, async () => {
  const { faults, samples } = await runEndurance({ inARow: 4, every: 2, atOnce: 8 }, () => undefined);
  expect(faults).toEqual([]);
  expect(samples).toHaveLength(4);
});

it('tells growth from the filling of a cache, and from noise', () => {
  expect(slopeOf([1, 3, 5, 7])).toBe(2);
  const noise = [3, -2, 1, 0, -3, 2, 0, 1, -1, 2];
  const fills = [0, 50, 80, 95, 99, 100, 100, 100, 100, 100];
  expect(growsOn(noise, 1)).toBe(false);
  expect(
    growsOn(
      fills.map((value, index) => value + (noise[index] ?? 0)),
      1,
    ),
  ).toBe(false);
  expect(
    growsOn(
      noise.map((value, index) => value + 5 * index),
      1,
    ),
  ).toBe(true);
});
