import { describe, expect, it } from 'vitest';
import { heldInside, heldRouter, heldRuleset } from '../../../../test/fakes/held-network.ts';
import { addresses, enis, ids, sampleWorld } from '../../../../test/kernel/network/sample-world.ts';
import { present } from '../../../stdx/assert.ts';
import { compile } from '../compile.ts';
import type { HeldNamespace } from '../held.ts';
import { viewOf } from '../view.ts';
import type { Fact } from './fact.ts';
import { gatewayEndpointFacts, networkInterfaceFacts, routeTableFacts, securityGroupFacts, subnetFacts, vpcFacts } from './inspect.ts';
import type { Inspected, InspectedLink } from './subject.ts';

const view = viewOf(sampleWorld(), ids.vpc);
const plan = compile(sampleWorld(), ids.vpc);
const rules = heldRuleset(plan.router.ruleset);
const insideRules = { chains: new Map([['input', ['drop']]]), sets: new Map<string, readonly string[]>() };
const noRules = { chains: new Map<string, readonly string[]>(), sets: new Map<string, readonly string[]>() };
const resolver = ['udp 10.0.0.2:53'];
const listener = ['tcp 0.0.0.0:443'];

const whole: Inspected = { view, plan, rules, appliedGeneration: 1, router: { ...heldRouter(plan), sockets: resolver } };
const broken = (change: Partial<HeldNamespace>): Inspected => ({ ...whole, router: { ...heldRouter(plan), sockets: resolver, ...change } });
const without = (lines: readonly string[] | undefined, text: string): string[] => (lines ?? []).filter((line) => !line.includes(text));

function linkOf(id: string, change: Partial<HeldNamespace> = {}): InspectedLink {
  const link = present(
    plan.links.find((candidate) => candidate.id === id),
    'it is planned',
  );
  const isEndpoint = id === ids.endpoint;
  const held = heldInside(link, isEndpoint ? insideRules : noRules, isEndpoint ? listener : []);
  return {
    plan: link,
    namespace: `x-${link.link}`,
    inside: { ...held, ...change },
    sockets: isEndpoint ? listener : [],
    ...(isEndpoint ? { insideRules } : {}),
  };
}

const found = <Row>(rows: readonly Row[], test: (row: Row) => boolean): Row => present(rows.find(test), 'it is in the world');
const subjects = {
  vpc: (inspected: Inspected) => vpcFacts(inspected, resolver, 'x-v1'),
  subnet: (inspected: Inspected) => subnetFacts(inspected, present(view.subnets.get(ids.subnetB), 'there')),
  routeTable: (inspected: Inspected) =>
    routeTableFacts(
      inspected,
      found(view.routeTables, ({ routeTableId }) => routeTableId === ids.s3Table),
    ),
  group: (inspected: Inspected) => securityGroupFacts(inspected, present(view.groups.get(ids.server), 'there')),
  eni: (inspected: Inspected, link = linkOf(enis.b)) =>
    networkInterfaceFacts(
      inspected,
      link,
      found(view.networkInterfaces, ({ networkInterfaceId }) => networkInterfaceId === enis.b),
    ),
  endpoint: (inspected: Inspected, link = linkOf(ids.endpoint)) => gatewayEndpointFacts(inspected, link, present(view.gatewayEndpoints[0], 'there')),
};
const marked = (facts: readonly Fact[]): string[] => facts.filter(({ agrees }) => !agrees).map(({ fact }) => fact);
const factOf = (facts: readonly Fact[], name: string): Fact => found(facts, ({ fact }) => fact === name);

describe('in a kernel that holds the plan', () => {
  it.each(Object.entries(subjects))('everything about a %s agrees, and the kernel says all that is planned', (_kind, facts) => {
    const all = facts(whole);
    expect(marked(all)).toEqual([]);
    expect(all.filter(({ planned }) => planned.length > 0).map(({ kernel }) => kernel.length > 0)).not.toContain(false);
    expect(all.filter(({ kernel }) => kernel.length > 0).length).toBeGreaterThanOrEqual(2);
  });

  it('what the rows say is in the words of the API', () => {
    expect(factOf(subjects.routeTable(whole), 'route 198.18.0.0/24')).toEqual({
      fact: 'route 198.18.0.0/24',
      stored: [`${ids.prefixList} → ${ids.endpoint}`],
      planned: ['table 1002 198.18.0.0/24 via 169.254.1.2 dev s3'],
      kernel: ['table 1002 198.18.0.0/24 via 169.254.1.2 dev s3'],
      agrees: true,
    });
    const facts = subjects.group(whole);
    expect(factOf(facts, 'ingress sgr-0004').stored).toEqual([`ingress tcp 7999 from ${ids.client}`]);
    expect(factOf(facts, 'members as a peer').stored).toEqual([addresses.server]);
  });
});

describe('marks', () => {
  it('what is missing where the interface is', () => {
    const facts = (change: Partial<HeldNamespace>): string[] => marked(subjects.eni(whole, linkOf(enis.b, change)));
    const inside = linkOf(enis.b).inside;
    expect(facts({ routes: without(inside?.routes, 'default') })).toEqual(['routes inside']);
    expect(facts({ addresses: [] })).toEqual(['addresses']);
    expect(facts({ neighbours: [] })).toEqual(['neighbour inside']);
    expect(facts({ links: [{ name: 'eth0', alias: '', mac: '02:00:00:00:00:99', up: false }] })).toEqual(['MAC', 'link']);
    const { inside: _gone, ...link } = linkOf(enis.b);
    expect(marked(subjects.eni(whole, { ...link, inside: undefined }))).toEqual([
      'namespace',
      'MAC',
      'addresses',
      'link',
      'routes inside',
      'neighbour inside',
    ]);
  });

  it('what is missing in the router', () => {
    const router = whole.router;
    expect(marked(subjects.eni(broken({ routes: without(router?.routes, 'dev e12') })))).toEqual(['routes to it']);
    expect(marked(subjects.subnet(broken({ routes: without(router?.routes, 'dev e12') })))).toEqual(['network interfaces']);
    expect(marked(subjects.vpc(broken({ routes: without(router?.routes, 'dev e12') })))).toEqual(['local routes']);
    expect(marked(subjects.routeTable(broken({ routes: without(router?.routes, 'dev s3') })))).toEqual(['route 198.18.0.0/24']);
    expect(marked(subjects.routeTable(broken({ routes: [...(router?.routes ?? []), 'table 1002 8.8.8.8 dev e12'] })))).toEqual(['route 8.8.8.8']);
    expect(marked(subjects.routeTable(broken({ rules: [] })))).toEqual([`rule of ${ids.s3Table}`]);
    expect(marked(subjects.vpc(broken({ sockets: [] })))).toEqual(['resolver']);
    expect(marked(subjects.vpc({ ...whole, appliedGeneration: 0 }))).toEqual(['generation']);
  });

  it('rules that were taken out, changed or put in', () => {
    const change = (name: string, edit: (lines: readonly string[]) => readonly string[]): Inspected => {
      const chains = new Map(rules.chains);
      chains.set(name, edit(chains.get(name) ?? []));
      return broken({ ruleset: { ...rules, chains } });
    };
    const ingress = `ingress.${ids.server}`;
    const flushed = change(ingress, () => []);
    expect(marked(subjects.group(flushed))).toEqual(['ingress sgr-0004']);
    expect(marked(subjects.vpc(flushed))).toEqual([`chain ${ingress}`]);
    const widened = change(ingress, (lines) => lines.map((line) => line.replace('tcp dport 7999 ', '')));
    expect(marked(subjects.group(widened))).toEqual(['ingress sgr-0004']);
    expect(marked(subjects.group(change(ingress, (lines) => ['accept', ...lines])))).toEqual(['ingress, other statements']);
    expect(marked(subjects.eni(change('source', (lines) => ['accept', ...lines])))).toEqual(['source gates']);
    expect(marked(subjects.vpc(change('somebody-elses', () => ['accept'])))).toEqual(['chain somebody-elses']);
  });

  it('members and prefixes that differ', () => {
    const sets = new Map(rules.sets);
    sets.set(`group.${ids.server}`, [addresses.server, '10.0.2.99']);
    sets.set(`prefixes.${ids.prefixList}`, []);
    const changed = broken({ ruleset: { ...rules, sets } });
    expect(marked(subjects.group(changed))).toEqual(['members as a peer']);
    expect(marked(subjects.endpoint(changed))).toEqual(['prefix list']);
    expect(marked(subjects.endpoint(whole, linkOf(ids.endpoint, { ruleset: noRules, sockets: [] })))).toEqual(['input inside', 'listener']);
  });
});
