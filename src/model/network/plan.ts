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

export interface NftObject {
  readonly kind: 'chain' | 'set' | 'map' | 'counter';
  readonly name: string;
}

/** An nft ruleset, and which of its objects outlive a replacement of the rules. */
export interface Ruleset {
  readonly table: string;
  /** The objects that last, then every chain, set, map and rule. Needs a table without rules. */
  readonly text: string;
  /** Everything with a name that the text makes. */
  readonly objects: readonly NftObject[];
  readonly baseChains: readonly string[];
  readonly lastingSets: readonly string[];
}

/** One namespace and the veth pair that joins it to the router: `link` in the router, `eth0` inside. */
export interface LinkPlan {
  readonly owner: { readonly kind: 'network-interface' | 'gateway-endpoint'; readonly number: number };
  /** AWS's id: the alias of the router's end. */
  readonly id: string;
  readonly link: string;
  readonly routerMac: string;
  /** Address and MAC of the end inside, which the router knows without asking. */
  readonly address: string;
  readonly mac: string;
  readonly settings: readonly string[];
  /** Lines for `ip -batch` inside the namespace; each may be run again. The last one opens the link. */
  readonly inside: readonly string[];
  /** An nft ruleset for the namespace itself, where it needs one. */
  readonly insideRuleset?: string;
}
