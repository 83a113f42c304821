import { Worker } from 'node:worker_threads';
import { assert } from '../../../stdx/assert.ts';
import { withDeadline } from '../../../stdx/deadline.ts';
import type { KernelCommand } from './kernel-command.ts';

export interface KernelOrder {
  readonly orderId: number;
  readonly commands: readonly KernelCommand[];
}

export interface KernelAnswer {
  readonly orderId: number;
  /** Why it failed; absent when all was done. */
  readonly failure?: string;
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
  readonly #waiting = new Map<number, { resolve(): void; reject(error: Error): void }>();
  #worker: Worker | undefined;
  #orders = 0;

  async run(commands: readonly KernelCommand[]): Promise<void> {
    if (commands.length === 0) return;
    const orderId = (this.#orders += 1);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.set(orderId, { resolve, reject });
    const worker = (this.#worker ??= this.#start());
    worker.ref();
    worker.postMessage({ orderId, commands } satisfies KernelOrder);
    try {
      await withDeadline('kernelMs', kernelMs, promise);
    } finally {
      this.#waiting.delete(orderId);
      // A program that has nothing else to do may end.
      if (this.#waiting.size === 0) this.#worker?.unref();
    }
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`kernel-worker.${extension}`, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 64 } });
    worker.on('message', ({ orderId, failure }: KernelAnswer) => {
      const waiting = this.#waiting.get(orderId);
      if (failure === undefined) waiting?.resolve();
      else waiting?.reject(new KernelCommandError(failure));
    });
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', (code) => this.#lose(worker, new Error(`the thread for system calls ended with ${code}`)));
    return worker;
  }

  /** The next command starts another. */
  #lose(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    assert(error instanceof Error, 'a worker ends with an error');
    for (const { reject } of this.#waiting.values()) reject(new KernelCommandError(error.message, { cause: error }));
  }
}
