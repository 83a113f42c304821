/** What happens at one moment of a run: the call fails, the daemon is killed, or the user asks to stop. */
export type FaultKind = 'fail' | 'crash' | 'stop';

export class Injected extends Error {
  override readonly name = 'Injected';
}

/**
 * Counts the moments of a run, two for every call of a driver: before it did anything and after it did all of it. At the
 * moments that were chosen, something goes wrong.
 */
export class Faults {
  readonly #planned: ReadonlyMap<number, FaultKind>;
  readonly moments: string[] = [];
  #dead = false;
  onCrash: () => void = () => undefined;
  onStop: () => void = () => undefined;

  constructor(planned: Readonly<Record<number, FaultKind>> = {}) {
    this.#planned = new Map(Object.entries(planned).map(([moment, kind]) => [Number(moment), kind]));
  }

  async around<T>(call: string, effect: () => T | Promise<T>): Promise<T> {
    this.#moment(`before ${call}`);
    const result = await effect();
    this.#moment(`after ${call}`);
    return result;
  }

  /** The next daemon. */
  revive(): void {
    this.#dead = false;
  }

  #moment(name: string): void {
    // What a killed daemon still had under way never happens.
    if (this.#dead) throw new Injected(`${name}: the daemon was killed`);
    const kind = this.#planned.get(this.moments.push(name) - 1);
    if (kind === 'stop') this.onStop();
    if (kind === 'fail') throw new Injected(`${name} fails`);
    if (kind !== 'crash') return;
    this.#dead = true;
    this.onCrash();
    throw new Injected(`${name}: the daemon is killed`);
  }
}
