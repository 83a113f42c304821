import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseIpRange, rangeContains } from './ip-range.ts';
import { anyOf, compileArnPattern, compileGlob, compilePattern } from './pattern.ts';
import type { RequestKeys } from './request-keys.ts';
import { no, yes } from './truth.ts';

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

const none: RequestKeys = { lookup: () => undefined };

it(`patterns of a list agree with their globs (seed ${seed})`, () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '.', '\\', '$', '|'), { maxLength: 6 }).map((parts) => parts.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', '.', '\\', '$', '|', '\n'), { maxLength: 7 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), text, (patterns, text) => {
      const matches = anyOf(patterns.map((source) => compilePattern(source, { wildcards: true, variables: false })));
      expect(matches(text, none) === yes).toBe(patterns.some((source) => compileGlob(source)(text)));
    }),
    { seed, numRuns: 3_000 },
  );
});

it(`patterns of ARNs are matched field by field (seed ${seed})`, () => {
  const field = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 3 }).map((parts) => parts.join(''));
  const pattern = fc.array(field, { minLength: 1, maxLength: 8 }).map((fields) => fields.join(':'));
  const text = fc.array(fc.constantFrom('', 'a', 'b', 'ab'), { minLength: 1, maxLength: 8 }).map((fields) => fields.join(':'));
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      const matches = anyOf([compileArnPattern(pattern, { wildcards: true, variables: false })]);
      const split = (arn: string): string[] => [
        ...arn.split(':').slice(0, 5),
        ...(arn.split(':').length > 5 ? [arn.split(':').slice(5).join(':')] : []),
      ];
      const [globs, fields] = [split(pattern), split(text)];
      const expected = pattern === '*' || (fields.length === 6 && fields.every((part, index) => compileGlob(globs[index] ?? '*')(part)));
      expect(matches(text, none) === yes).toBe(expected);
    }),
    { seed, numRuns: 3_000 },
  );
});

it('a list of patterns that is too long for one expression is matched whole', () => {
  const sources = Array.from({ length: 2_000 }, (_, index) => `arn:aws:s3:::bucket-${index}/*`);
  const matches = anyOf(sources.map((source) => compileArnPattern(source, { wildcards: true, variables: false })));
  expect(matches('arn:aws:s3:::bucket-1999/k', none)).toBe(yes);
  expect(matches('arn:aws:s3:::bucket-2000/k', none)).toBe(no);
});

it.each(['*a', '?*a', 'a*?*'])('a hostile pattern of many %s is decided, by steps that are counted and not by tries that multiply', (repeated) => {
  const syntax = { wildcards: true, variables: false };
  const source = `${repeated.repeat(200)}*b`;
  for (const pattern of [compilePattern(source, syntax), compileArnPattern(`arn:aws:s3:::${source}`, syntax)]) {
    const matches = anyOf([pattern]);
    expect(matches('a'.repeat(5_000), none)).toBe(no);
    expect(matches(`arn:aws:s3:::${'a'.repeat(5_000)}`, none)).toBe(no);
  }
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
