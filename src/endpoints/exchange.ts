import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { AwsError } from '../aws/aws-error.ts';
import type { Plan, Reply } from '../aws/message.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { blobPath } from '../store/blobs/blob-directory.ts';
import { goesHeadFirst } from './head-first.ts';
import { deadlines, limits } from './limits.ts';
import type { BareHead, Completion, ControlMethods, WorkerListener } from './listener.ts';
import { discardRest, refusalReply, sendReply } from './reply.ts';
import { collectBody, receiveBody, type ReceivePlan } from './request-body.ts';
import type { ThreadLink } from '../stdx/thread-link.ts';

/** What the requests of one worker share. */
export interface WorkerContext {
  readonly control: ThreadLink<ControlMethods>;
  readonly blobDirectory: string;
  /** Held by the requests under way; compared with `limits`. */
  readonly load: Load;
  /** The connections on which a body or an object is on its way. */
  readonly moving: Set<Socket>;
}

export interface Load {
  requests: number;
  collectedBytes: number;
}

/** A listener as its requests see it, with the number of them. */
export interface ServedListener extends Pick<WorkerListener, 'id' | 'bodies'> {
  requests: number;
}

type TicketPlan = Exclude<Plan, { kind: 'reply' }>;

const tooLargeTogether = new AwsError('RequestEntityTooLarge', 'The request body is too large.', { status: 413 });
const tooLargeCollected = new AwsError('MaxMessageLengthExceeded', 'Your request was too big.');
const slowDown = new AwsError('SlowDown', 'Please reduce your request rate.', { status: 503 });

/** One request from its head to the last byte of its reply. Never rejects. */
export async function serveRequest(
  context: WorkerContext,
  listener: ServedListener,
  request: IncomingMessage,
  response: ServerResponse,
  waitsForContinue: boolean,
): Promise<void> {
  // Errors of the two streams are found where they are awaited; without a listener they would end the worker.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  const exchange = new Exchange(context, listener, request, response, waitsForContinue);
  context.load.requests += 1;
  listener.requests += 1;
  try {
    await exchange.run();
  } catch (failure) {
    await exchange.failed(failure);
  } finally {
    context.load.requests -= 1;
    listener.requests -= 1;
    context.load.collectedBytes -= exchange.collectedBytes;
  }
}

class Exchange {
  readonly #context: WorkerContext;
  readonly #listener: ServedListener;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: BareHead;
  #waitsForContinue: boolean;
  /** This request's part of the load. */
  collectedBytes = 0;

  constructor(context: WorkerContext, listener: ServedListener, request: IncomingMessage, response: ServerResponse, waitsForContinue: boolean) {
    this.#context = context;
    this.#listener = listener;
    this.#request = request;
    this.#response = response;
    this.#waitsForContinue = waitsForContinue;
    this.#head = bareHead(request);
  }

  async run(): Promise<void> {
    const reply = await this.#answer();
    try {
      await this.#send(reply);
    } catch (error) {
      // The object was replaced, and its bytes removed, between the plan and the opening: the plan is made again, once.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || this.#response.headersSent || this.#hasBody()) throw error;
      await this.#send(await this.#answer());
    }
  }

  /** The last resort: what went wrong here is no fault of the client. */
  async failed(failure: unknown): Promise<void> {
    if (this.#request.socket.destroyed) return;
    try {
      if (isDisconnect(failure) || this.#response.headersSent) throw failure;
      for (const name of this.#response.getHeaderNames()) this.#response.removeHeader(name);
      await this.#send(refusalReply(500, 'InternalError', 'We encountered an internal error. Please try again.', this.#speaksJson()));
    } catch {
      this.#request.socket.destroy();
    }
    if (!isDisconnect(failure)) await this.#context.control.call('report', `${this.#head.method} request: ${String(failure)}`).catch(() => undefined);
  }

  async #answer(): Promise<Reply> {
    const { load } = this.#context;
    if (load.requests > limits.requestsMax || this.#listener.requests > limits.listenerRequestsMax) return this.#refuse(slowDown);
    if (this.#listener.bodies === 'none' || goesHeadFirst(this.#listener.bodies, this.#head)) {
      return this.#follow(await this.#plan(undefined), () => this.#incoming());
    }
    let body: Uint8Array<ArrayBuffer>;
    try {
      const announced = Number(this.#request.headers['content-length'] ?? 0);
      if (announced > limits.bodyBytesMax) throw tooLargeTogether;
      body = await this.#collected(() => collectBody(this.#incoming(), limits.bodyBytesMax, tooLargeTogether));
    } catch (error) {
      if (error instanceof AwsError) return this.#refuse(error);
      throw error;
    }
    return this.#follow(await this.#plan(body), () => Readable.from([body], { objectMode: false }));
  }

  async #plan(body: Uint8Array | undefined): Promise<Plan> {
    this.#request.socket.setTimeout(0);
    const { control } = this.#context;
    const planned = control.call('plan', { listenerId: this.#listener.id, head: this.#head, ...(body === undefined ? {} : { body }) });
    try {
      return await withDeadline('controlMs', deadlines.controlMs, planned);
    } catch (error) {
      // An answer that comes too late holds a ticket that nobody will use.
      void planned.then(
        (plan) => plan.kind === 'reply' || this.#abandon(plan.ticket),
        () => undefined,
      );
      throw error;
    }
  }

  async #follow(plan: Plan, body: () => Readable): Promise<Reply> {
    if (plan.kind === 'reply') return plan.reply;
    const result = await this.#moving(this.#bodyOf(plan, body));
    this.#request.socket.setTimeout(0);
    const completed = this.#context.control.call('complete', { ticket: plan.ticket, result });
    return withDeadline('controlMs', deadlines.controlMs, completed);
  }

  async #bodyOf(plan: TicketPlan, body: () => Readable): Promise<Completion> {
    try {
      if (plan.kind === 'collect') {
        return { body: await this.#collected(() => collectBody(body(), plan.maxBytes, tooLargeCollected, plan.decode)) };
      }
      return { received: await this.#received(plan, body) };
    } catch (error) {
      if (error instanceof AwsError) return { failed: { code: error.code, message: error.message } };
      this.#abandon(plan.ticket);
      throw error;
    }
  }

  async #received(plan: ReceivePlan, body: () => Readable): Promise<Extract<Completion, { received: unknown }>['received']> {
    // What was announced as too long is refused before the client sends it.
    const announced = plan.decode?.decodedLength ?? Number(this.#request.headers['content-length'] ?? 0);
    if (announced > plan.maxBytes) throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    return receiveBody(body(), plan, blobPath(this.#context.blobDirectory, plan.blobId));
  }

  /** The body as it comes from the client, who is told to send it when it waits for that. */
  #incoming(): Readable {
    if (this.#waitsForContinue) {
      this.#waitsForContinue = false;
      this.#response.writeContinue();
    }
    this.#request.socket.setTimeout(deadlines.bodyIdleMs);
    return this.#request;
  }

  /** Gathers a body in memory, when there is room for it. It is counted until the request ends: it waits in the control thread too. */
  async #collected(collect: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
    const { load } = this.#context;
    if (load.collectedBytes > limits.collectedBytesMax) throw slowDown;
    const announced =
      this.#request.headers['transfer-encoding'] === undefined ? Number(this.#request.headers['content-length'] ?? 0) : limits.bodyBytesMax;
    const bytes = Math.min(limits.bodyBytesMax, announced);
    this.collectedBytes += bytes;
    load.collectedBytes += bytes;
    return collect();
  }

  async #send(reply: Reply): Promise<void> {
    // A client that still waits for `100 Continue` may or may not send its body now: the connection cannot be used again.
    if (this.#waitsForContinue) this.#response.setHeader('connection', 'close');
    else discardRest(this.#request);
    await this.#moving(sendReply(this.#request, this.#response, reply));
  }

  /** While bytes move, the connection may be cut: nobody waits for the control thread. */
  async #moving<T>(movement: Promise<T>): Promise<T> {
    const { socket } = this.#request;
    this.#context.moving.add(socket);
    try {
      return await movement;
    } finally {
      this.#context.moving.delete(socket);
    }
  }

  #refuse(error: AwsError): Reply {
    return refusalReply(error.status, error.code, error.message, this.#speaksJson());
  }

  #speaksJson(): boolean {
    return this.#request.headers['x-amz-target'] !== undefined;
  }

  #hasBody(): boolean {
    const { headers } = this.#request;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  #abandon(ticket: string): void {
    this.#context.control.call('abandon', ticket).catch(() => undefined);
  }
}

/** The client went away: nobody's fault, nothing to report. */
function isDisconnect(error: unknown): boolean {
  const { code, name } = error as NodeJS.ErrnoException;
  return (
    name === 'StreamClosed' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED'
  );
}

function bareHead(request: IncomingMessage): BareHead {
  const headers: [string, string][] = [];
  const raw = request.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([(raw[at] ?? '').toLowerCase(), raw[at + 1] ?? '']);
  const { socket } = request;
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers,
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    secure: socket instanceof TLSSocket,
    ...tlsVersionOf(socket),
  };
}

/** `TLSv1.3` is the version 1.3. */
function tlsVersionOf(socket: Socket): Pick<BareHead, 'tlsVersion'> {
  const protocol = socket instanceof TLSSocket ? socket.getProtocol() : null;
  return protocol === null ? {} : { tlsVersion: protocol.replace(/^TLSv/, '') };
}
