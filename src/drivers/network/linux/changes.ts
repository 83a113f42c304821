import type { LinkPlan, RoutePlan, RouterPlan, RuleOfRouting } from '../../../model/network/plan.ts';
import type { KernelCommand } from './kernel-command.ts';
import type { RouterState } from './kernel-state.ts';

/** The differences between a router and its plan, as commands. Pure. */

const placeOf = (route: RoutePlan): string => `${route.table} ${route.destination}`;
const describe = (route: RoutePlan): string => [placeOf(route), route.type, route.via ?? '', route.device ?? ''].join(' ');

/** What is put before the rules of routing lead there, and what is deleted after they do not any more. */
export interface RoutingChanges {
  readonly put: readonly KernelCommand[];
  /** Lines for `ip -batch`. */
  readonly rules: readonly string[];
  readonly deleted: readonly KernelCommand[];
}

/** Routes are replaced in place, so a packet always finds the old one or the new one. */
export function routingChanges(namespace: string, plan: RouterPlan, state: Pick<RouterState, 'addresses' | 'rules' | 'routes'>): RoutingChanges {
  const known = new Set(state.routes.map(describe));
  const places = new Set(plan.routes.map(placeOf));
  const missing = (wanted: readonly string[], there: readonly string[]): string[] => wanted.filter((item) => !there.includes(item));
  const priorities = (rules: readonly Pick<RuleOfRouting, 'priority'>[]): Set<number> => new Set(rules.map((rule) => rule.priority));
  const [planned, found] = [priorities(plan.rules), priorities(state.rules)];
  return {
    put: [
      ...missing(plan.addresses, state.addresses).map((address): KernelCommand => ({ do: 'put-address', namespace, address, device: 'lo' })),
      ...plan.routes.filter((route) => !known.has(describe(route))).map((route): KernelCommand => ({ do: 'put-route', namespace, route })),
    ],
    rules: [
      ...plan.rules.filter((rule) => !found.has(rule.priority)).map((rule) => `rule add priority ${rule.priority} ${rule.selector}`),
      ...[...found].filter((priority) => !planned.has(priority)).map((priority) => `rule del priority ${priority}`),
    ],
    deleted: [
      ...state.routes.filter((route) => !places.has(placeOf(route))).map((route): KernelCommand => ({ do: 'delete-route', namespace, route })),
      ...missing(state.addresses, plan.addresses).map((address): KernelCommand => ({ do: 'delete-address', namespace, address, device: 'lo' })),
    ],
  };
}

/** A namespace and its closed link to the router. */
export function linkCommands(router: string, inside: string, { link, routerMac, mac, settings }: LinkPlan, isNew: boolean): KernelCommand[] {
  const made: KernelCommand[] = isNew ? [{ do: 'add-link', namespace: router, link, mac: routerMac, inside, insideMac: mac }] : [];
  return [...made, ...settings.map((setting): KernelCommand => ({ do: 'set', namespace: inside, setting }))];
}

/** The router's side of a link. Open, it still passes nothing before the other end is. */
export const routerSide = (namespace: string, { link, id, address, mac }: LinkPlan): KernelCommand[] => [
  { do: 'open-link', namespace, link, alias: id },
  { do: 'put-neighbour', namespace, address, mac, device: link },
];

/** The inner side. Routes need an open link; what waits for it is heard by the router, whose rules are there. */
export function innerSide(namespace: string, { inside: { addresses, neighbour, routes } }: LinkPlan): KernelCommand[] {
  return [
    { do: 'open-link', namespace, link: 'lo' },
    ...addresses.map((address): KernelCommand => ({ do: 'put-address', namespace, ...address })),
    { do: 'open-link', namespace, link: 'eth0' },
    { do: 'put-neighbour', namespace, ...neighbour, device: 'eth0' },
    ...routes.map((route): KernelCommand => ({ do: 'put-route', namespace, route })),
  ];
}
