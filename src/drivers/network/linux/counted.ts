import { readDropMark } from '../../../model/network/gates.ts';
import { dropSets, nftTable } from '../../../model/network/ruleset.ts';
import type { Counter, Drop } from '../network-driver.ts';
import type { Tools } from './tools.ts';

interface ListedCounter {
  readonly counter?: { readonly name: string; readonly packets: number; readonly bytes: number };
}
interface ListedSet {
  readonly set?: { readonly name: string; readonly elem?: readonly ListedElement[] };
}
interface ListedElement {
  readonly elem?: { readonly val: { readonly concat: readonly (string | number)[] }; readonly counter?: { readonly packets: number } };
}

export async function readCounters(tools: Tools, router: string): Promise<Counter[]> {
  const listed = await tools.nftList<ListedCounter>(router, 'list', 'counters', 'table', 'ip', nftTable);
  return listed.flatMap(({ counter }) => (counter === undefined ? [] : [{ name: counter.name, packets: counter.packets, bytes: counter.bytes }]));
}

export async function readDrops(tools: Tools, router: string): Promise<Drop[]> {
  const [sets, links, neighbours] = await Promise.all([
    tools.nftList<ListedSet>(router, 'list', 'sets', 'table', 'ip', nftTable),
    tools.list<{ ifname: string; ifalias?: string }>(router, 'link', 'show'),
    tools.list<{ dst: string; dev: string }>(router, 'neighbour', 'show', 'nud', 'permanent'),
  ]);
  const idOfLink = new Map(links.map((link) => [link.ifname, link.ifalias ?? link.ifname]));
  const names: Names = {
    ofLink: (link) => idOfLink.get(link),
    ofAddress: new Map(neighbours.filter((entry) => entry.dev.startsWith('e')).map((entry) => [entry.dst, idOfLink.get(entry.dev) ?? entry.dev])),
  };
  return sets.flatMap(({ set }) => {
    const protocol = Object.entries(dropSets).find(([, name]) => name === set?.name)?.[0];
    return protocol === undefined ? [] : (set?.elem ?? []).flatMap((element) => readDrop(protocol, element, names));
  });
}

interface Names {
  ofLink(link: string): string | undefined;
  readonly ofAddress: ReadonlyMap<string, string>;
}

/** The interfaces are found by their addresses; who forged an address is told by the number of its link. */
export function readDrop(setProtocol: string, { elem }: ListedElement, names: Names): Drop[] {
  if (elem === undefined) return [];
  const [mark, source, destination, ...rest] = elem.val.concat;
  const { gate, number } = readDropMark(Number(mark));
  const fromLink = number === 0 ? undefined : (names.ofLink(`e${number}`) ?? `e${number}`);
  const toInterface = names.ofAddress.get(String(destination));
  const ports = setProtocol === 'other' ? {} : { sourcePort: Number(rest[0]), destinationPort: Number(rest[1]) };
  return [
    {
      gate: gate ?? 'unknown',
      fromInterface: fromLink ?? names.ofAddress.get(String(source)) ?? 'unknown',
      ...(toInterface === undefined ? {} : { toInterface }),
      protocol: setProtocol === 'other' ? String(rest[0]) : setProtocol,
      source: String(source),
      destination: String(destination),
      ...ports,
      packets: elem.counter?.packets ?? 0,
    },
  ];
}
