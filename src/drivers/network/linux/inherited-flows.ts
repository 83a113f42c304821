import type { Tools } from './tools.ts';

/**
 * Which addresses of a router may still have tracked flows from an interface that is gone. The next interface with such an
 * address must not inherit them: a tracked flow passes without a rule.
 */
export class InheritedFlows {
  readonly #tools: Tools;
  readonly #router: string;
  /** The router was made by this process: an address that was never given here has no flows. */
  readonly #knowsAll: boolean;
  readonly #given = new Set<string>();
  readonly #forgotten = new Set<string>();
  #forgetting: Promise<void> = Promise.resolve();

  constructor(tools: Tools, router: string, knowsAll: boolean) {
    this.#tools = tools;
    this.#router = router;
    this.#knowsAll = knowsAll;
  }

  /** Before interfaces with these addresses open: ends what would be theirs by inheritance. */
  async give(addresses: readonly string[]): Promise<void> {
    await this.#forgetting;
    const unsure = addresses.filter((address) => !this.#forgotten.has(address) && !(this.#knowsAll && !this.#given.has(address)));
    await this.#tools.forgetFlows(this.#router, unsure);
    for (const address of addresses) {
      this.#given.add(address);
      this.#forgotten.delete(address);
    }
  }

  /** After their interfaces closed; nobody waits for it but the next `give`, which does it again when this failed. */
  takeBack(addresses: readonly string[]): void {
    if (addresses.length === 0) return;
    this.#forgetting = this.#forgetting
      .then(() => this.#tools.forgetFlows(this.#router, addresses))
      .then(
        () => addresses.forEach((address) => this.#forgotten.add(address)),
        () => undefined,
      );
  }

  /** Resolves when nothing is under way in the router's namespace. */
  async settled(): Promise<void> {
    await this.#forgetting;
  }
}
