import type { Transferable } from 'node:worker_threads';
import { present } from './assert.ts';

/** What one thread may ask of another: one argument, one result, both clonable. */
export type Methods = Readonly<Record<string, (argument: never) => unknown>>;

interface Port {
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type Message =
  | { readonly kind: 'call'; readonly call: number; readonly method: string; readonly argument: unknown }
  | { readonly kind: 'result'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly call: number; readonly message: string; readonly code: string | undefined };

/** A call that failed in the other thread, or that the other thread did not live to answer. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string | undefined;
  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Calls between two threads, in both directions, over one message port. What one turn of the event loop has to say goes
 * in one message: waking the other thread costs more than most calls.
 */
export class ThreadLink<Remote extends Methods> {
  readonly #port: Port;
  readonly #local: Methods;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastCall = 0;
  #outgoing: Message[] = [];
  #broken: Error | undefined;

  constructor(port: Port, local: Methods) {
    this.#port = port;
    this.#local = local;
    port.on('message', (messages) => {
      for (const message of messages as Message[]) this.#receive(message);
    });
  }

  async call<Name extends keyof Remote & string>(method: Name, argument: Parameters<Remote[Name]>[0]): Promise<Awaited<ReturnType<Remote[Name]>>> {
    if (this.#broken !== undefined) throw this.#broken;
    const call = ++this.#lastCall;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(call, waiting);
    this.#post({ kind: 'call', call, method, argument });
    return (await waiting.promise) as Awaited<ReturnType<Remote[Name]>>;
  }

  /** The other thread is gone: every call that waits, and every later one, fails. */
  break(error: Error): void {
    this.#broken = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #post(message: Message): void {
    if (this.#outgoing.length === 0) setImmediate(() => this.#send());
    this.#outgoing.push(message);
  }

  #send(): void {
    const messages = this.#outgoing;
    this.#outgoing = [];
    if (this.#broken !== undefined) return;
    try {
      this.#port.postMessage(messages, []);
    } catch {
      // One of them cannot be cloned: it fails, and takes none of the others along.
      for (const message of messages) this.#sendAlone(message);
    }
  }

  #sendAlone(message: Message): void {
    try {
      this.#port.postMessage([message], []);
    } catch (error) {
      const failed: Message = { kind: 'error', call: message.call, message: String(error), code: undefined };
      if (message.kind === 'call') this.#receive(failed);
      else this.#port.postMessage([failed], []);
    }
  }

  #receive(message: Message): void {
    if (message.kind === 'call') return void this.#serve(message);
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.kind === 'result') waiting?.resolve(message.value);
    else waiting?.reject(new RemoteError(message.message, message.code));
  }

  async #serve({ call, method, argument }: Extract<Message, { kind: 'call' }>): Promise<void> {
    let answer: Message;
    try {
      const serve = present(this.#local[method], `the other thread knows ${method}`);
      answer = { kind: 'result', call, value: await serve(argument as never) };
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      answer = { kind: 'error', call, message, code };
    }
    this.#post(answer);
  }
}
