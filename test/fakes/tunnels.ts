import type { TunnelDriver, TunnelEnd } from '../../src/drivers/network/tunnel/tunnel-driver.ts';
import type { Faults } from './faults.ts';

/** Tunnels that exist in memory. */
export class FakeTunnels implements Pick<TunnelDriver, 'capability' | 'open' | 'isOpen' | 'close'> {
  readonly ends = new Map<string, TunnelEnd>();
  readonly lost = new Set<string>();
  readonly #faults: Faults;
  /** Why this machine has none. */
  refusal: { readonly detail: string; readonly fix: string } | undefined;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  async capability(): ReturnType<TunnelDriver['capability']> {
    const { refusal } = this;
    return await Promise.resolve({ name: 'tunnels', ...(refusal === undefined ? { ok: true, detail: 'in memory' } : { ok: false, ...refusal }) });
  }

  async open(ends: readonly TunnelEnd[]): Promise<void> {
    for (const end of ends) await this.#faults.around('open tunnel', () => void this.ends.set(end.directory, end));
  }

  isOpen(directory: string): boolean {
    return this.ends.has(directory) && !this.lost.has(directory);
  }

  async close({ directory }: Pick<TunnelEnd, 'directory'>): Promise<void> {
    await this.#faults.around('close tunnel', () => void this.ends.delete(directory));
  }
}
