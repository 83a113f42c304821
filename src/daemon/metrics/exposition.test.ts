import { describe, expect, it } from 'vitest';
import type { RefusalRecord } from '../../gateway/records.ts';
import { registries } from '../registries.ts';
import { samplesMax, writeExposition } from './exposition.ts';
import { Histogram, histogramSamples } from './histogram.ts';
import { RequestCounts } from './request-counts.ts';

describe('the exposition format', () => {
  it('writes help, type and samples, and escapes what must be', () => {
    const text = writeExposition([
      { name: 'a_total', type: 'counter', help: 'One\\two\nthree "four".', samples: [{ labels: { a: 'x\\y\n"z"', b: 'é' }, value: 3 }] },
      { name: 'b', type: 'gauge', help: 'B.', samples: [{ value: 1.5 }] },
      { name: 'c', type: 'gauge', help: 'Nothing yet.', samples: [] },
    ]);
    expect(text).toBe(
      [
        '# HELP a_total One\\\\two\\nthree "four".',
        '# TYPE a_total counter',
        'a_total{a="x\\\\y\\n\\"z\\"",b="é"} 3',
        '# HELP b B.',
        '# TYPE b gauge',
        'b 1.5',
        '# HELP c Nothing yet.',
        '# TYPE c gauge',
        '',
      ].join('\n'),
    );
  });

  it('writes no family and no series twice, and no more than there may be', () => {
    const family = { name: 'a', type: 'gauge', help: 'A.', samples: [{ value: 1 }] } as const;
    expect(() => writeExposition([family, family])).toThrow('a family is written once');
    expect(() => writeExposition([{ ...family, samples: [{ value: 1 }, { value: 2 }] }])).toThrow('the same labels');
    const samples = Array.from({ length: samplesMax + 1 }, (_, index) => ({ labels: { index: String(index) }, value: 1 }));
    expect(() => writeExposition([{ ...family, samples }])).toThrow(`at most ${samplesMax} samples`);
  });
});

it('puts durations into cumulative buckets', () => {
  const histogram = new Histogram();
  for (const seconds of [0.001, 0.002, 0.3, 1_000]) histogram.observe(seconds);
  const samples = histogram.samples({ of: 'x' });
  expect(samples).toHaveLength(histogramSamples);
  const buckets = Object.fromEntries(samples.filter(({ suffix }) => suffix === '_bucket').map(({ labels, value }) => [labels?.['le'], value]));
  expect(buckets).toMatchObject({ '0.001': 1, '0.0025': 2, '0.25': 2, '0.5': 3, '60': 3, '+Inf': 4 });
  expect(samples.slice(-2)).toEqual([
    { suffix: '_sum', labels: { of: 'x' }, value: 1_000.303 },
    { suffix: '_count', labels: { of: 'x' }, value: 4 },
  ]);
});

describe('requests', () => {
  const request = (service: string | undefined, operation: string | undefined, status: number) =>
    ({ service, operation, status, durationMs: 2 }) as never;
  const refusal = (decision: Partial<RefusalRecord['decision']>) =>
    ({ decision: { verdict: 'deny', determining: [], message: '', ...decision } }) as never;
  const seriesOf = (counts: RequestCounts): string[] =>
    counts.families().flatMap(({ name, samples }) => samples.map(({ labels }) => `${name} ${Object.values(labels ?? {}).join(' ')}`));

  it('are counted by service, operation and class of status', () => {
    const counts = new RequestCounts(registries);
    for (const status of [200, 204, 404, 0]) counts.request(request('s3', 'GetObject', status));
    counts.request(request('cloister', '/_cloister/networks/vpc-0123', 200));
    counts.request(request('cloister', '/_localstack/health', 200));
    counts.request(request('cloister', '/metrics', 200));
    expect(counts.families()[0]?.samples).toEqual([
      { labels: { service: 's3', operation: 'GetObject', status: '2xx' }, value: 2 },
      { labels: { service: 's3', operation: 'GetObject', status: '4xx' }, value: 1 },
      { labels: { service: 's3', operation: 'GetObject', status: 'none' }, value: 1 },
      { labels: { service: 'cloister', operation: 'networks', status: '2xx' }, value: 1 },
      { labels: { service: 'cloister', operation: 'health', status: '2xx' }, value: 1 },
      { labels: { service: 'cloister', operation: 'metrics', status: '2xx' }, value: 1 },
    ]);
  });

  it('have as many series as there are operations, whatever callers name', () => {
    const counts = new RequestCounts(registries);
    const services = [...Object.keys(registries), 'cloister', undefined, 'dynamodb'];
    const operations = Object.values(registries).flatMap((registry) => Object.keys(registry));
    const invented = Array.from({ length: 2_000 }, (_, index) => `/_cloister/invented-${index}`);
    for (const service of services)
      for (const operation of [...operations, ...invented, undefined]) {
        for (const status of [100, 200, 300, 400, 500, 0, 999]) counts.request(request(service, operation, status));
      }
    // Of each service one more, of the operator's paths and of no service only that one.
    const pairs = operations.length + Object.keys(registries).length + 2;
    const series = seriesOf(counts);
    expect(series.filter((name) => name.startsWith('cloister_requests_total'))).toHaveLength(pairs * 6);
    expect(series.length).toBe(pairs * (6 + histogramSamples));
    expect(series.length).toBeLessThan(samplesMax);
    expect(series.filter((name) => name.includes('invented'))).toEqual([]);
  });

  it('that policies refused are counted by what determined it', () => {
    const counts = new RequestCounts(registries);
    counts.refusal(refusal({ missing: 'identity' }));
    counts.refusal(refusal({ determining: [{ kind: 'endpoint', policy: 'vpce-1', effect: 'Deny', index: 0 }] }));
    counts.refusal(refusal({ determining: [{ kind: 'endpoint', policy: 'vpce-2', effect: 'Deny', index: 0 }] }));
    expect(counts.families()[2]?.samples).toEqual([
      { labels: { source: 'identity', verdict: 'not-allowed' }, value: 1 },
      { labels: { source: 'endpoint', verdict: 'denied' }, value: 2 },
    ]);
  });
});
