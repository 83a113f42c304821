import { batchBytesMax, eventBytes } from '../../model/logs/event-batch.ts';

/** Rows read at a time: an answer holds at most 1 MB, whatever the number of events asked for. */
const readAtATime = 100;

/**
 * Events of one answer: at most `limit`, at most 1 MB of them, but always one when there is one. `read` gives the next
 * events behind the last one read.
 */
export function pageOfEvents<Event extends { readonly message: string }>(
  limit: number,
  read: (last: Event | undefined, limit: number) => readonly Event[],
): Event[] {
  const page: Event[] = [];
  let bytes = 0;
  while (page.length < limit) {
    const wanted = Math.min(readAtATime, limit - page.length);
    const events = read(page.at(-1), wanted);
    for (const event of events) {
      bytes += eventBytes(event);
      if (bytes > batchBytesMax && page.length > 0) return page;
      page.push(event);
    }
    if (events.length < wanted) return page;
  }
  return page;
}
