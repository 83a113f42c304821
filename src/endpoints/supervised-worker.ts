import { Worker } from 'node:worker_threads';
import type { Plan, Reply } from '../aws/message.ts';
import { assert, present } from '../stdx/assert.ts';
import { sleep, withDeadline } from '../stdx/deadline.ts';
import { removeBlob } from '../store/blobs/blob-directory.ts';
import type { DataPlaneOptions } from './data-plane.ts';
import { deadlines } from './limits.ts';
import {
  type AnySpec,
  arrivalOf,
  type BareHead,
  type BodyManner,
  type Completion,
  type ControlMethods,
  type ListenerSpec,
  type LocalListenerSpec,
  type WorkerListener,
  type WorkerMethods,
  type WorkerSettings,
} from './listener.ts';
import type { UnansweredQuestion } from './resolver-sockets.ts';
import type { ResolverZone } from './resolver.ts';
import { RemoteError, ThreadLink } from '../stdx/thread-link.ts';

/** A worker that dies again and again is started less and less often. */
const [restartMsMin, restartMsMax] = [100, 5_000];
/** A worker that lived this long was well. */
const healthyMs = 30_000;
/** Between two tries to open what a worker that died had open. */
const reopenMs = 5_000;
const stopMs = deadlines.drainMs + 3_000;
/** A worker that is well answers in less, whatever it is busy with. */
const pingMs = 1_000;

interface Known {
  spec: AnySpec;
  port: number;
}

/** One data worker as the control thread sees it: its link, its listeners, the uploads it is busy with. Started again when it dies. */
export class SupervisedWorker {
  readonly #options: DataPlaneOptions;
  readonly listeners = new Map<string, Known>();
  /** Tickets that a worker holds, with the blob it is writing for them. */
  readonly #tickets = new Map<string, string | undefined>();
  #worker: Worker;
  #link: ThreadLink<WorkerMethods>;
  #restartMs = restartMsMin;
  restarts = 0;
  #stopping = false;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
    [this.#worker, this.#link] = this.#start();
  }

  async open(spec: AnySpec): Promise<{ port: number }> {
    // Known before it is open: its first request may come before the worker's answer.
    const known: Known = { spec, port: spec.port };
    this.listeners.set(spec.id, known);
    try {
      ({ port: known.port } = await this.#openNow(spec, spec.port));
      return { port: known.port };
    } catch (error) {
      this.listeners.delete(spec.id);
      throw error;
    }
  }

  async close(id: string): Promise<void> {
    this.listeners.delete(id);
    // A worker that died has closed everything.
    await this.#link.call('close', id).catch((error: Error) => this.#report(`closing ${id}: ${error.message}`));
  }

  /** Gives a resolver another zone, now and after a restart. */
  async setZone(id: string, zone: ResolverZone): Promise<void> {
    const known = this.listeners.get(id);
    if (known === undefined || !('zone' in known.spec)) return;
    known.spec = { ...known.spec, zone };
    await this.#link.call('setZone', { id, zone });
  }

  async cut(): Promise<void> {
    // A worker that died has cut everything.
    await this.#link.call('cut', undefined).catch((error: Error) => this.#report(`cutting connections: ${error.message}`));
  }

  async isAlive(): Promise<boolean> {
    return await withDeadline('pingMs', pingMs, this.#link.call('ping', undefined)).then(
      () => true,
      () => false,
    );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await withDeadline('stopMs', stopMs, this.#link.call('stop', undefined)).catch((error: Error) => this.#report(error.message));
    await this.#worker.terminate();
  }

  async #openNow(spec: AnySpec, port: number): Promise<{ port: number }> {
    if ('relayTo' in spec) return this.#link.call('openRelay', { ...spec, port });
    if (!('zone' in spec)) return this.#link.call('openListener', workerListener(spec, port));
    const { zone, unanswered: _, ...place } = spec;
    return this.#link.call('openResolver', { place, zone });
  }

  #start(): [Worker, ThreadLink<WorkerMethods>] {
    const settings: WorkerSettings = { blobDirectory: this.#options.blobDirectory };
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./data-worker.${extension}`, import.meta.url), { workerData: settings, name: 'data-worker' });
    const local: ControlMethods = {
      plan: (request: { listenerId: string; head: BareHead; body?: Uint8Array }) => this.#plan(request),
      complete: (request: { ticket: string; result: Completion }) => this.#complete(request),
      abandon: (ticket: string) => this.#abandon(ticket),
      certificate: (serverName: string | undefined) => this.#options.certificates.certificateFor(serverName),
      unanswered: (asked: { id: string; questions: readonly UnansweredQuestion[] }) => this.#unanswered(asked),
      report: (text: string) => this.#report(text),
    };
    const link = new ThreadLink<WorkerMethods>(worker, local);
    const startedAtMs = performance.now();
    worker.on('error', (error) => this.#report(`a data worker failed: ${error.stack ?? error.message}`));
    worker.on('exit', () => void this.#ended(link, performance.now() - startedAtMs));
    return [worker, link];
  }

  async #ended(link: ThreadLink<WorkerMethods>, livedMs: number): Promise<void> {
    link.break(new RemoteError('the data worker ended'));
    for (const [ticket, blobId] of this.#tickets) {
      this.#abandon(ticket);
      if (blobId !== undefined) await removeBlob(this.#options.blobDirectory, blobId).catch((error: Error) => this.#report(error.message));
    }
    if (this.#stopping) return;
    if (livedMs > healthyMs) this.#restartMs = restartMsMin;
    this.#report(`a data worker ended; it is started again in ${this.#restartMs} ms with its ${this.listeners.size} listeners`);
    await sleep(this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, restartMsMax);
    if (this.#stopping) return;
    [this.#worker, this.#link] = this.#start();
    this.restarts += 1;
    await Promise.all(Array.from(this.listeners.values(), (known) => this.#openAgain(known)));
  }

  /** On the port it had: clients know it. What cannot be opened is tried again until it can be, is closed, or the worker dies again. */
  async #openAgain(known: Known): Promise<void> {
    const link = this.#link;
    const isWanted = (): boolean => !this.#stopping && this.#link === link && this.listeners.get(known.spec.id) === known;
    for (let failures = 0; isWanted(); failures += 1) {
      try {
        await this.#openNow(known.spec, known.port);
        if (failures > 0) this.#report(`${known.spec.id} is open again`);
        return;
      } catch (error) {
        if (failures === 0) this.#report(`${known.spec.id} could not be opened again: ${(error as Error).message}`);
      }
      await sleep(reopenMs);
    }
  }

  async #plan({ listenerId, head, body }: { listenerId: string; head: BareHead; body?: Uint8Array }): Promise<Plan> {
    const { spec } = present(this.listeners.get(listenerId), `the listener ${listenerId} is open`);
    assert(!('zone' in spec || 'relayTo' in spec), 'a resolver and a relay answer no requests');
    if ('answer' in spec) return { kind: 'reply', reply: clonable(await spec.answer(head)) };
    const { sourceIp, secure, ...request } = head;
    const plan = await this.#options.handler.plan({ ...request, arrival: arrivalOf(spec.arrival, { sourceIp, secure }) }, body);
    if (plan.kind === 'reply') return { kind: 'reply', reply: clonable(plan.reply) };
    this.#tickets.set(plan.ticket, plan.kind === 'receive' ? plan.blobId : undefined);
    return plan;
  }

  async #complete({ ticket, result }: { ticket: string; result: Completion }): Promise<Reply> {
    // From here on the bytes belong to whoever commits them.
    this.#tickets.delete(ticket);
    return clonable(await this.#options.handler.complete(ticket, result));
  }

  #abandon(ticket: string): void {
    if (this.#tickets.delete(ticket)) this.#options.handler.abandon(ticket);
  }

  #unanswered({ id, questions }: { id: string; questions: readonly UnansweredQuestion[] }): void {
    const spec = this.listeners.get(id)?.spec;
    if (spec !== undefined && 'zone' in spec) spec.unanswered(questions);
  }

  #report(text: string): void {
    this.#options.report?.(text);
  }
}

function workerListener(spec: ListenerSpec | LocalListenerSpec, port: number): WorkerListener {
  const { id, namespacePath, address, protocols } = spec;
  return {
    id,
    address,
    port,
    protocols,
    bodies: bodyManner(spec),
    ...(namespacePath === undefined ? {} : { namespacePath }),
    ...('arrival' in spec && spec.arrival.kind === 'host' ? { defaultServerName: 'localhost' } : {}),
  };
}

function bodyManner(spec: ListenerSpec | LocalListenerSpec): BodyManner {
  if ('answer' in spec) return 'none';
  if (spec.arrival.kind === 'host') return 'by-request';
  return spec.arrival.service === 's3' ? 'head-first' : 'together';
}

/** A view of the shared buffer pool would cross with the whole pool; it gets memory of its own. */
function clonable(reply: Reply): Reply {
  const { body } = reply;
  if (!(body instanceof Uint8Array) || body.byteLength === body.buffer.byteLength) return reply;
  return { ...reply, body: new Uint8Array(body) };
}
