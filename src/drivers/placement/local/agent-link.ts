import { chmodSync, chownSync, closeSync, openSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { lineOf, linesOf } from '../../../model/job/agent-lines.ts';
import type { AgentCredentials, AgentMessage, AgentOrder, AgentResult, DaemonMessage } from '../../../model/job/agent-orders.ts';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import { withDeadline } from '../../../stdx/deadline.ts';
import { AgentLost, type InstanceSpec, type OrderOptions } from '../placement-driver.ts';

interface Pending {
  readonly resolve: (result: AgentResult) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: OrderOptions['onProgress'];
}

/** Questions without any word in between: one that hangs is as good as lost. Counted, so that a machine that slept does not count its sleep. */
const unansweredMax = 4;

/** The daemon's end of the socket that was made for one instance. Whoever speaks on it is that instance's agent. */
export class AgentLink {
  readonly #instanceId: string;
  readonly #server: Server;
  readonly #folder: number;
  readonly #credentials: () => Promise<AgentCredentials>;
  readonly #pending = new Map<string, Pending>();
  #agentId: string | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #unanswered = 0;
  readonly #pingMs: number;
  #closed = false;
  #socket: Socket | undefined;
  #connected = Promise.withResolvers<void>();

  private constructor(spec: InstanceSpec, folder: number, credentials: () => Promise<AgentCredentials>, pingMs: number) {
    this.#instanceId = spec.instanceId;
    this.#pingMs = pingMs;
    this.#folder = folder;
    this.#credentials = credentials;
    this.#server = createServer((socket) => void this.#accept(socket));
    this.#server.unref();
  }

  /** Listens in the instance's socket folder, for its range of users only. While the agent has orders, it is asked every `pingMs` whether it is there. */
  static async listen(spec: InstanceSpec, credentials: () => Promise<AgentCredentials>, pingMs: number): Promise<AgentLink> {
    // By the open folder: a path of a socket has at most 107 bytes, and names of jobs are long.
    const folder = openSync(instanceLayout(spec.directory).socketFolder, 'r');
    const path = `/proc/self/fd/${folder}/agent.sock`;
    const link = new AgentLink(spec, folder, credentials, pingMs);
    try {
      // The one of a daemon that was killed.
      rmSync(path, { force: true });
      link.#server.listen(path);
      await once(link.#server, 'listening');
      chmodSync(path, 0o600);
      chownSync(path, spec.uidBase, spec.uidBase);
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** From now on this agent, and no other, is listened to. */
  expect(agentId: string): void {
    this.#agentId = agentId;
    this.#socket?.destroy();
  }

  async connected(deadline: string, ms: number): Promise<void> {
    await withDeadline(deadline, ms, this.#connected.promise);
  }

  async order(order: AgentOrder, signal: AbortSignal, { onProgress, finish }: OrderOptions = {}): Promise<AgentResult> {
    signal.throwIfAborted();
    if (this.#socket === undefined) throw new AgentLost(this.#instanceId, '');
    const { promise, resolve, reject } = Promise.withResolvers<AgentResult>();
    const { orderId } = order;
    const cancel = (): void => {
      if (finish === undefined) this.#send({ type: 'cancel', orderId });
      reject(signal.reason);
    };
    this.#pending.set(orderId, { resolve, reject, onProgress });
    signal.addEventListener('abort', cancel, { once: true });
    this.#send({ type: 'order', order });
    const end = (): void => this.#send({ type: 'finish', orderId });
    if (finish?.aborted === true) end();
    finish?.addEventListener('abort', end, { once: true });
    this.#watch();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', cancel);
      finish?.removeEventListener('abort', end);
      this.#pending.delete(orderId);
      if (this.#pending.size === 0) this.#unwatch();
    }
  }

  /** An order has no deadline, because it moves any number of bytes; that its agent is there has one. */
  #watch(): void {
    if (this.#heartbeat !== undefined) return;
    this.#unanswered = 0;
    this.#heartbeat = setInterval(() => {
      if (this.#unanswered >= unansweredMax) {
        this.#socket?.destroy();
        return;
      }
      this.#unanswered += 1;
      this.#send({ type: 'ping' });
    }, this.#pingMs);
  }

  #unwatch(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  /** Lets go of the agent without ending it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    this.#socket?.destroy();
    // Takes the socket's file away, by the folder that is still open.
    this.#server.close(() => closeSync(this.#folder));
  }

  #send(message: DaemonMessage): void {
    this.#socket?.write(lineOf(message));
  }

  async #accept(socket: Socket): Promise<void> {
    // What ends the connection ends the loop below; the event has no more to say.
    socket.on('error', () => undefined);
    try {
      for await (const line of linesOf(socket as AsyncIterable<Buffer>)) this.#hear(socket, JSON.parse(line) as AgentMessage);
    } catch {
      // A broken peer is a lost one.
    }
    socket.destroy();
    if (this.#socket === socket) this.#lose();
  }

  #hear(socket: Socket, message: AgentMessage): void {
    if (message.type === 'hello') {
      if (message.agentId !== this.#agentId) {
        socket.destroy();
        return;
      }
      this.#socket = socket;
      this.#connected.resolve();
      return;
    }
    if (socket !== this.#socket) {
      socket.destroy();
      return;
    }
    this.#unanswered = 0;
    if (message.type === 'credentials-wanted') void this.#giveCredentials();
    if (message.type === 'progress') this.#pending.get(message.orderId)?.onProgress?.({ objects: message.objects, bytes: message.bytes });
    if (message.type === 'result') this.#pending.get(message.result.orderId)?.resolve(message.result);
  }

  async #giveCredentials(): Promise<void> {
    try {
      this.#send({ type: 'credentials', credentials: await this.#credentials() });
    } catch (error) {
      this.#send({ type: 'no-credentials', message: error instanceof Error ? error.message : String(error) });
    }
  }

  #lose(): void {
    this.#socket = undefined;
    this.#connected = Promise.withResolvers();
    for (const { reject } of this.#pending.values()) reject(new AgentLost(this.#instanceId, ''));
  }
}
