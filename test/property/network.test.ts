import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRoute } from '../../src/drivers/network/linux/kernel-state.ts';
import { routingChanges } from '../../src/drivers/network/linux/changes.ts';
import { compile } from '../../src/model/network/compile.ts';
import { stages } from '../../src/model/network/gates.ts';
import { trace, type Question } from '../../src/model/network/trace.ts';
import type { SecurityGroupRule, World } from '../../src/model/network/world.ts';
import { destinations, Dice, interfaceNumbers, ports, randomWorld, vpcId } from '../differential/random-world.ts';

const worlds = fc.integer({ min: 0, max: 2 ** 30 }).map((seed) => randomWorld(new Dice(seed), 1));
const questions = fc
  .record({
    from: fc.constantFrom(...interfaceNumbers.map((number) => `eni-${number}`)),
    to: fc.constantFrom(...destinations),
    protocol: fc.constantFrom<Question['protocol'][]>('tcp', 'udp', 'icmp', 47),
    port: fc.constantFrom(...ports),
  })
  .map(({ port, ...question }): Question => (question.protocol === 'tcp' || question.protocol === 'udp' ? { ...question, port } : question));

function reversed(world: World): World {
  const turn = <T>(items: readonly T[]): T[] => items.toReversed();
  return {
    region: world.region,
    vpcs: turn(world.vpcs),
    subnets: turn(world.subnets),
    routeTables: turn(world.routeTables).map((table) => ({ ...table, routes: turn(table.routes), subnetIds: turn(table.subnetIds) })),
    securityGroups: turn(world.securityGroups),
    networkInterfaces: turn(world.networkInterfaces).map((networkInterface) => ({ ...networkInterface, groupIds: turn(networkInterface.groupIds) })),
    gatewayEndpoints: turn(world.gatewayEndpoints),
    prefixLists: turn(world.prefixLists),
  };
}

describe('compile', () => {
  it('does not depend on the order of the world', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(compile(reversed(world), vpcId)).toEqual(compile(world, vpcId));
      }),
    );
  });

  it('names nothing that is not there, and leaves nothing open', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { text, objects, baseChains, lastingSets } = compile(world, vpcId).router.ruleset;
        const counters = new Set(objects.flatMap(({ kind, name }) => (kind === 'counter' ? [name] : [])));
        const all = (pattern: RegExp): Set<string> => new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));
        const chains = all(/^ {2}chain (\S+) \{/gm);
        const sets = all(/^ {2}(?:set|map) (\S+) \{/gm);
        expect([...all(/(?:goto|jump) ([^\s,]+)/g)].filter((name) => !chains.has(name))).toEqual([]);
        expect([...all(/@(\S+)/g)].filter((name) => !sets.has(name))).toEqual([]);
        expect([...all(/counter name "([^"]+)"/g)].filter((name) => !counters.has(name))).toEqual([]);
        expect([...baseChains, ...lastingSets].filter((name) => !chains.has(name) && !sets.has(name))).toEqual([]);
        const hooks = text.split('\n').filter((line) => line.includes(' hook '));
        expect(hooks.every((line) => line.endsWith('policy drop;'))).toBe(true);
        expect(hooks).toHaveLength(stages.length + 2 + 4);
      }),
    );
  });

  it('asks for no change where the kernel holds the plan, and for nothing more than the change otherwise', () => {
    fc.assert(
      fc.property(worlds, worlds, (before, after) => {
        const stateOf = (world: World) => {
          const { router } = compile(world, vpcId);
          return {
            links: [],
            objects: [],
            addresses: router.addresses,
            priorities: router.rules.map((rule) => rule.priority),
            routes: router.routes,
          };
        };
        expect(routingChanges(compile(after, vpcId).router, stateOf(after))).toEqual([]);
        const routes = new Map(stateOf(before).routes.map((route) => [`${route.table} ${route.destination}`, route]));
        for (const line of routingChanges(compile(after, vpcId).router, stateOf(before))) {
          const words = line.split(' ');
          if (words[0] !== 'route') continue;
          const [type, ...rest] = ['local', 'throw', 'blackhole'].includes(words[2] ?? '') ? words.slice(2) : ['unicast', ...words.slice(2)];
          const after = (word: string): string | undefined => (rest.includes(word) ? rest[rest.indexOf(word) + 1] : undefined);
          const [route] = readRoute({
            type: type ?? '',
            dst: rest[0] ?? '',
            table: after('table') ?? '',
            ...(after('via') === undefined ? {} : { gateway: after('via') ?? '' }),
            ...(after('dev') === undefined ? {} : { dev: after('dev') ?? '' }),
          });
          const place = `${route?.table} ${route?.destination}`;
          if (words[1] === 'del') routes.delete(place);
          else if (route !== undefined) routes.set(place, route);
        }
        const sorted = (items: Iterable<object>): string[] => [...items].map((item) => JSON.stringify(item, Object.keys(item).sort())).sort();
        expect(sorted(routes.values())).toEqual(sorted(compile(after, vpcId).router.routes));
      }),
    );
  });
});

describe('trace', () => {
  it('ends at the gate that refuses, or accepts after every stage', () => {
    fc.assert(
      fc.property(worlds, questions, (world, question) => {
        const { verdict, steps, decidedBy } = trace(world, question);
        expect(decidedBy).toBe(steps.at(-1));
        expect(steps.slice(0, -1).every((step) => step.passed)).toBe(true);
        expect(decidedBy.passed).toBe(verdict === 'accepted');
      }),
    );
  });

  it('a rule more never closes what was open', () => {
    const extra: SecurityGroupRule = { securityGroupRuleId: 'sgr-extra', direction: 'egress', protocol: 'all', peer: { cidrBlock: '0.0.0.0/0' } };
    fc.assert(
      fc.property(worlds, questions, fc.nat(3), fc.constantFrom('egress', 'ingress'), (world, question, index, direction) => {
        const groups = world.securityGroups.map((group, i) => (i === index ? { ...group, rules: [...group.rules, { ...extra, direction }] } : group));
        const before = trace(world, question).verdict;
        expect([before, 'accepted']).toContain(trace({ ...world, securityGroups: groups }, question).verdict);
      }),
    );
  });

  it('without groups nothing but names leaves an interface', () => {
    fc.assert(
      fc.property(worlds, questions, (world, question) => {
        const bare = { ...world, networkInterfaces: world.networkInterfaces.map((n) => ({ ...n, groupIds: [] })) };
        const { verdict, arrivesAt } = trace(bare, question);
        expect(verdict === 'dropped' || arrivesAt.kind === 'resolver' || arrivesAt.kind === 'itself').toBe(true);
      }),
    );
  });
});
