import { formatAddress, formatCidr } from '../addresses.ts';
import { localTable, tableNumber } from '../gates.ts';
import { groupChain, groupSet, prefixSet } from '../groups.ts';
import { routeEntries } from '../routes.ts';
import { ruleText } from '../rule-text.ts';
import { routeTableOfInterface } from '../view.ts';
import type { GatewayEndpoint, NetworkInterface, RouteTable, RouteTarget, SecurityGroup, SecurityGroupRule, Subnet } from '../world.ts';
import { derived, type Fact, onlyStored, stated } from './fact.ts';
import { linkFacts } from './link-facts.ts';
import { chainOf, type Inspected, type InspectedLink, routeTexts, ruleTexts, setOf } from './subject.ts';

/** Facts about each resource that has a kernel side. Pure: everything was read before. */

export function vpcFacts(inspected: Inspected, resolverSockets: readonly string[], namespace: string): Fact[] {
  const { view, plan, rules, router, appliedGeneration } = inspected;
  const { vpc } = view;
  const sockets = vpc.enableDnsSupport ? resolverSockets : [];
  const held = router?.ruleset;
  return [
    derived('namespace', [], [namespace], router === undefined ? [] : [namespace]),
    stated('generation', [String(vpc.generation)], [String(plan.generation)], [String(appliedGeneration)]),
    // Neighbouring blocks are one element.
    derived('blocks', vpc.cidrBlocks.toSorted(), setOf(rules, 'vpc'), setOf(held, 'vpc')),
    derived(
      'links',
      [
        ...view.networkInterfaces.map((row) => row.networkInterfaceId),
        ...view.gatewayEndpoints.map((row) => row.vpcEndpointId),
        ...[view.internetGateway?.internetGatewayId ?? []].flat(),
      ],
      plan.links.map(({ link }) => `${link} up`).toSorted(),
      (router?.links ?? []).map(({ name, up }) => `${name} ${up ? 'up' : 'down'}`).toSorted(),
    ),
    derived('addresses', [], plan.router.addresses.map((address) => `${address} dev lo`).toSorted(), router?.addresses ?? []),
    derived('rules of routing', [], ruleTexts(plan), router?.rules ?? []),
    derived(
      'local routes',
      [],
      routeTexts(plan, ({ table }) => table === localTable),
      ofTable(inspected, localTable),
    ),
    ...namesFacts('chain', rules.chains, held?.chains ?? new Map()),
    ...namesFacts('set', rules.sets, held?.sets ?? new Map()),
    derived(
      'resolver',
      [],
      sockets,
      (router?.sockets ?? []).filter((socket) => sockets.includes(socket)),
    ),
  ];
}

/** One fact for those that agree, and one for each that does not. */
function namesFacts(kind: 'chain' | 'set', planned: ReadonlyMap<string, readonly string[]>, held: ReadonlyMap<string, readonly string[]>): Fact[] {
  const names = [...new Set([...planned.keys(), ...held.keys()])].toSorted();
  const each = names.map((name) => ({ name, fact: derived(`${kind} ${name}`, [], present(planned.get(name)), present(held.get(name))) }));
  const agreeing = each.filter(({ fact }) => fact.agrees).map(({ name }) => name);
  return [derived(`${kind}s that agree`, [], agreeing, agreeing), ...each.flatMap(({ fact }) => (fact.agrees ? [] : [fact]))];
}

/** An empty one that is there is another thing than none. */
const present = (lines: readonly string[] | undefined): readonly string[] => (lines === undefined ? [] : ['there', ...lines]);

export function subnetFacts(inspected: Inspected, { subnetId, cidrBlock, availabilityZone }: Subnet): Fact[] {
  const { view } = inspected;
  const members = view.networkInterfaces.filter((row) => row.subnetId === subnetId);
  const table = view.routeTableOf.get(subnetId);
  const links = new Set(members.map(({ number }) => `e${number}`));
  const isWay = (route: string): boolean => links.has(route.split(' ').at(-1) ?? '');
  return [
    onlyStored('block', [cidrBlock]),
    onlyStored('availability zone', [availabilityZone]),
    ...(table === undefined ? [] : [ruleFact(inspected, table)]),
    derived(
      'network interfaces',
      members.map(({ networkInterfaceId, privateIpAddress }) => `${networkInterfaceId} ${privateIpAddress}`),
      routeTexts(inspected.plan, ({ table: at }) => at === localTable).filter(isWay),
      ofTable(inspected, localTable).filter(isWay),
    ),
  ];
}

export function routeTableFacts(inspected: Inspected, table: RouteTable): Fact[] {
  const { view, plan } = inspected;
  const number = tableNumber(table);
  const planned = routeTexts(plan, (route) => route.table === number);
  const held = ofTable(inspected, number);
  const stored = new Map(routeEntries(view, table).map(({ cidr, destination }) => [formatCidr(cidr), storedRoute(table, destination)]));
  const destinations = [...new Set([...planned, ...held].map(destinationOf))];
  const at = (routes: readonly string[], destination: string): string[] => routes.filter((route) => destinationOf(route) === destination);
  return [
    onlyStored('subnets', table.main ? ['main', ...table.subnetIds] : table.subnetIds),
    ruleFact(inspected, table),
    ...destinations.map((destination) =>
      derived(`route ${destination}`, stored.get(asBlock(destination)) ?? [], at(planned, destination), at(held, destination)),
    ),
  ];
}

export function securityGroupFacts(inspected: Inspected, group: SecurityGroup): Fact[] {
  const { view, rules, router } = inspected;
  const { groupId } = group;
  const members = view.networkInterfaces.filter(({ groupIds }) => groupIds.includes(groupId));
  const addresses = (view.membersOf.get(groupId) ?? []).map(formatAddress).toSorted();
  const setName = groupSet(groupId);
  const isPeer = rules.sets.has(setName) || router?.ruleset.sets.has(setName) === true;
  const facts = (['ingress', 'egress'] as const).flatMap((direction) => {
    const chains = [rules, router?.ruleset].map((ruleset) => chainOf(ruleset, groupChain(direction, groupId)));
    const [planned = [], held = []] = chains;
    const rows = group.rules.filter((rule) => rule.direction === direction);
    const commented = ({ securityGroupRuleId: id }: SecurityGroupRule, lines: readonly string[]): string[] =>
      lines.filter((line) => line.includes(`"${id}"`));
    const rest = (lines: readonly string[]): string[] => lines.filter((line) => !rows.some((row) => commented(row, [line]).length > 0));
    return [
      ...rows.map((row) => derived(`${direction} ${row.securityGroupRuleId}`, [ruleText(row)], commented(row, planned), commented(row, held))),
      derived(`${direction}, other statements`, [], rest(planned), rest(held)),
    ];
  });
  return [
    onlyStored(
      'network interfaces',
      members.map(({ networkInterfaceId }) => networkInterfaceId),
    ),
    ...facts,
    // Only a group that rules name has a set; the chains are there as soon as an interface has the group.
    ...(isPeer ? [stated('members as a peer', addresses, setOf(rules, setName), setOf(router?.ruleset, setName))] : []),
  ];
}

export function networkInterfaceFacts(inspected: Inspected, link: InspectedLink, row: NetworkInterface): Fact[] {
  const { view, rules, router } = inspected;
  const table = routeTableOfInterface(view, row);
  const groups = row.groupIds.toSorted().flatMap((groupId) =>
    (['egress', 'ingress'] as const).map((direction) => {
      const name = groupChain(direction, groupId);
      return derived(`${direction} rules of ${groupId}`, [], chainOf(rules, name), chainOf(router?.ruleset, name));
    }),
  );
  return [
    onlyStored('subnet', [row.subnetId]),
    onlyStored('groups', row.groupIds.toSorted()),
    ...linkFacts(inspected, link, { address: row.privateIpAddress, mac: row.macAddress }),
    ruleFact(inspected, table),
    ...groups,
  ];
}

export function gatewayEndpointFacts(inspected: Inspected, link: InspectedLink, row: GatewayEndpoint): Fact[] {
  const { rules, router, view } = inspected;
  const name = prefixSet(row.prefixListId);
  return [
    onlyStored('service', [row.serviceName]),
    onlyStored('route tables', row.routeTableIds),
    ...linkFacts(inspected, link, {}),
    derived(
      'prefix list',
      (view.prefixesOf.get(row.prefixListId) ?? []).map(formatCidr).toSorted(),
      setOf(rules, name),
      setOf(router?.ruleset, name),
    ),
  ];
}

function ruleFact({ plan, router }: Inspected, table: RouteTable): Fact {
  const number = tableNumber(table);
  const held = (router?.rules ?? []).filter((rule) => rule.startsWith(`${number}: `));
  return derived(`rule of ${table.routeTableId}`, [table.routeTableId], ruleTexts(plan, number), held);
}

const ofTable = ({ router }: Inspected, table: number): string[] => (router?.routes ?? []).filter((route) => route.startsWith(`table ${table} `));

/** `table 1001 throw 10.0.0.0/16` leads, or does not, to 10.0.0.0/16. */
function destinationOf(route: string): string {
  const [, , first = '', second = ''] = route.split(' ');
  return first === 'throw' || first === 'blackhole' || first === 'local' ? second : first;
}

const asBlock = (destination: string): string => {
  if (destination === 'default') return '0.0.0.0/0';
  return destination.includes('/') ? destination : `${destination}/32`;
};

function storedRoute({ routes }: RouteTable, destination: RouteTable['routes'][number]['destination']): string[] {
  const words = 'cidrBlock' in destination ? destination.cidrBlock : destination.prefixListId;
  const found = routes.filter((route) => ('cidrBlock' in route.destination ? route.destination.cidrBlock : route.destination.prefixListId) === words);
  return found.map(({ target }) => `${words} → ${targetWords(target)}`);
}

function targetWords(target: RouteTarget): string {
  switch (target.kind) {
    case 'gateway-endpoint':
      return target.vpcEndpointId;
    case 'network-interface':
      return target.networkInterfaceId;
    case 'internet-gateway':
      return target.internetGatewayId;
    case 'nat-gateway':
      return target.natGatewayId;
    case 'local':
    case 'blackhole':
      return target.kind;
  }
}
