import type { Reply } from '../aws/message.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Clock } from '../stdx/clock.ts';

/** Requests whose body is on its way. */
const openMax = 4096;
/** How long a body may take: a document, and an object of 5 GiB over a slow line. */
export const bodyDeadlineMs = { collect: 2 * 60_000, receive: 6 * 3600_000 } as const;

/** What comes of a body: `result` is a message's own, for the one who waits. */
export interface Ticket<Result> {
  readonly kind: keyof typeof bodyDeadlineMs;
  readonly resume: (result: Result) => Promise<Reply>;
  /** The body will not come. */
  readonly abandoned: () => void;
}

/** The requests that wait for their body. Bounded, and each with a deadline: a worker that forgets one costs nothing lasting. */
export class Tickets<Result> {
  readonly #clock: Clock;
  readonly #open = new Map<string, { readonly ticket: Ticket<Result>; readonly deadlineMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  issue(id: string, ticket: Ticket<Result>): void {
    if (this.#open.size >= openMax) this.#dropExpired();
    if (this.#open.size >= openMax) throw new AwsError('SlowDown', 'Please reduce your request rate.', { status: 503 });
    this.#open.set(id, { ticket, deadlineMs: this.#clock.monotonicMs() + bodyDeadlineMs[ticket.kind] });
  }

  /** Takes the ticket out, so that it is redeemed once. Undefined when there is none, or when it is too late. */
  take(id: string): Ticket<Result> | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (open === undefined) return undefined;
    if (open.deadlineMs >= this.#clock.monotonicMs()) return open.ticket;
    open.ticket.abandoned();
    return undefined;
  }

  #dropExpired(): void {
    const now = this.#clock.monotonicMs();
    for (const [id, { ticket, deadlineMs }] of this.#open) {
      if (deadlineMs >= now) continue;
      this.#open.delete(id);
      ticket.abandoned();
    }
  }
}
