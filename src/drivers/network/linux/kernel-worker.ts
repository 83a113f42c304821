import { parentPort } from 'node:worker_threads';
import { present } from '../../../stdx/assert.ts';
import { runKernelCommands } from './kernel-commands.ts';
import type { KernelAnswer, KernelOrder } from './kernel-thread.ts';

/** The thread behind `KernelThread`. */
const port = present(parentPort, 'this file is the main file of a worker thread');

port.on('message', ({ orderId, commands }: KernelOrder) => {
  try {
    runKernelCommands(commands);
    port.postMessage({ orderId } satisfies KernelAnswer);
  } catch (error) {
    port.postMessage({ orderId, failure: error instanceof Error ? error.message : String(error) } satisfies KernelAnswer);
  }
});
