import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readHeaderList, readHeaders, repeatedHeader, writeHeaderList } from './headers.ts';

it('joins what may be repeated, and notices what may not', () => {
  const pairs = [
    ['accept', 'a'],
    ['host', 'x'],
    ['accept', 'b'],
    ['host', 'y'],
  ] as const;
  expect([...readHeaders(pairs)]).toEqual([
    ['accept', 'a,b'],
    ['host', 'x'],
  ]);
  expect(repeatedHeader(pairs)).toBe('host');
  expect(repeatedHeader(pairs.slice(0, 3))).toBeUndefined();
});

it('reads back the lists it writes', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/), { maxLength: 4 }), (items) => {
      expect(readHeaderList(writeHeaderList(items))).toEqual(items);
    }),
  );
});
