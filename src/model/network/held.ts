/**
 * What the kernel holds in one namespace, in words that a person reads and that can be compared: those of `ip` and `nft`.
 * Read only to be shown. What is applied never depends on it.
 */
export interface HeldNamespace {
  readonly links: readonly HeldLink[];
  /** `10.0.1.4 dev eth0`, but for the loopback network. */
  readonly addresses: readonly string[];
  /** `169.254.1.1 lladdr 0a:00:a9:fe:01:01 dev eth0`: those that stay. */
  readonly neighbours: readonly string[];
  /** `1001: fwmark 1001 lookup 1001`, but for the kernel's own three. */
  readonly rules: readonly string[];
  /** `default via 169.254.1.1 dev eth0 src 10.0.1.4`; of a numbered table: `table 20 10.0.1.4 dev e11`. */
  readonly routes: readonly string[];
  readonly ruleset: HeldRuleset;
  /** What is listened at: `tcp 0.0.0.0:443`. */
  readonly sockets: readonly string[];
}

export interface HeldLink {
  readonly name: string;
  readonly alias: string;
  readonly mac: string;
  /** Both ends are open. */
  readonly up: boolean;
}

/** Chains and sets by name; those of other families than IPv4 have it in front: `ip6 output`. */
export interface HeldRuleset {
  /** A base chain begins with its hook. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Elements of sets and maps, sorted; without the sets that packets fill. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
}
