import { RE2JS } from 're2js';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricDefinition.html */
export interface MetricDefinition {
  readonly name: string;
  readonly regex: string;
}

export interface MetricLine {
  readonly timestamp: number;
  readonly message: string;
}

/** The last value that lines gave to a metric. */
export interface MetricValue {
  readonly name: string;
  readonly value: number;
  readonly timestamp: number;
}

export interface CompiledMetric {
  readonly name: string;
  readonly pattern: RE2JS;
}

/** What is looked at of a line: time grows with it. */
export const metricLineCharactersMax = 8_192;
/** Counted repetitions are written out: `(.{1000}){3}` is 3,000 instructions. Time grows with their number, too. */
const programMax = 1_000;

/**
 * Users' patterns are run by an engine that never goes back: its time is bounded by the pattern's size times the line's
 * length, which no pattern gets around. It knows no look-around and no back references.
 */
export function compileMetric({ name, regex }: MetricDefinition): CompiledMetric {
  const pattern = RE2JS.compile(regex);
  if (pattern.groupCount() === 0) throw new Error('it has no capturing group, which is what gives the value');
  if (pattern.programSize() > programMax) throw new Error('its repetitions make it too large');
  return { name, pattern };
}

/** Why the first definition that cannot be used cannot; undefined when all can. */
export function metricProblem(definitions: readonly MetricDefinition[]): string | undefined {
  for (const definition of definitions) {
    try {
      compileMetric(definition);
    } catch (error) {
      return `the regular expression of ${definition.name} cannot be used: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }
  return undefined;
}

/** The newest value of each metric that the lines have. */
export function readMetrics(metrics: readonly CompiledMetric[], lines: readonly MetricLine[]): readonly MetricValue[] {
  const values = new Map<string, MetricValue>();
  for (const { timestamp, message } of lines) {
    const text = message.slice(0, metricLineCharactersMax);
    for (const { name, pattern } of metrics) {
      const matcher = pattern.matcher(text);
      const value = matcher.find() ? numberOf(matcher.group(1)) : undefined;
      if (value !== undefined && timestamp >= (values.get(name)?.timestamp ?? -Infinity)) values.set(name, { name, value, timestamp });
    }
  }
  return [...values.values()];
}

/** Decimal numbers only, and finite ones: CloudWatch takes no others. */
export function numberOf(text: string | null): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/u.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** Of a job whose patterns took longer than their deadline; a part of its status message. */
export const metricsGivenUp = 'Metric definitions took too long on a part of the log, and are not read any more.';
