import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../stdx/clock.ts';
import { withDeadline } from '../stdx/deadline.ts';

/** Brings something to what is stored. Takes no input: what changed is only a hint, which a restart would lose. Never retries by itself. */
export interface Reconciler {
  readonly name: string;
  activate(signal: AbortSignal): Promise<ReconcileStatus>;
}

export interface ReconcileStatus {
  readonly changed: number;
  readonly failures: readonly { readonly subject: string; readonly message: string }[];
}

/** What one activation did. */
export interface ReconcileRun extends ReconcileStatus {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
}

const stopDeadlineMs = 10_000;

/** Runs one reconciler: on request, and every `periodMs` regardless, one activation at a time. */
export class ReconcileLoop {
  readonly #reconciler: Reconciler;
  readonly #periodMs: number;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  readonly #watchers = new Set<() => void>();
  #wake: (() => void) | undefined;
  #requested = true;
  #running: Promise<void> | undefined;
  last: ReconcileRun | undefined;
  /** Since the start, and how many of them had a failure. */
  readonly runs = { all: 0, failed: 0 };

  constructor(reconciler: Reconciler, options: { readonly periodMs: number; readonly clock: Clock }) {
    this.#reconciler = reconciler;
    this.#periodMs = options.periodMs;
    this.#clock = options.clock;
  }

  get name(): string {
    return this.#reconciler.name;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Coalesces: a thousand requests during one activation cause exactly one more. */
  request(): void {
    this.#requested = true;
    this.#wake?.();
  }

  /** Calls `watcher` after each activation, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** False when an activation was still under way at the deadline. */
  async stop(): Promise<boolean> {
    this.#abort.abort();
    this.#wake?.();
    if (this.#running === undefined) return true;
    return await withDeadline('reconcileStopMs', stopDeadlineMs, this.#running).then(
      () => true,
      () => false,
    );
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      if (!this.#requested) await this.#sleep();
      // What else is written in this turn comes along: a job's two interfaces are one change of its network.
      await nextTurn();
      this.#requested = false;
      if (this.#abort.signal.aborted) return;
      const [startedAt, startedMs] = [this.#clock.now().toISOString(), this.#clock.monotonicMs()];
      const status = await this.#activate();
      this.last = { ...status, startedAt, durationMs: this.#clock.monotonicMs() - startedMs };
      this.runs.all += 1;
      this.runs.failed += status.failures.length > 0 ? 1 : 0;
      for (const watcher of this.#watchers) watcher();
    }
  }

  async #activate(): Promise<ReconcileStatus> {
    try {
      return await this.#reconciler.activate(this.#abort.signal);
    } catch (error) {
      return { changed: 0, failures: [{ subject: this.name, message: String(error) }] };
    }
  }

  async #sleep(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, this.#periodMs);
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
