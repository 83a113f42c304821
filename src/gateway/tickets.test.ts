import { expect, it } from 'vitest';
import { manualClock } from '../stdx/clock.ts';
import { bodyDeadlineMs, type Ticket, Tickets } from './tickets.ts';

function make(): {
  tickets: Tickets<string>;
  clock: ReturnType<typeof manualClock>;
  ticket: (kind: Ticket<string>['kind']) => Ticket<string>;
  abandoned: string[];
} {
  const clock = manualClock(new Date(0));
  const abandoned: string[] = [];
  const ticket = (kind: Ticket<string>['kind']): Ticket<string> => ({
    kind,
    resume: async () => ({ status: 200, headers: {} }),
    abandoned: () => void abandoned.push(kind),
  });
  return { tickets: new Tickets<string>(clock), clock, ticket, abandoned };
}

it('is redeemed once', () => {
  const { tickets, ticket } = make();
  tickets.issue('a', ticket('collect'));
  expect(tickets.take('a')).toBeDefined();
  expect(tickets.take('a')).toBeUndefined();
});

it('is worth nothing after its deadline, and says that it was abandoned', () => {
  const { tickets, clock, ticket, abandoned } = make();
  tickets.issue('a', ticket('collect'));
  tickets.issue('b', ticket('receive'));
  clock.advance(bodyDeadlineMs.collect + 1);
  expect(tickets.take('a')).toBeUndefined();
  expect(tickets.take('b')).toBeDefined();
  expect(abandoned).toEqual(['collect']);
});

it('is refused when too many are out, until some expire', () => {
  const { tickets, clock, ticket, abandoned } = make();
  for (let index = 0; index < 4096; index += 1) tickets.issue(String(index), ticket('collect'));
  expect(() => tickets.issue('more', ticket('collect'))).toThrow('Please reduce your request rate.');
  clock.advance(bodyDeadlineMs.collect + 1);
  tickets.issue('more', ticket('collect'));
  expect([tickets.size, abandoned.length]).toEqual([1, 4096]);
});
