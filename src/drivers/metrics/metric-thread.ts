import { Worker } from 'node:worker_threads';
import type { MetricDefinition, MetricLine, MetricValue } from '../../model/job/metrics.ts';
import { withDeadline } from '../../stdx/deadline.ts';
import { RemoteError, ThreadLink } from '../../stdx/thread-link.ts';

/** What the thread does when it is asked. */
export interface MetricMethods {
  problem(definitions: readonly MetricDefinition[]): string | undefined;
  read(asked: { readonly definitions: readonly MetricDefinition[]; readonly lines: readonly MetricLine[] }): readonly MetricValue[];
  readonly [method: string]: (argument: never) => unknown;
}

/** Users' patterns on lines of their jobs. */
export interface MetricReader {
  /** Why a definition cannot be used; undefined when all can. */
  problem(definitions: readonly MetricDefinition[]): Promise<string | undefined>;
  /** The newest value of each metric in these lines. Throws when it takes too long. */
  read(definitions: readonly MetricDefinition[], lines: readonly MetricLine[]): Promise<readonly MetricValue[]>;
}

/** Of 40 patterns on 500 lines; usual ones take a few microseconds each. */
const metricsMs = 5_000;
/** The largest pattern that is compiled, to be refused, takes 100 MB. */
const heapMb = 192;

/**
 * A thread for the patterns of all jobs, one call after the other. A call that takes too long ends with the thread; the
 * next one has another. Started at the first call.
 */
export class MetricThread implements MetricReader {
  #thread: { readonly worker: Worker; readonly link: ThreadLink<MetricMethods> } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  async problem(definitions: readonly MetricDefinition[]): Promise<string | undefined> {
    if (definitions.length === 0) return undefined;
    try {
      return await this.#inTurn(async (link) => await link.call('problem', definitions));
    } catch {
      return 'their regular expressions take too long to compile.';
    }
  }

  async read(definitions: readonly MetricDefinition[], lines: readonly MetricLine[]): Promise<readonly MetricValue[]> {
    if (definitions.length === 0 || lines.length === 0) return [];
    return await this.#inTurn(async (link) => await link.call('read', { definitions, lines }));
  }

  /** The deadline is of the call alone: waiting for others is nobody's fault. */
  async #inTurn<T>(call: (link: ThreadLink<MetricMethods>) => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      const { worker, link } = (this.#thread ??= this.#start());
      worker.ref();
      try {
        return await withDeadline('metricsMs', metricsMs, call(link));
      } catch (error) {
        this.#thread = undefined;
        await worker.terminate();
        throw error;
      } finally {
        worker.unref();
      }
    });
    this.#last = mine.catch(() => undefined);
    return await mine;
  }

  #start(): { readonly worker: Worker; readonly link: ThreadLink<MetricMethods> } {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`metric-worker.${extension}`, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
    const link = new ThreadLink<MetricMethods>(worker, {});
    const lose = (error: Error): void => {
      if (this.#thread?.worker === worker) this.#thread = undefined;
      link.break(new RemoteError(error.message));
    };
    worker.on('error', (error) => lose(error as Error));
    worker.on('exit', (code) => lose(new Error(`the thread for metrics ended with ${code}`)));
    return { worker, link };
  }
}
