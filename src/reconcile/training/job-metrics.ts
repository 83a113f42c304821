import type { MetricDefinition } from '../../model/job/metrics.ts';
import type { LogEvent } from '../../model/logs/event-batch.ts';
import type { TrainingJobContext } from './context.ts';

/**
 * The metrics in the log of one instance, each line read once: how far it was read is stored with the values.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export class JobMetrics {
  readonly #context: TrainingJobContext;
  readonly #host: string;
  readonly #definitions: readonly MetricDefinition[];

  constructor(context: TrainingJobContext, host: string) {
    this.#context = context;
    this.#host = host;
    this.#definitions = (context.request.AlgorithmSpecification.MetricDefinitions ?? []).map(({ Name, Regex }) => ({ name: Name, regex: Regex }));
  }

  /** Reads lines of which the first has this number. Never rejects: a job does not fail by its metrics. */
  async read(first: number, events: readonly LogEvent[]): Promise<void> {
    const { store, metrics, log } = this.#context.services;
    const { name } = this.#context;
    if (this.#definitions.length === 0 || this.#context.row.metricsGivenUp === true) return;
    const unread = events.slice(Math.max(0, store.sagemaker.metricLines(name, this.#host) - first));
    if (unread.length === 0) return;
    try {
      const values = await metrics.read(this.#definitions, unread);
      store.transact(() => store.sagemaker.writeMetrics(name, this.#host, first + events.length, values));
    } catch (error) {
      log('metrics are not read any more', { job: name, host: this.#host, reason: String(error) });
      store.transact(() => store.sagemaker.trainingJobs.update(name, { metricsGivenUp: true }));
    }
  }
}
