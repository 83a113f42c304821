import type { DroppedPackets, PacketCount } from '../../../../model/flow-logs/observation.ts';
import { dropNotes } from '../../../../model/network/gate.ts';
import type { CountedDrop } from '../counted.ts';

/** The sets of dropped packets only count up: what was dropped since the last look is the difference. */
export class DropDeltas {
  #seen = new Map<string, PacketCount>();

  /** Everything that a look at the sets shows; returns what is new in it. */
  take(drops: readonly CountedDrop[], nowMs: number): DroppedPackets[] {
    const seen = new Map<string, PacketCount>();
    const fresh = drops.flatMap((drop): DroppedPackets[] => {
      const { key, packets, bytes } = drop;
      seen.set(key, { packets, bytes });
      const before = this.#seen.get(key);
      // One that counts less than before had been forgotten, and was made anew.
      const last = before === undefined || before.packets > packets ? none : before;
      return packets === last.packets ? [] : since(drop, { packets: packets - last.packets, bytes: bytes - last.bytes }, nowMs);
    });
    this.#seen = seen;
    return fresh;
  }
}

const none: PacketCount = { packets: 0, bytes: 0 };

function since({ gate, notes, protocol, source, destination, sourcePort, destinationPort, idleMs }: CountedDrop, count: PacketCount, nowMs: number) {
  if (gate === undefined) return [];
  const tracked = (notes & dropNotes.tracked) !== 0;
  const drop = { gate, protocol, source, destination, sourcePort, destinationPort, ...count, tracked };
  return [{ ...drop, tcpFlags: tcpFlagsOf(notes), endMs: nowMs - idleMs }];
}

const [fin, syn, rst, ack] = [1, 2, 4, 16];

/** The acknowledgement counts only beside a SYN. */
function tcpFlagsOf(notes: number): number {
  const flag = (name: keyof typeof dropNotes, value: number): number => ((notes & dropNotes[name]) === 0 ? 0 : value);
  return flag('fin', fin) | flag('syn', syn) | flag('rst', rst) | flag('synAck', syn | ack);
}
