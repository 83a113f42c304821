import { tupleKey } from './observation.ts';
import type { FlowSide } from './sides.ts';

/** Records of one interface in one window. More are not recorded, and said to be skipped. */
const recordsPerInterfaceMax = 50_000;

export type TrafficType = 'ACCEPT' | 'REJECT' | 'ALL';

/** What one interface saw since its window began: one record per direction of a flow and action. */
export class InterfaceWindow {
  readonly startMs: number;
  readonly #sides = new Map<string, FlowSide>();
  #skipped = false;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  add(side: FlowSide): void {
    const key = `${side.flowDirection} ${side.action} ${tupleKey(side)}`;
    const before = this.#sides.get(key);
    if (before === undefined && this.#sides.size >= recordsPerInterfaceMax) this.#skipped = true;
    else this.#sides.set(key, before === undefined ? side : sum(before, side));
  }

  /** Something was lost. */
  skip(): void {
    this.#skipped = true;
  }

  get skipped(): boolean {
    return this.#skipped;
  }

  get isEmpty(): boolean {
    return this.#sides.size === 0;
  }

  /** Those that a flow log of this type shows, the earliest first. */
  sides(type: TrafficType): FlowSide[] {
    return [...this.#sides.values()].filter(({ action }) => type === 'ALL' || action === type).sort((a, b) => a.startMs - b.startMs);
  }
}

function sum(a: FlowSide, b: FlowSide): FlowSide {
  return {
    ...a,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    startMs: Math.min(a.startMs, b.startMs),
    endMs: Math.max(a.endMs, b.endMs),
    tcpFlags: a.tcpFlags === undefined || b.tcpFlags === undefined ? undefined : a.tcpFlags | b.tcpFlags,
  };
}
