import { expect, it } from 'vitest';
import { compileMetric, metricLineCharactersMax, metricProblem, numberOf, readMetrics } from './metrics.ts';

const read = (regex: string, ...lines: readonly string[]) =>
  readMetrics(
    [compileMetric({ name: 'm', regex })],
    lines.map((message, timestamp) => ({ message, timestamp })),
  );

it('takes the first group of the last line that matches', () => {
  expect(read('loss=(.*?);', 'loss=0.5; acc=1;', 'loss=0.25; acc=2;', 'nothing')).toEqual([{ name: 'm', value: 0.25, timestamp: 1 }]);
});

it('reads the patterns of the built-in algorithms', () => {
  // As DescribeTrainingJob shows them: https://github.com/aws/sagemaker-xgboost-container/issues/121
  const xgboost = '.*\\[[0-9]+\\].*#011train-mae:([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*';
  expect(read(xgboost, '[12]#011train-mae:1.5e-3#011validation-mae:2')).toEqual([{ name: 'm', value: 0.0015, timestamp: 0 }]);
  expect(read('#quality_metric: host=\\S+, train loss <loss>=(\\S+)', '#quality_metric: host=algo-1, train loss <loss>=-1.25')).toEqual([
    { name: 'm', value: -1.25, timestamp: 0 },
  ]);
});

it('an older line of another stream does not replace a newer value', () => {
  const metrics = [compileMetric({ name: 'm', regex: 'v=(\\d+)' })];
  const lines = [
    { message: 'v=2', timestamp: 20 },
    { message: 'v=1', timestamp: 10 },
  ];
  expect(readMetrics(metrics, lines)).toEqual([{ name: 'm', value: 2, timestamp: 20 }]);
});

it.each([
  ['1', 1],
  [' -2.5 ', -2.5],
  ['+.5', 0.5],
  ['3.', 3],
  ['1e-3', 0.001],
  ['', undefined],
  ['dog', undefined],
  ['nan', undefined],
  ['0x10', undefined],
  ['1e999', undefined],
  ['Infinity', undefined],
])('%j is the number %j', (text, value) => {
  expect(numberOf(text)).toBe(value);
});

it.each([
  ['[', 'missing closing ]'],
  ['a(?=b)', 'unsupported Perl syntax'],
  ['(a)\\1', 'invalid escape sequence'],
  ['loss', 'no capturing group'],
  ['(?:loss)', 'no capturing group'],
  ['(.{1000}){1}(.{1000})', 'too large'],
])('refuses %s', (regex, why) => {
  const problem = metricProblem([
    { name: 'good', regex: '(\\d+)' },
    { name: 'bad', regex },
  ]);
  expect(problem).toContain('the regular expression of bad cannot be used');
  expect(problem).toContain(why);
});

it('patterns that take exponential time elsewhere are nothing special', () => {
  const line = `${'a'.repeat(metricLineCharactersMax - 1)}b`;
  for (const regex of ['(a+)+$', '(a|a)*c', '(.*a){25}z']) expect(read(regex, line)).toEqual([]);
  // What comes behind the part that is looked at does not count.
  expect(read('v=(\\d)', `${'a'.repeat(metricLineCharactersMax)} v=1`)).toEqual([]);
});
