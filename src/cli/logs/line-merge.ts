export interface HostLine {
  readonly host: string;
  readonly time: number;
  readonly text: string;
}

/**
 * How long the line of one host waits for an earlier one of a host that is silent: the daemon ships lines a few times a
 * second, each host's by itself.
 */
export const silenceMs = 1_000;

/**
 * Lines of several hosts in order of time. Those of one host come in order; a line is given out when no host can bring
 * an earlier one any more.
 */
export class LineMerge {
  readonly #hosts: Map<string, { waiting: readonly HostLine[]; latest: number; caughtUp: boolean }>;

  constructor(hosts: readonly string[]) {
    this.#hosts = new Map(hosts.map((host) => [host, { waiting: [], latest: -Infinity, caughtUp: false }]));
  }

  /** Hosts of which a page should be read next: one page of each waits at most. */
  get wanted(): readonly string[] {
    return [...this.#hosts].filter(([, { waiting }]) => waiting.length === 0).map(([host]) => host);
  }

  /** No host had anything when it was read last. */
  get caughtUp(): boolean {
    return [...this.#hosts.values()].every(({ waiting, caughtUp }) => caughtUp && waiting.length === 0);
  }

  /** What one reading of a host brought; nothing means that there is nothing yet. */
  add(host: string, lines: readonly HostLine[]): void {
    const latest = lines.at(-1)?.time ?? this.#hosts.get(host)?.latest ?? -Infinity;
    this.#hosts.set(host, { waiting: lines, latest, caughtUp: lines.length === 0 });
  }

  /** The lines whose turn it is. `ended` says that a host that has nothing now will have nothing later. */
  take(now: number, ended: boolean): readonly HostLine[] {
    const settled = Math.min(...[...this.#hosts.values()].map((host) => settledUntil(host, now, ended)));
    const taken: HostLine[] = [];
    for (const [host, state] of this.#hosts) {
      const count = state.waiting.findIndex(({ time }) => time > settled);
      taken.push(...(count === -1 ? state.waiting : state.waiting.slice(0, count)));
      this.#hosts.set(host, { ...state, waiting: count === -1 ? [] : state.waiting.slice(count) });
    }
    // Stable: what one host said at one time stays in order.
    return taken.toSorted((a, b) => a.time - b.time);
  }
}

/** Nothing before this time comes from the host any more. */
function settledUntil({ latest, caughtUp }: { readonly latest: number; readonly caughtUp: boolean }, now: number, ended: boolean): number {
  if (!caughtUp) return latest;
  return ended ? Infinity : Math.max(latest, now - silenceMs);
}
