import { cidrContains, parseAddress, routerAddress } from '../network/addresses.ts';
import { reserved } from '../network/reserved.ts';
import { type NextHop, routeEntries, type RouteEntry, selectRoute } from '../network/routes.ts';
import { mustParseCidr, type VpcView } from '../network/view.ts';
import type { Destination, LoggedInterface, Surroundings } from './sides.ts';

const linkLocal = mustParseCidr(reserved.linkLocal);
const broadcast = '255.255.255.255';

/**
 * The network around the flows of a VPC.
 * @param interfaceAt also of interfaces that are gone since
 */
export function surroundingsOf(view: VpcView, interfaceAt: (address: string) => LoggedInterface | undefined): Surroundings {
  const tables = new Map<string, readonly RouteEntry[]>();
  const entriesOf = (subnetId: string): readonly RouteEntry[] => {
    const table = view.routeTableOf.get(subnetId);
    if (table === undefined) return [];
    const entries = tables.get(table.routeTableId) ?? routeEntries(view, table);
    tables.set(table.routeTableId, entries);
    return entries;
  };
  const routers = new Set([...view.subnets.values()].map(({ cidrBlock }) => routerAddress(mustParseCidr(cidrBlock))));
  return {
    interfaceAt,
    destinationOf({ subnetId }, text) {
      const networkInterface = interfaceAt(text);
      if (networkInterface !== undefined) return { kind: 'interface', networkInterface };
      const address = parseAddress(text);
      const entry = address === undefined ? undefined : selectRoute(entriesOf(subnetId), address);
      return entry === undefined ? { kind: 'nowhere' } : leadsTo(entry.nextHop);
    },
    isUnrecorded(text) {
      const address = parseAddress(text);
      if (address === undefined) return false;
      return view.resolverAddresses.includes(address) || cidrContains(linkLocal, address) || routers.has(address) || text === broadcast;
    },
  };
}

function leadsTo(nextHop: NextHop): Destination {
  switch (nextHop.kind) {
    case 'gateway-endpoint':
      return { kind: 'gateway-endpoint' };
    case 'network-interface':
      return { kind: 'forwarder', networkInterface: nextHop.networkInterface, translates: false };
    case 'nat-gateway':
      return { kind: 'forwarder', networkInterface: nextHop.networkInterface, translates: true };
    case 'internet-gateway':
      return { kind: 'internet-gateway' };
    case 'local':
    case 'blackhole':
      return { kind: 'nowhere' };
  }
}
