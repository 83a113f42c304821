/** A chunk of a socket is 64 KiB: so many streams go on in a turn without taking more than their share. */
const [bytesPerTurn, streamsPerTurn] = [256 << 10, 4];

/**
 * Shares a thread between streams that bring more than it can take and everything else that it serves. When its sockets
 * have waited, one read of them all brings 2 MiB of each; a small call among uploads then waits for many megabytes, at each of
 * its steps. Here the streams of a thread together take a quarter of a megabyte, and then the other sockets have their turn.
 */
class FairTurns {
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  #isCounting = false;

  /** Counts what a stream took. When this turn has had enough, returns false and calls `goOn` in one of the next. */
  take(bytes: number, goOn: () => void): boolean {
    this.#taken += bytes;
    this.#count();
    if (this.#taken < bytesPerTurn) return true;
    this.#waiting.add(goOn);
    return false;
  }

  #count(): void {
    if (this.#isCounting) return;
    this.#isCounting = true;
    // After the sockets that are ready, and before those that are ready then.
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#isCounting = false;
    this.#taken = 0;
    for (const goOn of [...this.#waiting].slice(0, streamsPerTurn)) {
      this.#waiting.delete(goOn);
      goOn();
    }
    if (this.#waiting.size > 0) this.#count();
  }
}

/** Of this thread. */
export const fairTurns = new FairTurns();
