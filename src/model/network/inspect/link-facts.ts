import { stages } from '../gates.ts';
import type { HeldRuleset } from '../held.ts';
import type { InsideRoute, LinkPlan } from '../plan.ts';
import { tunnelDevice } from '../tunnel.ts';
import { amongst, derived, type Fact, stated } from './fact.ts';
import { chainOf, type Inspected, type InspectedLink, routeTexts, setOf } from './subject.ts';

/** What every network interface and gateway endpoint is in the kernel: a namespace, a link, the way to it, its gates. */
export function linkFacts(inspected: Inspected, link: InspectedLink, stored: { readonly address?: string; readonly mac?: string }): Fact[] {
  const { plan, inside } = link;
  const { router, rules } = inspected;
  const inner = inside?.links.find(({ name }) => name === 'eth0');
  const outer = router?.links.find(({ name }) => name === plan.link);
  const addresses = plan.inside.addresses.map(({ address, device }) => `${address} dev ${device}`).toSorted();
  const neighbour = `${plan.address} lladdr ${plan.mac} dev ${plan.link}`;
  const innerNeighbours = [`${plan.inside.neighbour.address} lladdr ${plan.inside.neighbour.mac} dev eth0`, ...edgeNeighbour(plan)].toSorted();
  const ways = routeTexts(inspected.plan, ({ device }) => device === plan.link);
  return [
    derived('namespace', [], [link.namespace], inside === undefined ? [] : [link.namespace]),
    stated('alias', [plan.id], [plan.id], outer === undefined ? [] : [outer.alias]),
    stated('MAC', stored.mac === undefined ? [plan.mac] : [stored.mac], [plan.mac], inner === undefined ? [] : [inner.mac]),
    derived('addresses', stored.address === undefined ? [] : [stored.address], addresses, inside?.addresses ?? []),
    derived('link', [], [`${plan.link} up`, 'eth0 up'], [...upText(plan.link, outer), ...upText('eth0', inner)]),
    derived(
      'routes inside',
      [],
      insideRoutes(plan),
      (inside?.routes ?? []).filter((route) => !isOfTunnel(route)),
    ),
    derived('neighbour inside', [], innerNeighbours, inside?.neighbours ?? []),
    derived('neighbour in the router', [], [neighbour], amongst([neighbour], router?.neighbours ?? [])),
    derived(
      'routes to it',
      [],
      ways,
      (router?.routes ?? []).filter((route) => route.split(' ').includes(plan.link)),
    ),
    ...stages.map(({ name }) => gatesFact(name, plan, rules, router?.ruleset)),
    ...insideRulesFacts(link),
    ...(link.sockets.length === 0 ? [] : [derived('listener', [], link.sockets, amongst(link.sockets, inside?.sockets ?? []))]),
  ];
}

export const upText = (name: string, link: { readonly up: boolean } | undefined): string[] =>
  link === undefined ? [] : [`${name} ${link.up ? 'up' : 'down'}`];

const insideRoutes = ({ inside, edge }: LinkPlan): string[] =>
  [...inside.routes.map((route) => insideRoute(route)), ...(edge === undefined ? [] : [`default via ${edge.address} dev edge`])].toSorted();

/** A job's, there while it runs: what they would lead past, the gate of tunnels drops. */
const isOfTunnel = (route: string): boolean => route.endsWith(` dev ${tunnelDevice}`);

const edgeNeighbour = ({ edge }: LinkPlan): string[] => (edge === undefined ? [] : [`${edge.address} lladdr ${edge.edgeMac} dev edge`]);

function insideRoute({ type, destination, via, device, source }: InsideRoute): string {
  const words = [
    ...(type === 'unicast' ? [] : [type]),
    destination,
    ...(via === undefined ? [] : ['via', via]),
    'dev',
    device,
    ...(source === undefined ? [] : ['src', source]),
  ];
  return words.join(' ');
}

/** Where packets of the link are sent to be judged, and the rules there. */
function gatesFact(stage: string, { link }: LinkPlan, planned: HeldRuleset, held: HeldRuleset | undefined): Fact {
  return derived(`${stage} gates`, [], gates(stage, link, planned), gates(stage, link, held));
}

export function gates(stage: string, link: string, ruleset: HeldRuleset | undefined): string[] {
  const entry = setOf(ruleset, `${stage}.links`).find((element) => element.startsWith(`"${link}" : `));
  if (entry === undefined) return [];
  const chain = entry.slice(entry.lastIndexOf(' ') + 1);
  // Links that share a chain are told apart by what maps say of them.
  const maps = [...(ruleset?.sets.keys() ?? [])].filter((name) => name.startsWith(`${stage}.`) && name !== `${stage}.links`).toSorted();
  const own = maps.flatMap((name) => setOf(ruleset, name).flatMap((element) => (element.startsWith(`"${link}"`) ? [`@${name} ${element}`] : [])));
  return [...chainOf(ruleset, stage), ...chainOf(ruleset, chain), ...own];
}

function insideRulesFacts({ inside, insideRules }: InspectedLink): Fact[] {
  if (insideRules === undefined) return [];
  return [
    ...Array.from(insideRules.chains, ([name, lines]) => derived(`${name} inside`, [], lines, chainOf(inside?.ruleset, name))),
    ...Array.from(insideRules.sets, ([name, lines]) => derived(`${name} inside`, [], lines, setOf(inside?.ruleset, name))),
  ];
}
