import type { LogLine } from '../../drivers/container/container-driver.ts';
import { batchBytesMax, batchSpanMs, eventBytes, type LogEvent } from '../../model/logs/event-batch.ts';

/** PutLogEvents takes 10,000; smaller batches reach the reader sooner. */
const eventsMax = 500;

/**
 * Lines gathered into what one PutLogEvents takes. One line is one event, so that a new daemon can go on behind the
 * last; an empty message is refused, so an empty line is a space. The two streams of a container are not always in order
 * of time, and a request must be: a line is never before the one in front of it.
 */
export class LogBatch {
  #events: LogEvent[] = [];
  #bytes = 0;
  #latest = 0;

  /** False when the batch must be taken first. */
  add({ time, text }: LogLine): boolean {
    const event = { timestamp: Math.max(this.#latest, time.getTime()), message: text === '' ? ' ' : text };
    const bytes = eventBytes(event);
    const [first] = this.#events;
    if (first !== undefined) {
      const isFull = this.#events.length >= eventsMax || this.#bytes + bytes > batchBytesMax;
      if (isFull || event.timestamp - first.timestamp > batchSpanMs) return false;
    }
    this.#events.push(event);
    this.#bytes += bytes;
    this.#latest = event.timestamp;
    return true;
  }

  take(): readonly LogEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#bytes = 0;
    return events;
  }
}
