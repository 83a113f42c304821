/**
 * What the kernel must hold for one VPC. Made by `compile`, applied whole by the network driver; no choice is left to it.
 * A VPC is one namespace, the router; every network interface and gateway endpoint is one more, joined to the router by
 * a link of its own. Namespace names are the driver's; everything inside them is here.
 */
export interface VpcPlan {
  readonly vpcId: string;
  readonly number: number;
  readonly generation: number;
  readonly router: RouterPlan;
  readonly links: readonly LinkPlan[];
}

export interface RouterPlan {
  /** `key=value` for sysctl. */
  readonly settings: readonly string[];
  /** The same, of connection tracking: they exist once rules use it. */
  readonly trackingSettings: readonly string[];
  /** Addresses of the router itself, on its loopback interface. */
  readonly addresses: readonly string[];
  readonly rules: readonly RuleOfRouting[];
  readonly routes: readonly RoutePlan[];
  readonly ruleset: Ruleset;
}

/** An `ip rule`. The priority says which one it is: no two plans give the same priority another meaning. */
export interface RuleOfRouting {
  readonly priority: number;
  /** `iif lo lookup local`, `fwmark 1003 lookup 1003`, … */
  readonly selector: string;
}

export interface RoutePlan {
  readonly table: number;
  readonly type: 'unicast' | 'local' | 'throw' | 'blackhole';
  /** As `ip route` prints it: `default`, `10.0.0.0/16`, or an address alone. */
  readonly destination: string;
  readonly via?: string;
  readonly device?: string;
}

/** Something with a name in the router's nft table, and what it holds. A set or a chain that another object names comes before it. */
export type NftObject = { readonly kind: 'counter'; readonly name: string } | NftSet | NftMap | NftChain;

export interface NftMap {
  readonly kind: 'map';
  readonly name: string;
  readonly specification: readonly string[];
  /** A key, and the verdict or value it leads to. */
  readonly elements: readonly (readonly [key: string, value: string])[];
}

export interface NftSet {
  readonly kind: 'set';
  readonly name: string;
  /** Type, size and flags. */
  readonly specification: readonly string[];
  readonly elements: readonly string[];
  /** Packets fill it: it keeps what it holds when the rules are replaced. */
  readonly lasting?: true;
}

export interface NftChain {
  readonly kind: 'chain';
  readonly name: string;
  /** Of a base chain: type, hook, priority and policy. It stays hooked when the rules are replaced. */
  readonly hook?: string;
  readonly statements: readonly string[];
}

/** The router's rules. */
export interface Ruleset {
  readonly table: string;
  /** Counters, sets, chains and maps, each once. */
  readonly objects: readonly NftObject[];
  /** What the tables of other address families hold, as text: they drop everything, whatever the plan. */
  readonly otherFamilies: string;
}

/** One namespace and the veth pair that joins it to the router: `link` in the router, `eth0` inside. */
export interface LinkPlan {
  readonly owner: { readonly kind: 'network-interface' | 'gateway-endpoint' | 'internet-gateway'; readonly number: number };
  /** AWS's id: the alias of the router's end. */
  readonly id: string;
  readonly link: string;
  readonly routerMac: string;
  /** Address and MAC of the end inside, which the router knows without asking. */
  readonly address: string;
  readonly mac: string;
  readonly settings: readonly string[];
  /** What the namespace itself holds. Everything may be set again. */
  readonly inside: InsidePlan;
  /** An nft ruleset for the namespace itself, where it needs one. */
  readonly insideRuleset?: string;
  /** Of an internet gateway: its other link, which leads to the edge. */
  readonly edge?: EdgeLinkPlan;
}

/** A veth pair between an internet gateway's namespace, where its end is called `edge`, and the edge. */
export interface EdgeLinkPlan {
  /** The end in the edge. */
  readonly link: string;
  readonly edgeMac: string;
  /** Of the edge, as the gateway sees it. */
  readonly address: string;
  readonly mac: string;
  /** Addresses that the edge sends to this gateway. */
  readonly publicIps: readonly string[];
}

/** The internet, as far as it is here. Routes to Elastic IPs come and go with their gateways. */
export interface EdgePlan {
  readonly settings: readonly string[];
  readonly addresses: readonly string[];
  readonly routes: readonly InsideRoute[];
  readonly ruleset: Ruleset;
  /** Absent: nothing leads out of the edge. */
  readonly uplink?: UplinkPlan;
}

/** A veth pair between the edge and the machine's own namespace. */
export interface UplinkPlan {
  /** The end in the edge, and its MAC. */
  readonly device: string;
  readonly mac: string;
  /** A block; the driver takes an address in it that nobody on this machine has. */
  readonly addresses: string;
  /** The next hop, as the edge sees it: no address of the machine. */
  readonly via: string;
  readonly machineMac: string;
  /** Blocks that the machine's own rules drop, too. */
  readonly closed: readonly string[];
}

/** The inner end's addresses, its one neighbour, and the routes to it. */
export interface InsidePlan {
  readonly addresses: readonly InsideAddress[];
  /** The router, whom nobody asks for its MAC. */
  readonly neighbour: { readonly address: string; readonly mac: string };
  readonly routes: readonly InsideRoute[];
}

export interface InsideAddress {
  readonly address: string;
  readonly device: 'lo' | 'eth0';
  /** `host`: no packet that leaves carries it. */
  readonly scope?: 'host';
}

export interface InsideRoute {
  readonly type: 'unicast' | 'local';
  readonly destination: string;
  readonly device: 'lo' | 'eth0';
  readonly via?: string;
  /** The address that packets by this route carry. */
  readonly source?: string;
}
