import type { World } from '../../src/model/network/world.ts';

const attemptsMax = 300;

/**
 * A smaller world of which the test still holds: one thing after the other is left out, as long as that changes nothing.
 * Bounded, and so not always the smallest.
 */
export async function shrink(world: World, holds: (smaller: World) => Promise<boolean>): Promise<World> {
  let smallest = world;
  let attempts = 0;
  for (let found = true; found;) {
    found = false;
    for (const smaller of smallerWorlds(smallest)) {
      attempts += 1;
      if (attempts > attemptsMax) return smallest;
      const next = { ...smaller, vpcs: smaller.vpcs.map((vpc) => ({ ...vpc, generation: vpc.generation + attempts })) };
      if (!(await holds(next))) continue;
      smallest = next;
      found = true;
      break;
    }
  }
  return smallest;
}

/** Each with one thing less: a group's rule, a route, an ACL's entry, an association, an interface's group. */
export function* smallerWorlds(world: World): Generator<World> {
  yield* withShorter(world, 'securityGroups', 'rules');
  yield* withShorter(world, 'routeTables', 'routes');
  yield* withShorter(world, 'networkAcls', 'entries');
  yield* withShorter(world, 'routeTables', 'subnetIds');
  yield* withShorter(world, 'networkAcls', 'subnetIds');
  yield* withShorter(world, 'networkInterfaces', 'groupIds');
}

function* withShorter<Collection extends keyof World>(world: World, collection: Collection, member: string): Generator<World> {
  const items = world[collection] as unknown as readonly Readonly<Record<string, unknown>>[];
  for (const [index, item] of items.entries()) {
    const list = item[member] as readonly unknown[];
    for (const left of list.keys()) yield { ...world, [collection]: items.with(index, { ...item, [member]: list.toSpliced(left, 1) }) };
  }
}
