import type { JournalEntry } from '../store/sagemaker.ts';

/**
 * One step of a march through fixed phases. `run` and `undo` are idempotent: after a crash the step that had only an
 * intent runs again, and taking back something that is not there is success.
 */
export interface SagaStep<Context> {
  readonly name: string;
  /** Returns what later steps and a new daemon need to know (JSON, never a secret). */
  run(context: Context, signal: AbortSignal): Promise<unknown>;
  undo?(context: Context): Promise<void>;
  /** A saga that was asked to stop still runs this step: it ends in order what the earlier ones began. */
  readonly runsWhenStopped?: true;
  /** Every daemon runs it, also when an earlier one did: what it waits for ends with a daemon (sockets). */
  readonly runsInEachDaemon?: true;
}

/** `shutdown` ends the daemon and leaves the saga as it is; `stop` ends the saga. */
export interface SagaSignals {
  readonly shutdown: AbortSignal;
  readonly stop: AbortSignal;
}

/** Where a saga's progress is kept. Every write is durable before the call returns. */
export interface Journal {
  read(): ReadonlyMap<string, JournalEntry>;
  write(entry: JournalEntry): void;
}

/** Runs the steps that are not done yet, in order. A step's error leaves its intent in the journal and is thrown. */
export async function runForward<Context>(
  steps: readonly SagaStep<Context>[],
  journal: Journal,
  context: Context,
  { shutdown, stop }: SagaSignals,
): Promise<void> {
  for (const step of steps) {
    const wasDone = journal.read().get(step.name)?.state === 'done';
    if (wasDone && step.runsInEachDaemon !== true) continue;
    // One that only runs again keeps nobody from the orderly end of what was begun behind it.
    const signal = step.runsWhenStopped === true || wasDone ? shutdown : AbortSignal.any([shutdown, stop]);
    signal.throwIfAborted();
    if (!wasDone) journal.write({ step: step.name, state: 'intent', result: null });
    const result = await step.run(context, signal);
    journal.write({ step: step.name, state: 'done', result });
  }
}

/** Takes back every step that was begun, last first. A step that cannot be taken back now does not keep the others. */
export async function runBackward<Context>(steps: readonly SagaStep<Context>[], journal: Journal, context: Context): Promise<void> {
  const failures: Error[] = [];
  for (const step of steps.toReversed()) {
    const entry = journal.read().get(step.name);
    if (entry === undefined || entry.state === 'undone') continue;
    try {
      await step.undo?.(context);
      journal.write({ step: step.name, state: 'undone', result: entry.result });
    } catch (error) {
      failures.push(new Error(`${step.name}: ${String(error)}`, { cause: error }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => failure.message).join('; '));
}
