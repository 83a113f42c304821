import { statSync } from 'node:fs';
import type { DroppedPackets, TrackedFlow } from '../../../../model/flow-logs/observation.ts';
import { assert } from '../../../../stdx/assert.ts';
import type { Clock } from '../../../../stdx/clock.ts';
import { readCountedDrops } from '../counted.ts';
import { namespacePath } from '../namespaces.ts';
import type { Tools } from '../tools.ts';
import type { ConntrackEntry } from './conntrack-message.ts';
import { ConntrackSocket } from './conntrack-socket.ts';
import { DropDeltas } from './drop-deltas.ts';

/** Flows of one reading. More are not told, and the reading is not whole. */
const flowsMax = 262_144;
const flowsPerPage = 2_000;

export interface ReadingHead {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isWhole: boolean;
  readonly drops: readonly DroppedPackets[];
}

/** One VPC whose packets are counted, by the thread that does it. */
export class WatchedVpc {
  readonly #router: string;
  readonly #tools: Tools;
  readonly #clock: Clock;
  readonly #socket: ConntrackSocket;
  readonly #inode: number;
  readonly #deltas = new DropDeltas();
  #ended: ConntrackEntry[] = [];
  #isWhole = true;
  #readMs = 0;
  #pages: TrackedFlow[] = [];

  private constructor(router: string, tools: Tools, clock: Clock) {
    this.#router = router;
    this.#tools = tools;
    this.#clock = clock;
    this.#inode = inodeOf(router);
    this.#socket = new ConntrackSocket(namespacePath(router));
  }

  /** What was counted until now is thrown away: nobody knows since when. */
  static async open(router: string, tools: Tools, clock: Clock): Promise<WatchedVpc> {
    const watched = new WatchedVpc(router, tools, clock);
    try {
      await watched.read();
      watched.#pages = [];
      return watched;
    } catch (error) {
      watched.close();
      throw error;
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** Empties the kernel's buffer. */
  drain(): void {
    const isWhole = this.#socket.readEnded((entry) => this.#keep(this.#ended, entry));
    if (!isWhole) this.#isWhole = false;
  }

  /** Connection tracking before the drops: see `Subtraction`. */
  async read(): Promise<ReadingHead> {
    assert(inodeOf(this.#router) === this.#inode, `${this.#router} is the namespace that is counted in`);
    const fromMs = this.#readMs;
    this.drain();
    const entries = this.#ended;
    this.#ended = [];
    this.#socket.readAndZero((entry) => this.#keep(entries, entry));
    const untilMs = this.#clock.now().getTime();
    const { drops, isFull } = await readCountedDrops(this.#tools, this.#router);
    const isWhole = this.#isWhole && !isFull;
    this.#isWhole = true;
    this.#readMs = untilMs;
    this.#pages = entries.map((entry) => flowOf(entry, fromMs, untilMs));
    return { fromMs, untilMs, isWhole, drops: this.#deltas.take(drops, this.#clock.now().getTime()) };
  }

  /** The next flows of the last reading; none at the end. */
  nextPage(): readonly TrackedFlow[] {
    return this.#pages.splice(0, flowsPerPage);
  }

  /** Most entries of a dump have not moved. */
  #keep(entries: ConntrackEntry[], entry: ConntrackEntry): void {
    if (entry.original.packets === 0 && entry.reply.packets === 0) return;
    if (entries.length < flowsMax) entries.push(entry);
    else this.#isWhole = false;
  }
}

/** Mounted anew, a name is another namespace. */
const inodeOf = (router: string): number => statSync(namespacePath(router)).ino;

function flowOf({ startMs, stopMs, ...entry }: ConntrackEntry, fromMs: number, untilMs: number): TrackedFlow {
  const began = startMs !== undefined && startMs >= fromMs;
  const endMs = Math.min(stopMs ?? untilMs, untilMs);
  return { ...entry, began, startMs: began ? Math.min(startMs, endMs) : fromMs, endMs };
}
