import type { PacketCount } from '../../../model/flow-logs/observation.ts';
import type { GateName } from '../../../model/network/gate.ts';
import { readDropMark } from '../../../model/network/gates.ts';
import { dropEntriesMax, dropSets, dropTimeoutSeconds, nftTable } from '../../../model/network/ruleset.ts';
import type { Counter, Drop } from '../network-driver.ts';
import type { Tools } from './tools.ts';

interface ListedCounter {
  readonly counter?: { readonly name: string; readonly packets: number; readonly bytes: number };
}
interface ListedSet {
  readonly set?: { readonly name: string; readonly elem?: readonly ListedElement[] };
}
interface ListedElement {
  readonly elem?: {
    readonly val: { readonly concat: readonly (string | number)[] };
    readonly counter?: { readonly packets: number; readonly bytes: number };
    /** Seconds until it is forgotten, unless another packet comes. */
    readonly expires?: number;
  };
}

export async function readCounters(tools: Tools, router: string): Promise<Counter[]> {
  const listed = await tools.nftList<ListedCounter>(router, 'list', 'counters', 'table', 'ip', nftTable);
  return listed.flatMap(({ counter }) => (counter === undefined ? [] : [{ name: counter.name, packets: counter.packets, bytes: counter.bytes }]));
}

export async function readDrops(tools: Tools, router: string): Promise<Drop[]> {
  const sets = await tools.nftList<ListedSet>(router, 'list', 'sets', 'table', 'ip', nftTable);
  const dropped = sets.flatMap(({ set }) => {
    const protocol = (Object.keys(dropSets) as DropProtocol[]).find((name) => dropSets[name] === set?.name);
    return protocol === undefined ? [] : (set?.elem ?? []).map((element) => ({ protocol, element }));
  });
  // Whose packets they were costs two more programs, and every job asks before it starts.
  if (dropped.length === 0) return [];
  const names = await readNames(tools, router);
  return summed(dropped.flatMap(({ protocol, element }) => readDrop(protocol, element, names)));
}

async function readNames(tools: Tools, router: string): Promise<Names> {
  const [links, neighbours] = await Promise.all([
    tools.list<{ ifname: string; ifalias?: string }>(router, 'link', 'show'),
    tools.list<{ dst: string; dev: string }>(router, 'neighbour', 'show', 'nud', 'permanent'),
  ]);
  const idOfLink = new Map(links.map((link) => [link.ifname, link.ifalias ?? link.ifname]));
  return {
    ofLink: (link) => idOfLink.get(link),
    ofAddress: new Map(neighbours.filter((entry) => entry.dev.startsWith('e')).map((entry) => [entry.dst, idOfLink.get(entry.dev) ?? entry.dev])),
  };
}

/** One per flow and gate: the kernel counts packets apart that its notes tell apart. */
function summed(drops: readonly Drop[]): Drop[] {
  const sums = new Map<string, Drop>();
  for (const drop of drops) {
    const { packets, ...flow } = drop;
    const key = JSON.stringify(flow);
    sums.set(key, { ...drop, packets: packets + (sums.get(key)?.packets ?? 0) });
  }
  return [...sums.values()];
}

interface Names {
  ofLink(link: string): string | undefined;
  readonly ofAddress: ReadonlyMap<string, string>;
}

/** The interfaces are found by their addresses; who forged an address is told by the number of its link. */
function readDrop(setProtocol: DropProtocol, element: ListedElement, names: Names): Drop[] {
  const drop = readElement(setProtocol, element);
  if (drop === undefined) return [];
  const { gate, number, source, destination, sourcePort, destinationPort, packets } = drop;
  const fromLink = number === 0 ? undefined : (names.ofLink(`e${number}`) ?? `e${number}`);
  const toInterface = names.ofAddress.get(destination);
  return [
    {
      gate: gate ?? 'unknown',
      fromInterface: fromLink ?? names.ofAddress.get(source) ?? 'unknown',
      ...(toInterface === undefined ? {} : { toInterface }),
      protocol: setProtocol === 'other' ? drop.protocolName : setProtocol,
      source,
      destination,
      ...(setProtocol === 'other' ? {} : { sourcePort, destinationPort }),
      packets,
    },
  ];
}

type DropProtocol = keyof typeof dropSets;

/** One element of a set of dropped packets. */
export interface CountedDrop extends PacketCount {
  /** The element's own: no other has it. */
  readonly key: string;
  readonly gate: GateName | undefined;
  readonly number: number;
  readonly notes: number;
  readonly protocol: number;
  readonly protocolName: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Since its last packet. */
  readonly idleMs: number;
}

/** What nft calls protocols that have a name (/etc/protocols). */
const namedProtocols: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  comp: 108,
  sctp: 132,
  udplite: 136,
};

function readElement(setProtocol: DropProtocol, { elem }: ListedElement): CountedDrop | undefined {
  if (elem === undefined) return undefined;
  const [mark, source, destination, ...rest] = elem.val.concat;
  const hasPorts = setProtocol !== 'other';
  const protocolName = hasPorts ? setProtocol : String(rest[0]);
  return {
    key: [setProtocol, ...elem.val.concat].join(' '),
    ...readDropMark(Number(mark)),
    protocol: namedProtocols[protocolName] ?? Number(protocolName),
    protocolName,
    source: String(source),
    destination: String(destination),
    sourcePort: hasPorts ? Number(rest[0]) : 0,
    destinationPort: hasPorts ? Number(rest[1]) : 0,
    packets: elem.counter?.packets ?? 0,
    bytes: elem.counter?.bytes ?? 0,
    idleMs: Math.max(0, dropTimeoutSeconds - (elem.expires ?? dropTimeoutSeconds)) * 1000,
  };
}

/** What the sets of dropped packets hold, and whether one of them is full: it cannot have noted everything then. */
export async function readCountedDrops(tools: Tools, router: string): Promise<{ readonly drops: readonly CountedDrop[]; readonly isFull: boolean }> {
  const protocols = Object.keys(dropSets) as DropProtocol[];
  const listed = await Promise.all(
    protocols.map(async (protocol) => {
      const sets = await tools.nftList<ListedSet>(router, 'list', 'set', 'ip', nftTable, dropSets[protocol]);
      return { protocol, elements: sets.flatMap(({ set }) => set?.elem ?? []) };
    }),
  );
  return {
    drops: listed.flatMap(({ protocol, elements }) => elements.flatMap((element) => readElement(protocol, element) ?? [])),
    isFull: listed.some(({ elements }) => elements.length >= dropEntriesMax),
  };
}
