import { synchroniseCheckpoints } from './checkpoints.ts';
import type { TrainingJobContext } from './context.ts';
import { streamPipes } from './pipes.ts';

/** What the agents do while the containers run. */
export interface BesideTraining {
  /** Why the containers get no more data, if so. */
  broken(): unknown;
  /** Ends all of it in order, after the containers. Throws the first failure. */
  end(): Promise<void>;
}

/**
 * Begins, or goes on with after an earlier daemon, what the agents do while the containers run. Data that cannot be had
 * is told at once, because the containers would wait for it; checkpoints that cannot be stored are tried again until the end.
 */
export function besideTraining(context: TrainingJobContext, onBroken: () => void): BesideTraining {
  const { shutdown } = context.signals;
  const finish = new AbortController();
  const failures: unknown[] = [];
  let broken: unknown;
  const running = context.instances.flatMap((instance) => [
    streamPipes(context, instance, shutdown, finish.signal).catch((error: unknown) => {
      if (shutdown.aborted) return;
      failures.unshift(error);
      if (broken !== undefined) return;
      broken = error;
      if (!finish.signal.aborted) onBroken();
    }),
    synchroniseCheckpoints(context, instance, shutdown, finish.signal).catch((error: unknown) => void failures.push(error)),
  ]);
  return {
    broken: () => broken,
    async end() {
      finish.abort();
      await Promise.all(running);
      shutdown.throwIfAborted();
      if (failures.length > 0) throw failures[0];
    },
  };
}
