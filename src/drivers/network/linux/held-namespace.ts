import type { HeldLink, HeldNamespace } from '../../../model/network/held.ts';
import { readHeldRuleset } from './held-ruleset.ts';
import type { IpRoute } from './kernel-state.ts';
import type { Tools } from './tools.ts';

interface IpLink {
  readonly ifname: string;
  readonly ifalias?: string;
  readonly address?: string;
  readonly flags: readonly string[];
}
interface IpAddresses {
  readonly ifname: string;
  readonly addr_info?: readonly { readonly local: string }[];
}
interface IpRule {
  readonly priority: number;
  readonly iif?: string;
  readonly fwmark?: string;
  readonly table?: string;
  readonly action?: string;
}
interface HeldIpRoute extends IpRoute {
  readonly prefsrc?: string;
  readonly protocol?: string;
}

/** Priorities of the rules that every namespace is born with. */
const bornWith: ReadonlySet<number> = new Set([0, 32_766, 32_767]);

export async function readHeldNamespace(tools: Tools, namespace: string): Promise<HeldNamespace> {
  const [links, addresses, neighbours, rules, routes, ruleset, sockets] = await Promise.all([
    tools.list<IpLink>(namespace, 'link', 'show'),
    // It says nothing of aliases.
    tools.list<IpAddresses>(namespace, '-4', 'address', 'show'),
    tools.list<{ dst: string; lladdr?: string; dev: string }>(namespace, '-4', 'neighbour', 'show', 'nud', 'permanent'),
    tools.list<IpRule>(namespace, '-4', 'rule', 'show'),
    tools.list<HeldIpRoute>(namespace, '-4', 'route', 'show', 'table', 'all'),
    listRuleset(tools, namespace),
    tools.inside(namespace, 'ss', '--no-header', '--listening', '--numeric', '--tcp', '--udp'),
  ]);
  return {
    links: links.filter(({ ifname }) => ifname !== 'lo').map(heldLink),
    addresses: addresses.flatMap(heldAddresses).toSorted(),
    neighbours: neighbours.map(({ dst, lladdr, dev }) => `${dst} lladdr ${lladdr ?? 'none'} dev ${dev}`).toSorted(),
    rules: rules.filter(({ priority }) => !bornWith.has(priority)).map(ruleText),
    routes: routes.flatMap(heldRoute).toSorted(),
    ruleset: readHeldRuleset(ruleset),
    sockets: sockets.split('\n').flatMap(heldSocket).toSorted(),
  };
}

export const listRuleset = async (tools: Tools, namespace: string): Promise<string> =>
  await tools.inside(namespace, 'nft', '--stateless', 'list', 'ruleset');

const heldLink = ({ ifname, ifalias, address, flags }: IpLink): HeldLink => ({
  name: ifname,
  alias: ifalias ?? '',
  mac: address ?? '',
  up: flags.includes('LOWER_UP'),
});

const heldAddresses = ({ ifname, addr_info: found }: IpAddresses): string[] =>
  (found ?? []).filter(({ local }) => !local.startsWith('127.')).map(({ local }) => `${local} dev ${ifname}`);

/** As a plan says it: marks are decimal. */
function ruleText({ priority, iif, fwmark, table, action }: IpRule): string {
  const from = [...(iif === undefined ? [] : ['iif', iif]), ...(fwmark === undefined ? [] : ['fwmark', String(Number(fwmark))])];
  return `${priority}: ${[...from, ...(table === undefined ? [action ?? ''] : ['lookup', table])].join(' ')}`;
}

/** But for what the kernel makes by itself for an address. */
function heldRoute({ type, dst, gateway, dev, table, prefsrc, protocol }: HeldIpRoute): string[] {
  if (protocol === 'kernel') return [];
  const isNumbered = Number.isInteger(Number(table));
  // The device of a route that leads nowhere says nothing.
  const leads = type === undefined || type === 'unicast' || type === 'local';
  const words = [
    ...(isNumbered ? ['table', String(table)] : []),
    ...(type === undefined || type === 'unicast' ? [] : [type]),
    dst,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(dev === undefined || !leads ? [] : ['dev', dev]),
    ...(prefsrc === undefined || isNumbered || type === 'local' ? [] : ['src', prefsrc]),
  ];
  return [words.join(' ')];
}

function heldSocket(line: string): string[] {
  const [protocol, _state, _received, _sent, local] = line.trim().split(/\s+/u);
  return protocol === undefined || local === undefined ? [] : [`${protocol} ${local}`];
}
