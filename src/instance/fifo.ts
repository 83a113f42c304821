import { execFile } from 'node:child_process';
import { close, constants, fstat, open } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { sleep } from '../stdx/deadline.ts';
import { refuse } from './channel-objects.ts';
import { fifoPollMs } from './limits.ts';

/** Made by a program: Node has no call for it. Readable for all users of the container. */
export async function makeFifo(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
  await promisify(execFile)('/usr/bin/mkfifo', ['--mode=644', path]);
  if (!(await lstat(path)).isFIFO()) refuse(`pipe ${path}`, 'something else is in its place');
}

/**
 * Opens a pipe for writing once somebody reads it. Without waiting in the call, which would hold one of the few threads
 * that all files share; and not for reading as well, or its reader's end would never be seen.
 */
export async function openFifo(path: string, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const file = await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      if ((await promisify(fstat)(file)).isFIFO()) return new Socket({ fd: file, readable: false, writable: true });
      await promisify(close)(file);
      return refuse(`pipe ${path}`, 'something else is in its place');
    } catch (error) {
      // Nobody reads it; or the container took it away, and never will.
      if (!['ENXIO', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    await sleep(fifoPollMs, signal);
  }
}

/** The reader went away. */
export class NobodyReads extends Error {
  override readonly name = 'NobodyReads';
}

/** The writing end of an open pipe. The event loop waits for the reader, never a thread. */
export class FifoWriter {
  readonly #socket: Socket;
  readonly #broken = Promise.withResolvers<never>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#broken.promise.catch(() => undefined);
    socket.once('error', (error: NodeJS.ErrnoException) => this.#broken.reject(error.code === 'EPIPE' ? new NobodyReads() : error));
  }

  /** Resolves when the pipe has taken all of it. */
  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    if (bytes.length === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    // An error is told by the event, which says why.
    this.#socket.write(bytes, (error) => (error === undefined || error === null ? resolve() : undefined));
    try {
      await Promise.race([promise, this.#broken.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** The reader finds the end of the data. */
  close(): void {
    this.#socket.destroy();
  }
}
