import type { HeldNamespace } from '../held.ts';
import type { EdgeLinkPlan } from '../plan.ts';
import { linkEndpoint } from '../reserved.ts';
import { derived, type Fact, onlyStored } from './fact.ts';
import { linkFacts, upText } from './link-facts.ts';
import { type Inspected, type InspectedLink, setOf } from './subject.ts';

/** An internet gateway that is attached: a link to the router, and one to the edge. `edge` is undefined when there is no such namespace. */
export function internetGatewayFacts(inspected: Inspected, link: InspectedLink, edge: HeldNamespace | undefined): Fact[] {
  return [...linkFacts(inspected, link, {}), ...(link.plan.edge === undefined ? [] : edgeFacts(link, link.plan.edge, edge))];
}

function edgeFacts({ inside }: InspectedLink, { link, publicIps }: EdgeLinkPlan, edge: HeldNamespace | undefined): Fact[] {
  const outer = edge?.links.find(({ name }) => name === link);
  const inner = inside?.links.find(({ name }) => name === 'edge');
  const planned = publicIps.map((publicIp) => edgeRoute(publicIp, link)).toSorted();
  const held = (edge?.routes ?? []).filter((route) => route.endsWith(` dev ${link}`));
  return [
    derived('link to the edge', [], [`${link} up`, 'edge up'], [...upText(link, outer), ...upText('edge', inner)]),
    derived('routes in the edge', publicIps, planned, held),
  ];
}

/** An Elastic IP that an interface has: what its gateway makes of it, and the edge's way there. */
export function elasticIpFacts(publicIp: string, { plan, inside, insideRules }: InspectedLink, edge: HeldNamespace | undefined): Fact[] {
  const own = (lines: readonly string[]): string[] => lines.filter((line) => line.split(' ').includes(publicIp));
  const maps = [...(insideRules?.sets.keys() ?? [])].map((name) =>
    derived(`${name} of ${plan.id}`, [publicIp], own(setOf(insideRules, name)), own(setOf(inside?.ruleset, name))),
  );
  const planned = plan.edge?.publicIps.includes(publicIp) === true ? [edgeRoute(publicIp, plan.edge.link)] : [];
  const held = (edge?.routes ?? []).filter((route) => route.startsWith(`${publicIp} `));
  return [...maps, derived('route in the edge', [publicIp], planned, held)];
}

const edgeRoute = (publicIp: string, link: string): string => `${publicIp} via ${linkEndpoint} dev ${link}`;

export const storedFacts = (facts: Readonly<Record<string, string | undefined>>): Fact[] =>
  Object.entries(facts).map(([fact, text]) => onlyStored(fact, text === undefined ? [] : [text]));
