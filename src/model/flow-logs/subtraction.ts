import { type DroppedPackets, type FlowTuple, type PacketCount, tupleKey } from './observation.ts';

/**
 * Two sources see a packet that is dropped in the middle of a flow: connection tracking, when it comes, and the gate that
 * drops it. It is the gate's: what connection tracking counted is lessened by it. A packet that begins a flow and is
 * dropped is in no tracked flow, and nothing is taken off for it.
 */
export class Subtraction {
  readonly #carried: Map<string, PacketCount>;
  readonly #dropped = new Map<string, PacketCount>();

  /** @param carried what the last reading's drops had left: they were counted between its two looks */
  constructor(carried: ReadonlyMap<string, PacketCount>, drops: readonly DroppedPackets[]) {
    this.#carried = new Map(carried);
    for (const drop of drops) {
      if (!drop.tracked) continue;
      const key = tupleKey(drop);
      const { packets, bytes } = this.#dropped.get(key) ?? none;
      this.#dropped.set(key, { packets: packets + drop.packets, bytes: bytes + drop.bytes });
    }
  }

  /** What of the packets of one direction of a flow was not dropped. */
  take(tuple: FlowTuple, count: PacketCount): PacketCount {
    const key = tupleKey(tuple);
    return takeFrom(this.#dropped, key, takeFrom(this.#carried, key, count));
  }

  /**
   * Drops whose packets connection tracking had not shown: it is read first, so they are in its next reading, and never
   * in one before. What that does not show either was lost with it.
   */
  left(): ReadonlyMap<string, PacketCount> {
    return this.#dropped;
  }
}

const none: PacketCount = { packets: 0, bytes: 0 };

function takeFrom(pool: Map<string, PacketCount>, key: string, count: PacketCount): PacketCount {
  const dropped = pool.get(key);
  if (dropped === undefined) return count;
  const taken = { packets: Math.min(dropped.packets, count.packets), bytes: Math.min(dropped.bytes, count.bytes) };
  const rest = { packets: dropped.packets - taken.packets, bytes: dropped.bytes - taken.bytes };
  if (rest.packets === 0) pool.delete(key);
  else pool.set(key, rest);
  return { packets: count.packets - taken.packets, bytes: count.bytes - taken.bytes };
}
