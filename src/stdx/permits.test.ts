import { expect, it } from 'vitest';
import { Permits } from './permits.ts';

it('runs no more than so many at a time, in order, whatever fails', async () => {
  const permits = new Permits(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    [0, 1, 2, 3, 4].map(async (number) =>
      permits.run(async () => {
        begun.push(number);
        most = Math.max(most, (running += 1));
        await Promise.resolve();
        running -= 1;
        if (number === 1) throw new Error('one');
        return number;
      }),
    ),
  );
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
