import { expect, it } from 'vitest';
import { noRefusedNames, refusedNameLines, together, withRefused, type RefusedName } from './refused-names.ts';

const of = (asked: readonly RefusedName[]) => asked.reduce(withRefused, noRefusedNames);
const once = (name: string, type = 'A'): RefusedName => ({ name, type, count: 1 });

it('counts every question, and each name by its type', () => {
  const refused = of([once('a.example'), once('b.example'), { ...once('a.example'), count: 2 }, once('a.example', 'TXT')]);
  expect(refused).toEqual({ count: 5, names: [once('b.example'), { ...once('a.example'), count: 3 }, once('a.example', 'TXT')] });
  expect(refusedNameLines(refused)).toEqual(['a.example TXT (once)', 'a.example A (3 times)', 'b.example A (once)']);
});

it('keeps the newest of names without end, and the count of all', () => {
  const asked = Array.from({ length: 1_000 }, (_, index) => once(`data${index}.example`));
  const { count, names } = of([...asked, { name: '', type: '', count: 500 }]);
  expect([count, names.length, names.at(-1)?.name, names[0]?.name]).toEqual([1_500, 64, 'data999.example', 'data936.example']);
  const lines = refusedNameLines({ count, names });
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([9, 'data999.example A (once)', '1492 more questions']);
});

it('puts interfaces together', () => {
  expect(together([of([once('a')]), of([once('b'), once('c')])])).toEqual({ count: 3, names: [once('a'), once('b'), once('c')] });
  expect(together([of([once('a')]), of([once('a')])])).toEqual({ count: 2, names: [{ ...once('a'), count: 2 }] });
});

it('shows no name as anything but letters', () => {
  expect(refusedNameLines(of([once('a\u001b[2J b\u{1F600}')]))).toEqual(['a\\027[2J\\032b\\128512 A (once)']);
});
