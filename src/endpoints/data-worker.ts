import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../stdx/assert.ts';
import type { WorkerContext } from './exchange.ts';
import { HttpListener } from './http-listener.ts';
import { deadlines } from './limits.ts';
import type { ControlMethods, WorkerListener, WorkerSettings } from './listener.ts';
import { SecureContexts } from './secure-contexts.ts';
import { ThreadLink } from './thread-link.ts';

/**
 * A data worker: a thread that owns sockets, TLS and bulk bytes and knows nothing of what they mean. It enters the
 * namespaces of its listeners itself. The control thread tells it what to open, and answers what its requests ask.
 */
const port = present(parentPort, 'a data worker runs in a worker thread');
const { blobDirectory } = workerData as WorkerSettings;
const listeners = new Map<string, HttpListener>();

const control: ThreadLink<ControlMethods> = new ThreadLink<ControlMethods>(port, { openListener, closeListener, stop });
const context: WorkerContext = { control, blobDirectory, load: { requests: 0, collectedBytes: 0 } };
const contexts = new SecureContexts((serverName) => control.call('certificate', serverName));

async function openListener(listener: WorkerListener): Promise<{ port: number }> {
  const opened = await HttpListener.open(context, listener, contexts);
  listeners.set(listener.id, opened);
  return { port: opened.port };
}

/** Cuts the connections too: a request must not outlive the endpoint it came through. */
async function closeListener(id: string): Promise<void> {
  const listener = listeners.get(id);
  listeners.delete(id);
  await listener?.close(0);
}

async function stop(): Promise<void> {
  await Promise.all(Array.from(listeners.values(), (listener) => listener.close(deadlines.drainMs)));
  listeners.clear();
}
