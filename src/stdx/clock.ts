/** The only reader of the time of day. Everything else is handed a `Clock`, so tests choose the time. */
export interface Clock {
  /** Wall time, as stored and shown. */
  now(): Date;
  /** Monotonic milliseconds, for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** A clock that moves only when told. */
export function manualClock(start: Date): Clock & { advance(ms: number): void } {
  let ms = start.getTime();
  return {
    now: () => new Date(ms),
    monotonicMs: () => ms,
    advance(by) {
      ms += by;
    },
  };
}
