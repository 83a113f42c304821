import type { Plan, Reply, RequestHandler, RequestHead } from '../aws/message.ts';
import { present } from '../stdx/assert.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import { sliceBytes } from '../store/blobs/send-slices.ts';
import type { ObjectBytes } from './metrics/page.ts';
import { resetTargets } from './reset/answer-reset.ts';

type Handler = RequestHandler<ReceivedBlob>;
type State =
  | { readonly kind: 'open' }
  /** Requests wait. */
  | { readonly kind: 'closed'; readonly opened: PromiseWithResolvers<void> }
  /** Requests are refused, but for another attempt. */
  | { readonly kind: 'broken'; readonly message: string };

/** Between the sockets, which last as long as the daemon, and the gateway, which lasts until a reset. Counts the bytes of objects. */
export class FrontDoor implements Handler {
  readonly objectBytes: ObjectBytes = { received: 0, sent: 0 };
  #handler: Handler | undefined;
  #state: State = { kind: 'closed', opened: Promise.withResolvers() };

  /** Lets requests through to this gateway from now on. */
  open(handler: Handler): void {
    const state = this.#state;
    this.#handler = handler;
    this.#state = { kind: 'open' };
    if (state.kind === 'closed') state.opened.resolve();
  }

  /** New requests wait from now on. Those that were let through go on, and so do their bodies. */
  close(): void {
    if (this.#state.kind !== 'closed') this.#state = { kind: 'closed', opened: Promise.withResolvers() };
  }

  /** Nothing is served any more, because nothing could be trusted: neither what was, nor that it is gone. */
  break(message: string): void {
    const state = this.#state;
    this.#state = { kind: 'broken', message };
    if (state.kind === 'closed') state.opened.resolve();
  }

  async plan(head: RequestHead, body?: Uint8Array): Promise<Plan> {
    while (this.#state.kind === 'closed') await this.#state.opened.promise;
    if (this.#state.kind === 'broken' && !resetTargets.includes(head.target)) return { kind: 'reply', reply: unavailable(this.#state.message) };
    const plan = await this.#behind().plan(head, body);
    if (plan.kind === 'reply') this.#countSent(plan.reply);
    return plan;
  }

  async complete(ticket: string, result: Parameters<Handler['complete']>[1]): Promise<Reply> {
    if ('received' in result) this.objectBytes.received += result.received.size;
    return await this.#behind().complete(ticket, result);
  }

  abandon(ticket: string): void {
    this.#behind().abandon(ticket);
  }

  #behind(): Handler {
    return present(this.#handler, 'nobody is let through before there is a gateway');
  }

  #countSent({ body }: Reply): void {
    if (body === undefined || body instanceof Uint8Array) return;
    this.objectBytes.sent += sliceBytes([body].flat());
  }
}

const unavailable = (message: string): Reply => ({
  status: 503,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
});
