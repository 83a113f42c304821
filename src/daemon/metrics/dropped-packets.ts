import type { Counter, NetworkDriver } from '../../drivers/network/network-driver.ts';
import type { Clock } from '../../stdx/clock.ts';
import { withDeadline } from '../../stdx/deadline.ts';
import type { Log } from '../../stdx/log.ts';
import type { Family } from './exposition.ts';

/** Scrapers come every few seconds and may be several: the kernel is asked no more often than this. */
const freshMs = 10_000;
/** Each is a process of some ten milliseconds. The others are read the next time. */
const vpcsPerReading = 32;
const readingMs = 5_000;

/** Counters by the gate that counts in them: the words before the id in a counter's name. */
const gates: Readonly<Record<string, string>> = {
  'unknown-interface': 'unknown-interface',
  spoof: 'anti-spoofing',
  tunnel: 'tunnel',
  resolver: 'resolver',
  egress: 'egress-groups',
  destination: 'destination',
  route: 'route',
  'destination-check': 'destination-check',
  endpoint: 'endpoint',
  ingress: 'ingress-groups',
  router: 'router',
};

interface Dependencies {
  readonly vpcNumbers: () => readonly number[];
  readonly network: Pick<NetworkDriver, 'counters'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the gates of all VPCs have dropped since the daemon started. The kernel's counters go with their VPC; this does not. */
export class DroppedPackets {
  readonly #dependencies: Dependencies;
  readonly #totals = new Map(Object.values(gates).map((gate) => [gate, 0]));
  /** By VPC and name of counter. */
  readonly #seen = new Map<number, ReadonlyMap<string, number>>();
  #readAtMs = -Infinity;
  #next = 0;
  #reading: Promise<void> | undefined;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  async family(): Promise<Family> {
    const { clock, log } = this.#dependencies;
    if (clock.monotonicMs() - this.#readAtMs >= freshMs) {
      this.#readAtMs = clock.monotonicMs();
      this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
      // A kernel that does not answer does not keep the other metrics.
      await withDeadline('dropsMs', readingMs, this.#reading).catch((error: unknown) => log('the dropped packets could not be read', { error }));
    }
    return {
      name: 'cloister_dropped_packets_total',
      type: 'counter',
      help: 'Packets that the gates of private networks dropped. One that several groups refuse together counts for each of them.',
      samples: Array.from(this.#totals, ([gate, value]) => ({ labels: { gate }, value })),
    };
  }

  async #read(): Promise<void> {
    const { vpcNumbers, network } = this.#dependencies;
    const numbers = vpcNumbers();
    for (const known of this.#seen.keys()) if (!numbers.includes(known)) this.#seen.delete(known);
    const start = numbers.length === 0 ? 0 : this.#next % numbers.length;
    const chosen = [...numbers.slice(start), ...numbers.slice(0, start)].slice(0, vpcsPerReading);
    this.#next = start + chosen.length;
    for (const number of chosen) this.#add(number, await network.counters(number));
  }

  #add(vpcNumber: number, counters: readonly Counter[]): void {
    const before = this.#seen.get(vpcNumber);
    for (const { name, packets } of counters) {
      const gate = gates[name.split('.', 1)[0] ?? ''];
      if (gate === undefined) continue;
      const last = before?.get(name) ?? 0;
      // One that is smaller than it was has been made anew.
      this.#totals.set(gate, (this.#totals.get(gate) ?? 0) + (packets < last ? packets : packets - last));
    }
    this.#seen.set(vpcNumber, new Map(counters.map(({ name, packets }) => [name, packets])));
  }
}
