import { median } from './statistics.ts';

/** Figures of the same round stand at the same index. */
export interface Pairs {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/**
 * Measures ours, the peer, ours, the peer, …: what else the machine does falls on both. The first pair is thrown away when
 * there is more than one: it warms caches.
 */
export async function interleaved(rounds: number, ours: () => Promise<number>, peer: () => Promise<number>): Promise<Pairs> {
  const pairs = { ours: [] as number[], peer: [] as number[] };
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round += 1) {
    // Neither is always the one that follows the other's tail.
    const first = round % 2 === 0 ? ours : peer;
    const a = await first();
    const b = await (first === ours ? peer : ours)();
    if (round < 0) continue;
    pairs.ours.push(first === ours ? a : b);
    pairs.peer.push(first === ours ? b : a);
  }
  return pairs;
}

export const ratios = ({ ours, peer }: Pairs): number[] => ours.map((figure, index) => figure / (peer[index] ?? Number.NaN));

/** `1.21 against 1.45 GB/s`, of the medians. */
export function spoken({ ours, peer }: Pairs, unit: string, digits = 2): string {
  return `${median(ours).toFixed(digits)} against ${median(peer).toFixed(digits)} ${unit}`;
}
