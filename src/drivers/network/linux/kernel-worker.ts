import { parentPort } from 'node:worker_threads';
import { present } from '../../../stdx/assert.ts';
import { ThreadLink } from '../../../stdx/thread-link.ts';
import { runKernelCommands } from './kernel-commands.ts';
import type { KernelMethods } from './kernel-thread.ts';

/** The thread behind `KernelThread`. */
void new ThreadLink(present(parentPort, 'this file is the main file of a worker thread'), { run: runKernelCommands } satisfies KernelMethods);
