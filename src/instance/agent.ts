/**
 * The instance agent: moves data between S3 and one instance's directory through the agent's ENI, and nothing else. It
 * decides nothing: orders come from the daemon, and what it saw goes back. See docs of `AgentOrder`.
 */
import { join } from 'node:path';
import type {
  AgentArchive,
  AgentCheckpoints,
  AgentCredentials,
  AgentMessage,
  AgentObservation,
  AgentOrder,
  AgentResult,
  AgentSettings,
  DaemonMessage,
} from '../model/job/agent-orders.ts';
import { clashNotice } from '../model/job/clashes.ts';
import { unreachable } from '../stdx/assert.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { readBeginning } from './archive.ts';
import { Checkpoints } from './checkpoints.ts';
import { Connection } from './connection.ts';
import { downloadChannels } from './download.ts';
import { CredentialsRefused, observe, OrderFailed } from './failure.ts';
import { listChannels } from './list-channels.ts';
import { progressMs, resultsKept } from './limits.ts';
import { LogsEndpoint } from './logs-endpoint.ts';
import { Pipes } from './pipes.ts';
import { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';
import { unpackObject } from './unpack.ts';
import { uploadTree } from './upload-tree.ts';
import { uploadArchive } from './upload.ts';

/** Counts what an order moved, and tells it from time to time. */
class Progress implements Transfer {
  readonly signal: AbortSignal;
  readonly #tell: (objects: number, bytes: number) => void;
  objects = 0;
  bytes = 0;
  #toldAt = 0;

  constructor(signal: AbortSignal, tell: (objects: number, bytes: number) => void) {
    this.signal = signal;
    this.#tell = tell;
  }

  moved(objects: number, bytes: number): void {
    this.objects += objects;
    this.bytes += bytes;
    if (performance.now() - this.#toldAt < progressMs) return;
    this.#toldAt = performance.now();
    this.#tell(this.objects, this.bytes);
  }
}

/** What an order came to, beside what it moved. */
type Done = Pick<Extract<AgentResult, { ok: true }>, 'text' | 'digest'>;

const withText = (text: string | undefined): Done => (text === undefined ? {} : { text });

class Agent {
  readonly #settings: AgentSettings;
  readonly #connection: Connection;
  readonly #storage: Storage;
  /** Of orders that go on until they are told to finish. */
  readonly #finish = new Map<string, AbortController>();
  #pipes: Pipes | undefined;
  #logs: LogsEndpoint | undefined;
  #checkpoints: Checkpoints | undefined;
  readonly #running = new Map<string, { readonly stop: AbortController; readonly ended: Promise<unknown> }>();
  /** What the last orders moved, for a daemon that asks for the same again. One that failed is carried out again: S3 may have ended with the daemon. */
  readonly #results = new Map<string, AgentResult>();
  #credentials: PromiseWithResolvers<AgentCredentials> | undefined;

  constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#connection = new Connection(settings.socketPath, settings.orphanMs);
    this.#storage = new Storage(settings, () => this.#askCredentials());
  }

  /** Ends when told, or when no daemon came for `orphanMs`. */
  async run(): Promise<void> {
    const hello: AgentMessage = { type: 'hello', agentId: this.#settings.agentId };
    const wanted: AgentMessage = { type: 'credentials-wanted' };
    for await (const message of this.#connection.messages(() => (this.#credentials === undefined ? [hello] : [hello, wanted]))) {
      if (message.type === 'stop') return;
      this.#hear(message);
    }
  }

  #hear(message: Exclude<DaemonMessage, { type: 'stop' }>): void {
    switch (message.type) {
      case 'order':
        void this.#obey(message.order);
        return;
      case 'cancel':
        this.#running.get(message.orderId)?.stop.abort();
        return;
      case 'finish':
        this.#finishOf(message.orderId).abort();
        return;
      case 'credentials':
        this.#credentials?.resolve(message.credentials);
        return;
      case 'no-credentials':
        this.#credentials?.reject(new CredentialsRefused(message.message));
        return;
      case 'ping':
        this.#connection.send({ type: 'pong' });
        return;
      default:
        unreachable(message, 'a message of the daemon');
    }
  }

  #finishOf(orderId: string): AbortController {
    const known = this.#finish.get(orderId) ?? new AbortController();
    this.#finish.set(orderId, known);
    return known;
  }

  #checkpointsOf(to: AgentCheckpoints): Checkpoints {
    this.#checkpoints ??= new Checkpoints(this.#storage, join(this.#settings.mlPath, 'checkpoints'), to);
    return this.#checkpoints;
  }

  /** One question at a time, whoever wants to know. */
  async #askCredentials(): Promise<AgentCredentials> {
    if (this.#credentials === undefined) {
      this.#credentials = Promise.withResolvers();
      this.#connection.send({ type: 'credentials-wanted' });
    }
    const asked = this.#credentials;
    try {
      return await withDeadline('orphanMs', this.#settings.orphanMs, asked.promise);
    } catch (error) {
      throw error instanceof CredentialsRefused ? error : new CredentialsRefused((error as Error).message);
    } finally {
      if (this.#credentials === asked) this.#credentials = undefined;
    }
  }

  async #obey(order: AgentOrder): Promise<void> {
    const { orderId } = order;
    // A new daemon gives the order that its predecessor gave: it goes on, or is done. One that was cancelled ends first.
    const before = this.#running.get(orderId);
    if (before !== undefined && !before.stop.signal.aborted) return;
    await before?.ended;
    const done = this.#results.get(orderId);
    if (done !== undefined) return this.#connection.send({ type: 'result', result: done });
    const stop = new AbortController();
    const ended = this.#carryOut(order, stop.signal);
    this.#running.set(orderId, { stop, ended });
    const result = await ended;
    this.#running.delete(orderId);
    if (stop.signal.aborted) return;
    if (result.ok) this.#results.set(orderId, result);
    for (const old of [...this.#results.keys()].slice(0, -resultsKept)) this.#results.delete(old);
    this.#connection.send({ type: 'result', result });
  }

  async #carryOut(order: AgentOrder, signal: AbortSignal): Promise<AgentResult> {
    const { orderId } = order;
    const progress = new Progress(signal, (objects, bytes) => this.#connection.send({ type: 'progress', orderId, objects, bytes }));
    try {
      const done = await this.#work(order, progress);
      return { orderId, ok: true, objects: progress.objects, bytes: progress.bytes, ...done };
    } catch (error) {
      return { orderId, ok: false, observation: observationOf(error, order.kind) };
    }
  }

  async #work(order: AgentOrder, transfer: Transfer): Promise<Done> {
    const { mlPath, listsPath } = this.#settings;
    switch (order.kind) {
      case 'download':
        await downloadChannels(this.#storage, order.channels, join(mlPath, 'input/data'), transfer);
        return {};
      case 'list':
        return { text: await listChannels(this.#storage, order.channels, listsPath, transfer) };
      case 'open-pipes':
        this.#pipes = await Pipes.open(this.#storage, order.channels, join(mlPath, 'input/data'), transfer);
        return {};
      case 'stream':
        if (this.#pipes === undefined) throw new OrderFailed({ kind: 'interrupted', attempted: 'stream the input' });
        await this.#pipes.stream(transfer, this.#finishOf(order.orderId).signal);
        return {};
      case 'restore-checkpoints':
        await this.#checkpointsOf(order.checkpoints).restore(transfer);
        return {};
      case 'synchronise-checkpoints':
        await this.#checkpointsOf(order.checkpoints).synchronise(transfer, this.#finishOf(order.orderId).signal);
        return {};
      case 'unpack':
        await unpackObject(this.#storage, order, mlPath, transfer);
        return {};
      case 'upload':
        return await this.#upload(order.archives, transfer);
      case 'call-logs':
        this.#logs ??= new LogsEndpoint(this.#settings, () => this.#askCredentials());
        await this.#logs.call(order.operation, order.body, transfer.signal);
        return {};
      case 'read':
        return withText(await readBeginning(join(mlPath, order.file), order.charactersMax));
      default:
        return unreachable(order, 'an order');
    }
  }

  /** What is to be said of it, if anything is. */
  async #upload(archives: readonly AgentArchive[], transfer: Transfer): Promise<Done> {
    const { mlPath, peersPath } = this.#settings;
    const notices: string[] = [];
    let digest: string | undefined;
    for (const { directory, peers = [], compressionType, ...to } of archives) {
      const directories = [mlPath, ...peers.map((peer) => join(peersPath, peer))].map((ml) => join(ml, directory));
      const sent =
        compressionType === 'NONE'
          ? { clashes: await uploadTree(this.#storage, directories, to, transfer) }
          : await uploadArchive(this.#storage, directories, to, transfer);
      notices.push(clashNotice(directory, sent.clashes) ?? '');
      digest = 'digest' in sent ? sent.digest : undefined;
    }
    const text = notices.filter((notice) => notice !== '').join(' ');
    return { ...(text !== '' && { text }), ...(digest !== undefined && { digest }) };
  }
}

/** What nobody foresaw is told too: an agent that ended over it would be given the same order again. */
function observationOf(error: unknown, attempted: string): AgentObservation {
  try {
    return observe(error, { attempted }).observation;
  } catch {
    console.error(error);
    return { kind: 'local-files', attempted, message: `unexpected: ${error instanceof Error ? error.message : String(error)}` };
  }
}

// Without settings it is only loaded, so that Node compiles it.
if (process.argv[2] !== undefined) await new Agent(JSON.parse(process.argv[2]) as AgentSettings).run();
process.exit(0);
