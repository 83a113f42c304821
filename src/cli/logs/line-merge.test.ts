import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineMerge, silenceMs, type HostLine } from './line-merge.ts';

const lines = (host: string, ...times: readonly number[]): HostLine[] => times.map((time) => ({ host, time, text: `${host} ${time}` }));
const texts = (taken: readonly HostLine[]): string[] => taken.map(({ text }) => text);

it('gives lines of two hosts in order of time, and keeps what an earlier one may still come before', () => {
  const merge = new LineMerge(['a', 'b']);
  merge.add('a', lines('a', 1, 4, 9));
  merge.add('b', lines('b', 2, 5));
  expect(texts(merge.take(0, false))).toEqual(['a 1', 'b 2', 'a 4', 'b 5']);
  // a's page is not empty yet: only b is read.
  expect(merge.wanted).toEqual(['b']);
  merge.add('b', lines('b', 7, 12));
  expect(texts(merge.take(0, false))).toEqual(['b 7', 'a 9']);
});

it('a silent host holds the others back for a moment only', () => {
  const merge = new LineMerge(['a', 'b']);
  merge.add('a', lines('a', 1_000));
  merge.add('b', []);
  expect(merge.take(1_000, false)).toEqual([]);
  expect(texts(merge.take(1_000 + silenceMs, false))).toEqual(['a 1000']);
  expect(merge.caughtUp).toBe(false);
  merge.add('a', []);
  expect(merge.caughtUp).toBe(true);
});

it('nothing waits when the job has ended and its hosts have no more', () => {
  const merge = new LineMerge(['a', 'b']);
  merge.add('a', lines('a', 1_000));
  merge.add('b', lines('b', 900));
  expect(texts(merge.take(1_000, true))).toEqual(['b 900']);
  merge.add('b', []);
  expect(texts(merge.take(1_000, true))).toEqual(['a 1000']);
});

it('every line once and in order of time, however the pages are cut', () => {
  const host = fc.array(fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 5 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 4 }), (hosts) => {
      const pages = hosts.map((cuts, index) => {
        const sorted = cuts.flat().toSorted((a, b) => a - b);
        return cuts.map((cut) => lines(`h${index}`, ...sorted.splice(0, cut.length)));
      });
      const all = pages.flat(2);
      const merge = new LineMerge(pages.map((_, index) => `h${index}`));
      const taken: HostLine[] = [];
      while (!merge.caughtUp) {
        for (const name of merge.wanted) merge.add(name, pages[Number(name.slice(1))]?.shift() ?? []);
        taken.push(...merge.take(1e9, true));
      }
      expect(taken.map(({ time }) => time)).toEqual(all.map(({ time }) => time).toSorted((a, b) => a - b));
      for (const name of new Set(all.map((line) => line.host))) {
        expect(taken.filter((line) => line.host === name)).toEqual(all.filter((line) => line.host === name));
      }
    }),
  );
});
