import { AwsError } from '../../aws/aws-error.ts';
import { ProcessError } from '../../drivers/process/process.ts';
import type { Log } from '../../stdx/log.ts';
import type { Random } from '../../stdx/random.ts';

/** What making or loading an image has come to. */
export interface ImageWork {
  readonly workId: string;
  readonly steps: readonly string[];
  readonly state: 'running' | 'done' | 'failed';
  /** Why it failed. */
  readonly message?: string;
}

/** Ended ones that are still told about. */
const keptMax = 20;

type Work = (tell: (step: string) => void, signal: AbortSignal) => Promise<void>;

/** Makes images one after another, for minutes: who asked comes back to see how far it is. They end with the daemon. */
export class ImageWorks {
  readonly #works = new Map<string, ImageWork>();
  readonly #ended = new AbortController();
  readonly #random: Random;
  readonly #log: Log;
  #last: Promise<void> = Promise.resolve();

  constructor({ random, log }: { readonly random: Random; readonly log: Log }) {
    this.#random = random;
    this.#log = log;
  }

  start(work: Work): ImageWork {
    if (this.#ended.signal.aborted) throw new AwsError('ServiceUnavailable', 'This daemon is ending.', { status: 503 });
    const begun: ImageWork = { workId: this.#random.hex(16), steps: [], state: 'running' };
    this.#keep(begun);
    this.#last = this.#last.then(async () => await this.#run(begun.workId, work));
    return begun;
  }

  find(workId: string): ImageWork | undefined {
    return this.#works.get(workId);
  }

  /** Kills what is under way, and returns when it has let go of its files. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#last;
  }

  async #run(workId: string, work: Work): Promise<void> {
    const { signal } = this.#ended;
    try {
      signal.throwIfAborted();
      await work((step) => this.#change(workId, ({ steps }) => ({ steps: [...steps, step] })), signal);
      this.#change(workId, () => ({ state: 'done' }));
    } catch (error) {
      this.#log('an image could not be made', { error });
      this.#change(workId, () => ({ state: 'failed', message: wordsOf(error) }));
    }
  }

  #change(workId: string, change: (work: ImageWork) => Partial<ImageWork>): void {
    const work = this.#works.get(workId);
    if (work !== undefined) this.#works.set(workId, { ...work, ...change(work) });
  }

  #keep(work: ImageWork): void {
    for (const [workId, { state }] of this.#works) if (this.#works.size >= keptMax && state !== 'running') this.#works.delete(workId);
    this.#works.set(work.workId, work);
  }
}

/** Of a program what it said, without how it was called. */
function wordsOf(error: unknown): string {
  if (error instanceof ProcessError && error.stderr !== '') return error.stderr.trim();
  return error instanceof Error ? error.message : String(error);
}
