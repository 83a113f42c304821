import { advanceCompilation } from '../../model/job/compilation-job.ts';
import { assert } from '../../stdx/assert.ts';
import type { JobKind } from '../job/job-kind.ts';
import { runJob } from '../job/run-job.ts';
import { compilationSteps } from './compilation-saga.ts';
import { CompilationJobContext, compilationSagaId } from './context.ts';
import type { CompilationRequest } from './request.ts';

export const compilationKind: JobKind = {
  unended: (store) =>
    store.sagemaker.compilationJobs.list({ saga: 'running' }).map((row) => ({
      kind: compilationKind,
      sagaId: compilationSagaId(row.compilationJobName),
      name: row.compilationJobName,
      createdAt: row.createdAt,
      instances: 1,
      gpus: 0,
      isStopping: row.stopRequestedAt !== undefined,
      pendingMaxSeconds: (row.request as unknown as CompilationRequest).StoppingCondition.MaxPendingTimeInSeconds,
    })),

  /** STARTING says all that its API can say. */
  tellTurn: () => undefined,

  stopPending(store, name, _seconds, now) {
    const row = store.sagemaker.compilationJobs.get(name);
    store.sagemaker.compilationJobs.update(name, { stopRequestedAt: now, ...advanceCompilation(row, 'STOPPING', now) });
  },

  context: (services, name, signals) => new CompilationJobContext(services, name, services.journal(compilationSagaId(name)), signals),

  async run(context) {
    assert(context instanceof CompilationJobContext, 'a kind runs its own jobs');
    await runJob(context, compilationSteps);
  },
};
