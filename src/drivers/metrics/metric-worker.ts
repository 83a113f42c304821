import { parentPort } from 'node:worker_threads';
import { compileMetric, type CompiledMetric, type MetricDefinition, metricProblem, readMetrics } from '../../model/job/metrics.ts';
import { present } from '../../stdx/assert.ts';
import { ThreadLink } from '../../stdx/thread-link.ts';
import type { MetricMethods } from './metric-thread.ts';

/** Of jobs that run at once. */
const compiledMax = 64;
const compiled = new Map<string, readonly CompiledMetric[]>();

function compiledOf(definitions: readonly MetricDefinition[]): readonly CompiledMetric[] {
  const key = JSON.stringify(definitions);
  const known = compiled.get(key) ?? definitions.map((definition) => compileMetric(definition));
  compiled.delete(key);
  compiled.set(key, known);
  for (const oldest of compiled.keys()) if (compiled.size > compiledMax) compiled.delete(oldest);
  return known;
}

/** The thread behind `MetricThread`. */
const methods = {
  problem: (definitions) => metricProblem(definitions),
  read: ({ definitions, lines }) => readMetrics(compiledOf(definitions), lines),
} satisfies MetricMethods;

void new ThreadLink(present(parentPort, 'this file is the main file of a worker thread'), methods);
