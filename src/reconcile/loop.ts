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

const stopDeadlineMs = 10_000;

/** Runs one reconciler: on request, and every `periodMs` regardless, one activation at a time. */
export class ReconcileLoop {
  readonly #reconciler: Reconciler;
  readonly #periodMs: number;
  readonly #abort = new AbortController();
  readonly #watchers = new Set<() => void>();
  #wake: (() => void) | undefined;
  #requested = true;
  #running: Promise<void> | undefined;
  last: ReconcileStatus | undefined;

  constructor(reconciler: Reconciler, options: { readonly periodMs: number }) {
    this.#reconciler = reconciler;
    this.#periodMs = options.periodMs;
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

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake?.();
    if (this.#running !== undefined) await withDeadline('reconcileStopMs', stopDeadlineMs, this.#running).catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      if (!this.#requested) await this.#sleep();
      this.#requested = false;
      if (this.#abort.signal.aborted) return;
      try {
        this.last = await this.#reconciler.activate(this.#abort.signal);
      } catch (error) {
        this.last = { changed: 0, failures: [{ subject: this.name, message: String(error) }] };
      }
      for (const watcher of this.#watchers) watcher();
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
