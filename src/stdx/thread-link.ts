import type { Transferable } from 'node:worker_threads';
import { present } from './assert.ts';

/** What one thread may ask of another: one argument, one result, both clonable. */
export type Methods = Readonly<Record<string, (argument: never) => unknown>>;

interface Port {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
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

/** Calls between two threads, in both directions, over one message port. */
export class ThreadLink<Remote extends Methods> {
  readonly #port: Port;
  readonly #local: Methods;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastCall = 0;
  #broken: Error | undefined;

  constructor(port: Port, local: Methods) {
    this.#port = port;
    this.#local = local;
    port.on('message', (message) => void this.#receive(message as Message));
  }

  async call<Name extends keyof Remote & string>(
    method: Name,
    argument: Parameters<Remote[Name]>[0],
    transfer: readonly Transferable[] = [],
  ): Promise<Awaited<ReturnType<Remote[Name]>>> {
    if (this.#broken !== undefined) throw this.#broken;
    const call = ++this.#lastCall;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(call, waiting);
    this.#port.postMessage({ kind: 'call', call, method, argument } satisfies Message, transfer);
    return (await waiting.promise) as Awaited<ReturnType<Remote[Name]>>;
  }

  /** The other thread is gone: every call that waits, and every later one, fails. */
  break(error: Error): void {
    this.#broken = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async #receive(message: Message): Promise<void> {
    if (message.kind === 'call') return this.#serve(message);
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
    if (this.#broken === undefined) this.#port.postMessage(answer, []);
  }
}
