import { assert } from '../../stdx/assert.ts';

/** One value of a family, told from the others by its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram's samples. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** What is measured under one name. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** Of all families together. Labels come from lists that the daemon knows: more than this is a label that is none of them. */
export const samplesMax = 10_000;

const namePattern = /^[a-z_][a-z0-9_]*$/;

/** The families as a scraper reads them, each once, each with its samples together. */
export function writeExposition(families: readonly Family[]): string {
  const samples = families.reduce((sum, family) => sum + family.samples.length, 0);
  assert(samples <= samplesMax, `there are at most ${samplesMax} samples, not ${samples}`);
  assert(new Set(families.map(({ name }) => name)).size === families.length, 'a family is written once');
  return families.map((family) => writeFamily(family)).join('');
}

function writeFamily({ name, type, help, samples }: Family): string {
  assert(namePattern.test(name), `${name} is a name`);
  const lines = samples.map(({ labels, value, suffix }) => `${name}${suffix ?? ''}${writeLabels(labels ?? {})} ${writeValue(value)}`);
  const series = new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))));
  assert(series.size === lines.length, `no two samples of ${name} have the same labels`);
  return `${[`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`, ...lines].join('\n')}\n`;
}

function writeLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    assert(namePattern.test(name), `${name} is the name of a label`);
    return `${name}="${escape(value).replaceAll('"', '\\"')}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function writeValue(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
