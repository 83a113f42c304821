import { type Address, type Cidr, cidrContains, cidrContainsCidr, cidrOf, compareCidrs, formatCidr, parseCidr } from './addresses.ts';
import type { UplinkPlan } from './plan.ts';
import { linkEndpointMac, linkGateway, linkGatewayMac, reserved } from './reserved.ts';
import { mustParseAddress, mustParseCidr } from './view.ts';
import type { Uplink } from './world.ts';

/** The end of the uplink in the edge. */
export const uplinkDevice = 'uplink';
/** Addresses that the uplink never leads to, whatever network the machine is in. */
const closedRanges = {
  '0.0.0.0/8': 'this network',
  '10.0.0.0/8': 'private',
  '100.64.0.0/10': 'shared address space',
  '127.0.0.0/8': 'loopback',
  '169.254.0.0/16': 'link-local',
  '172.16.0.0/12': 'private',
  '192.0.0.0/24': 'IETF protocol assignments',
  '192.168.0.0/16': 'private',
  '198.18.0.0/15': 'what Cloister keeps for itself',
  '224.0.0.0/4': 'multicast',
  '240.0.0.0/4': 'reserved',
} as const;
const ofMachine = 'an address of this machine';

interface ClosedBlock {
  readonly cidr: Cidr;
  readonly what: string;
}

/** None inside another: a set of nft takes no overlaps. */
function closedBlocks({ machineBlocks }: Uplink): readonly ClosedBlock[] {
  const ranges = Object.entries(closedRanges).map(([block, what]) => ({ cidr: mustParseCidr(block), what }));
  const own = machineBlocks.map((block) => ({ cidr: parseCidr(block) ?? cidrOf(mustParseAddress(block), 32), what: ofMachine }));
  const widestFirst = [...ranges, ...own].toSorted((a, b) => a.cidr.prefixLength - b.cidr.prefixLength);
  const kept: ClosedBlock[] = [];
  for (const block of widestFirst) if (!kept.some(({ cidr }) => cidrContainsCidr(cidr, block.cidr))) kept.push(block);
  return kept.toSorted((a, b) => compareCidrs(a.cidr, b.cidr));
}

export const closedElements = (uplink: Uplink): string[] => closedBlocks(uplink).map(({ cidr }) => formatCidr(cidr));

/** Why the uplink does not lead to an address; undefined when it does. */
export function closedFor(uplink: Uplink, address: Address): { readonly block: string; readonly what: string } | undefined {
  const found = closedBlocks(uplink).find(({ cidr }) => cidrContains(cidr, address));
  return found === undefined ? undefined : { block: formatCidr(found.cidr), what: found.what };
}

/** The edge has an address of its own on the uplink, which no other data directory of this machine has. */
export const uplinkPlan = (uplink: Uplink): UplinkPlan => ({
  device: uplinkDevice,
  addresses: reserved.uplinks,
  mac: linkEndpointMac,
  via: linkGateway,
  machineMac: linkGatewayMac,
  closed: closedElements(uplink),
});

/**
 * The table in the machine's own namespace. It judges the packets of one link and no others, so its policies accept. What the
 * edge forbids is forbidden once more: also an address that the machine was given a moment ago.
 */
export const machineRuleset = (table: string, link: string, address: string, closed: readonly string[]): string => `table ip ${table}
delete table ip ${table}
table ip ${table} {
  set closed { type ipv4_addr; flags interval; elements = { ${closed.join(', ')} }; }
  chain source {
    type filter hook prerouting priority raw; policy accept;
    iifname "${link}" ip saddr != ${address} drop
    iifname "${link}" ip daddr @closed drop
    iifname "${link}" fib daddr type != unicast drop
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "${link}" drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "${link}" ct state != { established, related } drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${address} oifname != "${link}" masquerade
  }
}
`;
