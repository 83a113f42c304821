import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseIpRange, rangeContains } from './ip-range.ts';
import { compileGlob } from './pattern.ts';

const seed = Number(process.env['POLICY_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);

it(`globs agree with the regular expression of the same meaning (seed ${seed})`, () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 7 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(compileGlob(pattern)(text)).toBe(expression.test(text));
    }),
    { seed, numRuns: 3_000 },
  );
});

it('a hostile pattern is decided in time', () => {
  const matches = compileGlob(`${'*a'.repeat(200)}*b`);
  const started = performance.now();
  expect(matches('a'.repeat(5_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
});

it.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.1.7/24', '10.0.1.200', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['203.0.113.9', '203.0.113.9', true],
  ['127.0.0.0/8', '::ffff:127.0.0.1', true],
  ['2001:db8::/32', '2001:db8:1::5', true],
  ['2001:db8::/32', '2001:db9::', false],
  ['::1', '0:0:0:0:0:0:0:1', true],
])('%s holds %s: %s', (range, address, expected) => {
  const [left, right] = [parseIpRange(range), parseIpRange(address)];
  expect(left !== undefined && right !== undefined && rangeContains(left, right)).toBe(expected);
});

it.each(['10.0.0', '10.0.0.256', '10.0.0.0/33', '10.0.0.0/', '1::2::3', ':::', '1:2:3', 'x'])('%s is no range', (text) => {
  expect(parseIpRange(text)).toBeUndefined();
});
