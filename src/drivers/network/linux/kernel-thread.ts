import { Worker } from 'node:worker_threads';
import { withDeadline } from '../../../stdx/deadline.ts';
import { RemoteError, ThreadLink } from '../../../stdx/thread-link.ts';
import type { KernelCommand } from './kernel-command.ts';

/** What the thread does when it is asked. */
export interface KernelMethods {
  run(commands: readonly KernelCommand[]): void;
  readonly [method: string]: (argument: never) => unknown;
}

/** The kernel answers at once but for its lock on all links, which a burst of namespaces that end may hold. */
const kernelMs = 30_000;

/** Commands that the kernel refused. */
export class KernelCommandError extends Error {
  override readonly name = 'KernelCommandError';
}

/**
 * A thread for system calls about namespaces and links. They wait for locks of the kernel, and entering a namespace is the
 * matter of a whole thread: neither may happen where requests are answered. Started at the first command, and never ended:
 * it holds nothing.
 */
export class KernelThread {
  #thread: { readonly worker: Worker; readonly link: ThreadLink<KernelMethods> } | undefined;
  #running = 0;

  async run(commands: readonly KernelCommand[]): Promise<void> {
    if (commands.length === 0) return;
    this.#thread ??= this.#start();
    const { worker, link } = this.#thread;
    this.#running += 1;
    worker.ref();
    try {
      await withDeadline('kernelMs', kernelMs, link.call('run', commands));
    } catch (error) {
      throw error instanceof RemoteError ? new KernelCommandError(error.message, { cause: error }) : error;
    } finally {
      this.#running -= 1;
      // A program that has nothing else to do may end.
      if (this.#running === 0) worker.unref();
    }
  }

  #start(): { readonly worker: Worker; readonly link: ThreadLink<KernelMethods> } {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`kernel-worker.${extension}`, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 64 } });
    const link = new ThreadLink<KernelMethods>(worker, {});
    // The next command starts another.
    const lose = (error: Error): void => {
      if (this.#thread?.worker === worker) this.#thread = undefined;
      link.break(new RemoteError(error.message));
    };
    worker.on('error', (error) => lose(error as Error));
    worker.on('exit', (code) => lose(new Error(`the thread for system calls ended with ${code}`)));
    return { worker, link };
  }
}
