import { parentPort, workerData } from 'node:worker_threads';
import { present } from '../stdx/assert.ts';
import type { WorkerContext } from './exchange.ts';
import { HttpListener } from './http-listener.ts';
import { deadlines } from './limits.ts';
import type { ControlMethods, WorkerListener, WorkerMethods, WorkerSettings } from './listener.ts';
import { RelaySockets, type RelayPlace } from './relay-sockets.ts';
import { ResolverSockets, type ResolverPlace } from './resolver-sockets.ts';
import type { ResolverZone } from './resolver.ts';
import { SecureContexts } from './secure-contexts.ts';
import { ThreadLink } from '../stdx/thread-link.ts';

/**
 * A data worker: a thread that owns sockets, TLS and bulk bytes and knows nothing of what they mean. It enters the
 * namespaces of its listeners itself. The control thread tells it what to open, and answers what its requests ask.
 */
const port = present(parentPort, 'a data worker runs in a worker thread');
const { blobDirectory } = workerData as WorkerSettings;
/** Everything open here, by id. */
const open = new Map<string, { close(drainMs: number): Promise<void> }>();
const resolvers = new Map<string, ResolverSockets>();

const control: ThreadLink<ControlMethods> = new ThreadLink<ControlMethods>(port, {
  openListener,
  openResolver,
  openRelay,
  setZone,
  close,
  stop,
  cut,
  ping: () => undefined,
} satisfies WorkerMethods);
const context: WorkerContext = { control, blobDirectory, load: { requests: 0, collectedBytes: 0 }, moving: new Set() };
const contexts = new SecureContexts((serverName) => control.call('certificate', serverName));

async function openListener(listener: WorkerListener): Promise<{ port: number }> {
  const opened = await HttpListener.open(context, listener, contexts);
  open.set(listener.id, opened);
  return { port: opened.port };
}

async function openResolver({ place, zone }: { place: ResolverPlace; zone: ResolverZone }): Promise<{ port: number }> {
  const { id } = place;
  const resolver = await ResolverSockets.open(place, zone, (questions) => void control.call('unanswered', { id, questions }).catch(() => undefined));
  open.set(id, resolver);
  resolvers.set(id, resolver);
  return { port: place.port };
}

async function openRelay(place: RelayPlace): Promise<{ port: number }> {
  const relay = await RelaySockets.open(place);
  open.set(place.id, relay);
  return { port: relay.port };
}

function setZone({ id, zone }: { id: string; zone: ResolverZone }): void {
  resolvers.get(id)?.setZone(zone);
}

/** Cuts the connections too: a request must not outlive the endpoint it came through. */
async function close(id: string): Promise<void> {
  const closing = open.get(id);
  open.delete(id);
  resolvers.delete(id);
  await closing?.close(0);
}

function cut(): void {
  for (const socket of context.moving) socket.destroy();
}

async function stop(): Promise<void> {
  await Promise.all(Array.from(open.values(), (opened) => opened.close(deadlines.drainMs)));
  open.clear();
}
