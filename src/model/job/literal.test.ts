import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseLiteral } from './literal.ts';

it.each([
  ['{"data": [1, 3, 1024, 1024]}', { data: [1, 3, 1024, 1024] }],
  ["{'data': [1,3,1024,1024]}", { data: [1, 3, 1024, 1024] }],
  ["{'mcpu': 'skylake-avx512'}", { mcpu: 'skylake-avx512' }],
  ['"--verbose 1 --num-neuroncores 2 -O2"', '--verbose 1 --num-neuroncores 2 -O2'],
  ['[[1,3,224,224],]', [[1, 3, 224, 224]]],
  ["{'a': (1, -2.5e3), 'b': None, 'c': True,}", { a: [1, -2500], b: null, c: true }],
  [String.raw`{'it\'s': "a \"b\" \\"}`, { "it's": 'a "b" \\' }],
  ["{'__proto__': {'x': 1}}", Object.fromEntries([['__proto__', { x: 1 }]])],
])('%s', (text, value) => {
  expect(parseLiteral(text)).toEqual(value);
  expect(({} as { x?: number }).x).toBeUndefined();
});

it.each([
  ["{'a': 1", 'at its end'],
  ["{'a' 1}", 'at character 6'],
  ['{a: 1}', 'at character 2'],
  ["{'a': __import__('os')}", 'at character 7'],
  ["{'a': 1} x", 'at character 10'],
  ["['\n']", 'at character 3'],
  ["{'a': toString}", 'at character 7'],
  ['['.repeat(100), 'at character'],
  ['', 'at its end'],
])('%s is neither', (text, where) => {
  expect(() => parseLiteral(text)).toThrow(`neither JSON nor a Python literal ${where}`);
});

it('reads whatever JSON writes with the quotes of Python, and ends on any text (random)', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: true }), (value) => {
      fc.pre(!JSON.stringify(value).includes('\\'));
      const text = JSON.stringify(value).replaceAll("'", '').replaceAll('"', "'");
      expect(parseLiteral(text)).toEqual(JSON.parse(text.replaceAll("'", '"')));
    }),
  );
  const letters = `{}[]()'",:\\ a1.-eTrueNone`.split('');
  const outcomeOf = (text: string): string => {
    try {
      parseLiteral(text);
      return 'read';
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...letters) }), (text) => {
      expect(outcomeOf(text)).toMatch(/^read$|neither JSON nor a Python literal/u);
    }),
    { numRuns: 2_000 },
  );
});
