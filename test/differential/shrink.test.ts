import { expect, it } from 'vitest';
import { Dice, randomWorld } from './random-world.ts';
import { shrink, smallerWorlds } from './shrink.ts';

const rulesOf = (world: ReturnType<typeof randomWorld>): number => world.securityGroups.reduce((sum, { rules }) => sum + rules.length, 0);

it('leaves nothing but what the mismatch needs', async () => {
  const world = randomWorld(new Dice(3), 1);
  expect(rulesOf(world)).toBeGreaterThan(1);
  const needed = world.securityGroups.flatMap(({ rules }) => rules)[0]?.securityGroupRuleId;
  const small = await shrink(world, async (smaller) =>
    Promise.resolve(smaller.securityGroups.some(({ rules }) => rules.some(({ securityGroupRuleId }) => securityGroupRuleId === needed))),
  );
  expect(rulesOf(small)).toBe(1);
  expect(small.routeTables.flatMap(({ routes, subnetIds }) => [...routes, ...subnetIds])).toEqual([]);
  expect(small.vpcs[0]?.generation).toBeGreaterThan(1);
});

it('never makes two worlds that are the same size or larger', () => {
  const world = randomWorld(new Dice(4), 1);
  const size = JSON.stringify(world).length;
  for (const smaller of smallerWorlds(world)) expect(JSON.stringify(smaller).length).toBeLessThan(size);
});
