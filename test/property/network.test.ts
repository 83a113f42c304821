import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routingChanges } from '../../src/drivers/network/linux/changes.ts';
import { changeTransaction } from '../../src/drivers/network/linux/rules.ts';
import { compile, linksOf } from '../../src/model/network/compile.ts';
import { stages } from '../../src/model/network/gates.ts';
import type { RoutePlan, Ruleset } from '../../src/model/network/plan.ts';
import { compileRuleset } from '../../src/model/network/ruleset.ts';
import { printRuleset } from '../../src/model/network/ruleset-text.ts';
import { trace, type Question } from '../../src/model/network/trace.ts';
import { viewOf } from '../../src/model/network/view.ts';
import type { SecurityGroupRule, World } from '../../src/model/network/world.ts';
import { present } from '../../src/stdx/assert.ts';
import { HeldRuleset } from '../fakes/held-ruleset.ts';
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
    networkAcls: turn(world.networkAcls).map((acl) => ({ ...acl, entries: turn(acl.entries), subnetIds: turn(acl.subnetIds) })),
    securityGroups: turn(world.securityGroups),
    networkInterfaces: turn(world.networkInterfaces).map((networkInterface) => ({ ...networkInterface, groupIds: turn(networkInterface.groupIds) })),
    gatewayEndpoints: turn(world.gatewayEndpoints),
    interfaceEndpoints: turn(world.interfaceEndpoints),
    internetGateways: turn(world.internetGateways),
    elasticIps: turn(world.elasticIps),
    natGateways: turn(world.natGateways),
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
        const { ruleset } = compile(world, vpcId).router;
        const { objects } = ruleset;
        const text = printRuleset(ruleset);
        const counters = new Set(objects.flatMap(({ kind, name }) => (kind === 'counter' ? [name] : [])));
        const all = (pattern: RegExp): Set<string> => new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));
        const chains = all(/^ {2}chain (\S+) \{/gm);
        const sets = all(/^ {2}(?:set|map) (\S+) \{/gm);
        expect([...all(/(?:goto|jump) ([^\s,]+)/g)].filter((name) => !chains.has(name))).toEqual([]);
        expect([...all(/@(\S+)/g)].filter((name) => !sets.has(name))).toEqual([]);
        expect([...all(/counter name "([^"]+)"/g)].filter((name) => !counters.has(name))).toEqual([]);
        expect(new Set(objects.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(objects.length);
        const hooks = text.split('\n').filter((line) => line.includes(' hook '));
        expect(hooks.every((line) => line.endsWith('policy drop;'))).toBe(true);
        // A stage that lets everything pass is left out: only those of ACLs can.
        const closable = stages.filter(({ name }) => !name.endsWith('-acl'));
        expect(hooks.length).toBeGreaterThanOrEqual(closable.length + 2 + 4);
        expect(hooks.length).toBeLessThanOrEqual(stages.length + 2 + 4);
        expect(closable.filter(({ name }) => !chains.has(name))).toEqual([]);
      }),
    );
  });

  it('says the same of links whose gates it writes once', () => {
    const alone = stages.map((stage) => ({ ...stage, gates: stage.gates.map((gate) => ({ ...gate, alike: () => undefined })) }));
    fc.assert(
      fc.property(worlds, (world) => {
        const view = viewOf(world, vpcId);
        const links = linksOf(view);
        const shared = judgements(compileRuleset(view, links));
        expect(judgements(compileRuleset(view, links, alone))).toEqual(shared);
      }),
    );
  });

  it('asks for no change where the kernel holds the plan, and for nothing more than the change otherwise', () => {
    fc.assert(
      fc.property(worlds, worlds, (before, after) => {
        const planned = compile(after, vpcId).router;
        const held = compile(before, vpcId).router;
        expect(routingChanges('router', planned, planned)).toEqual({ put: [], rules: [], deleted: [] });
        const { put, rules, deleted } = routingChanges('router', planned, held);
        const routes = new Map(held.routes.map((route) => [`${route.table} ${route.destination}`, route]));
        for (const command of [...put, ...deleted]) {
          if (command.do !== 'put-route' && command.do !== 'delete-route') continue;
          const place = `${command.route.table} ${command.route.destination}`;
          if (command.do === 'put-route') routes.set(place, command.route as RoutePlan);
          else routes.delete(place);
        }
        const sorted = (items: Iterable<object>): string[] => [...items].map((item) => JSON.stringify(item, Object.keys(item).sort())).sort();
        expect(sorted(routes.values())).toEqual(sorted(planned.routes));
        const priorities = new Set(held.rules.map(({ priority }) => priority));
        for (const [, verb, , priority] of rules.map((line) => line.split(' '))) {
          if (verb === 'add') priorities.add(Number(priority));
          else priorities.delete(Number(priority));
        }
        expect(priorities).toEqual(new Set(planned.rules.map(({ priority }) => priority)));
      }),
    );
  });

  it('the lines between two rulesets make the second of the first, and none are between a ruleset and itself', () => {
    fc.assert(
      fc.property(worlds, worlds, (before, after) => {
        const [first, second] = [before, after].map((world) => compile(world, vpcId).router.ruleset);
        expect(changeTransaction(present(second, 'there are two'), present(second, 'there are two'))).toBe('');
        const held = new HeldRuleset(present(first, 'there are two'));
        const lines = changeTransaction(present(first, 'there are two'), present(second, 'there are two'));
        held.run(present(lines, 'rulesets of one make differ by lines'));
        expect(held.shown()).toEqual(new HeldRuleset(present(second, 'there are two')).shown());
      }),
    );
  });
});

/** What each link meets in each stage, chains of chains written out. */
function judgements({ objects }: Ruleset): unknown {
  const chains = new Map(objects.flatMap((object) => (object.kind === 'chain' ? [[object.name, object.statements] as const] : [])));
  const writtenOut = (name: string): string[] =>
    (chains.get(name) ?? []).flatMap((statement) => {
      const target = /^goto (\S+)$/u.exec(statement)?.[1];
      return target === undefined ? [statement] : writtenOut(target);
    });
  return objects.flatMap((object) =>
    object.kind === 'map' ? [[object.name, object.elements.map(([key, verdict]) => [key, writtenOut(verdict.replace('goto ', ''))])]] : [],
  );
}

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
