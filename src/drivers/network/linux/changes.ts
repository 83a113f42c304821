import type { LinkPlan, NftObject, RoutePlan, RouterPlan, Ruleset } from '../../../model/network/plan.ts';
import type { RouterState } from './kernel-state.ts';

/** The differences between a router and its plan, as commands. Pure. */

const placeOf = (route: RoutePlan): string => `${route.table} ${route.destination}`;
const describe = (route: RoutePlan): string => [placeOf(route), route.type, route.via ?? '', route.device ?? ''].join(' ');

function routeText(route: RoutePlan): string {
  const type = route.type === 'unicast' ? [] : [route.type];
  const via = route.via === undefined ? [] : ['via', route.via];
  const device = route.device === undefined ? [] : ['dev', route.device];
  const onlink = route.via === undefined ? [] : ['onlink'];
  return [...type, route.destination, ...via, ...device, ...onlink, 'table', String(route.table)].join(' ');
}

/** Lines for `ip -batch`: routes are replaced in place, so a packet always finds the old one or the new one. */
export function routingChanges(plan: RouterPlan, state: RouterState): string[] {
  const known = new Set(state.routes.map(describe));
  const places = new Set(plan.routes.map(placeOf));
  const missing = (wanted: readonly string[], present: readonly string[]): string[] => wanted.filter((item) => !present.includes(item));
  const priorities = new Set(plan.rules.map((rule) => rule.priority));
  return [
    ...missing(plan.addresses, state.addresses).map((address) => `addr replace ${address}/32 dev lo`),
    ...plan.routes.filter((route) => !known.has(describe(route))).map((route) => `route replace ${routeText(route)}`),
    ...plan.rules.filter((rule) => !state.priorities.includes(rule.priority)).map((rule) => `rule add priority ${rule.priority} ${rule.selector}`),
    ...state.priorities.filter((priority) => !priorities.has(priority)).map((priority) => `rule del priority ${priority}`),
    ...state.routes.filter((route) => !places.has(placeOf(route))).map((route) => `route del ${routeText(route)}`),
    ...missing(state.addresses, plan.addresses).map((address) => `addr del ${address}/32 dev lo`),
  ];
}

/** The router's side of a link. Open, it still passes nothing before the other end is. */
export const routerSide = (link: LinkPlan): string[] => [
  `link set dev ${link.link} alias ${link.id}`,
  `link set dev ${link.link} up`,
  `neigh replace ${link.address} lladdr ${link.mac} dev ${link.link} nud permanent`,
];

const kindOrder = ['map', 'set', 'chain', 'counter'] as const;

/**
 * One nft transaction that leaves exactly the plan's rules, whatever was there. Base chains stay hooked; counters and
 * the sets of dropped packets keep what they counted.
 */
export function rulesTransaction(ruleset: Ruleset, objects: readonly NftObject[]): string {
  const lasting: Readonly<Record<NftObject['kind'], ReadonlySet<string>>> = {
    map: new Set(),
    set: new Set(ruleset.lastingSets),
    chain: new Set(ruleset.baseChains),
    counter: new Set(ruleset.objects.filter((object) => object.kind === 'counter').map((object) => object.name)),
  };
  const stale = kindOrder.flatMap((kind) =>
    objects
      .filter((object) => object.kind === kind && !lasting[kind].has(object.name))
      .map(({ name }) => `delete ${kind} ip ${ruleset.table} ${name}`),
  );
  return [`table ip ${ruleset.table}`, `flush table ip ${ruleset.table}`, ...stale, ruleset.text].join('\n');
}
