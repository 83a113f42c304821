import { nftTable } from '../../../model/network/ruleset.ts';
import type { RoutePlan, RuleOfRouting, VpcPlan } from '../../../model/network/plan.ts';
import type { NftName } from './rules.ts';
import type { Tools } from './tools.ts';

/** What a router's namespace holds. */
export interface RouterState {
  readonly links: readonly KernelLink[];
  /** Addresses on the loopback interface, but for 127.0.0.1. */
  readonly addresses: readonly string[];
  readonly rules: readonly Pick<RuleOfRouting, 'priority'>[];
  readonly routes: readonly RoutePlan[];
  readonly objects: readonly NftName[];
}

export interface KernelLink {
  readonly name: string;
  readonly alias: string;
  /** Both ends are up. */
  readonly carrier: boolean;
}

/** What the kernel gives a new namespace: lookups of local, main and default. None of them is in a plan. */
const newRules = [{ priority: 0 }, { priority: 32_766 }, { priority: 32_767 }] as const;

export const emptyRouter: RouterState = { links: [], addresses: [], rules: newRules, routes: [], objects: [] };

/** What the router holds when the plan has just been applied. */
export function stateOf({ links, router }: VpcPlan): RouterState {
  return {
    links: links.map((link) => ({ name: link.link, alias: link.id, carrier: true })),
    addresses: router.addresses,
    rules: router.rules,
    routes: router.routes,
    objects: router.ruleset.objects,
  };
}

interface IpLink {
  readonly ifname: string;
  readonly ifalias?: string;
  readonly flags: readonly string[];
  readonly addr_info?: readonly { readonly family: string; readonly local: string }[];
}
export interface IpRoute {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly table?: string;
}

export async function readRouter(tools: Tools, namespace: string): Promise<RouterState> {
  const [links, rules, routes, objects] = await Promise.all([
    tools.list<IpLink>(namespace, 'address', 'show'),
    tools.list<{ priority: number }>(namespace, 'rule', 'show'),
    tools.list<IpRoute>(namespace, '-4', 'route', 'show', 'table', 'all'),
    tools.nftList<Record<string, { name?: string; family?: string; table?: string }>>(namespace, '--terse', 'list', 'ruleset'),
  ]);
  const loopback = links.find((link) => link.ifname === 'lo');
  const addresses = (loopback?.addr_info ?? []).filter((info) => info.family === 'inet').map((info) => info.local);
  return {
    links: links
      .filter((link) => link.ifname !== 'lo')
      .map((link) => ({ name: link.ifname, alias: link.ifalias ?? '', carrier: link.flags.includes('LOWER_UP') })),
    addresses: addresses.filter((address) => address !== '127.0.0.1'),
    rules,
    routes: routes.flatMap(readRoute),
    objects: objects.flatMap((object) =>
      (['chain', 'set', 'map', 'counter'] as const).flatMap((kind): NftName[] => {
        const found = object[kind];
        return found?.name !== undefined && found.family === 'ip' && found.table === nftTable ? [{ kind, name: found.name }] : [];
      }),
    ),
  };
}

/** Routes of numbered tables; `local`, `main` and `default` are the kernel's own. */
function readRoute(route: IpRoute): RoutePlan[] {
  const table = Number(route.table);
  if (!Number.isInteger(table)) return [];
  const type = (route.type ?? 'unicast') as RoutePlan['type'];
  const device = type === 'unicast' || type === 'local' ? route.dev : undefined;
  return [
    {
      table,
      type,
      destination: route.dst,
      ...(route.gateway === undefined ? {} : { via: route.gateway }),
      ...(device === undefined ? {} : { device }),
    },
  ];
}
