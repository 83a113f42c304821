/** What a row opened and must be removed, the last first, also when it fails or the bench is told to end. */
export class Leftovers {
  readonly #removals: (() => unknown)[] = [];

  add(remove: () => unknown): void {
    this.#removals.push(remove);
  }

  /** Tries every removal; throws the first failure afterwards. */
  async remove(): Promise<void> {
    const failures: unknown[] = [];
    for (let next = this.#removals.pop(); next !== undefined; next = this.#removals.pop()) {
      try {
        await next();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
