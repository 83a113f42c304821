import { failureReason as reasonOf } from '../../model/job/failure-reason.ts';
import { advance, terminalStatusOf, type JobOutcome } from '../../model/job/training-job.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { Store } from '../../store/store.ts';
import type { SagaStep, Journal } from '../saga.ts';
import { runBackward, runForward } from '../saga.ts';
import { authoriseRole } from './authorise-role.ts';
import { awaitNetwork } from './await-network.ts';
import type { TrainingJobContext } from './context.ts';
import { createInterfaces } from './create-interfaces.ts';
import { JobFailure } from './job-failure.ts';
import { placeInstances } from './place-instances.ts';
import { stageInstances } from './stage-instances.ts';
import type { StopCause } from './stop-conditions.ts';
import { trainInstances } from './train-instances.ts';
import { uploadArtifacts } from './upload-artifacts.ts';

/**
 * In order. Each is journaled before and after; the end of a job is the undo of all of them. The network is applied while
 * the instances get their directories and volumes: whoever waits for it comes after that.
 */
export const trainingSteps: readonly SagaStep<TrainingJobContext>[] = [
  authoriseRole,
  createInterfaces,
  placeInstances,
  awaitNetwork,
  stageInstances,
  trainInstances,
  uploadArtifacts,
];

export function trainingJournal(store: Store, name: string): Journal {
  return {
    read: () => store.sagemaker.journal(name),
    write: (entry) => store.transact(() => store.sagemaker.writeJournal(name, entry)),
  };
}

/** Takes one job to its end, from wherever its journal says it is; when the daemon ends first, the job is left for the next one. */
export async function runTrainingJob(context: TrainingJobContext): Promise<void> {
  const { services, name, journal } = context;
  if (context.row.outcome === undefined) {
    const outcome = await outcomeOf(context);
    if (outcome === undefined) return;
    const ended = context.row.instancesStartAt === undefined ? {} : { trainingEndAt: services.clock.now().toISOString() };
    services.store.transact(() => services.store.sagemaker.trainingJobs.update(name, { outcome, ...ended }));
  }
  await runBackward(trainingSteps, journal, context);
  finish(context);
}

/** Runs the steps forward and says how it ended; undefined when the daemon ends first. */
async function outcomeOf(context: TrainingJobContext): Promise<JobOutcome | undefined> {
  const { shutdown, stop } = context.signals;
  try {
    await runForward(trainingSteps, context.journal, context, context.signals);
    return context.stopCause === undefined ? { kind: 'completed' } : stoppedBy(context.stopCause);
  } catch (error) {
    if (shutdown.aborted) return undefined;
    if (error instanceof JobFailure) return { kind: 'failed', failureReason: error.failureReason };
    if (stop.aborted) return stoppedBy('requested');
    context.services.log('a training job failed by an error of Cloister', {
      job: context.name,
      error: error instanceof Error ? error.stack : String(error),
    });
    return { kind: 'failed', failureReason: reasonOf({ kind: 'internal' }) };
  }
}

function stoppedBy(cause: StopCause): JobOutcome {
  return cause === 'requested' ? { kind: 'stopped' } : { kind: 'max-runtime-exceeded' };
}

/** A job that is Stopping becomes Stopped, also when it was asked to while it uploaded or gave back what it took. */
function endOf({ outcome, stopRequestedAt }: TrainingJobRow): JobOutcome {
  if (outcome === undefined) return { kind: 'failed', failureReason: reasonOf({ kind: 'internal' }) };
  return outcome.kind === 'completed' && stopRequestedAt !== undefined ? stoppedBy('requested') : outcome;
}

/** Everything the job took is given back: now, and only now, its status is terminal. */
function finish(context: TrainingJobContext): void {
  const { store, clock } = context.services;
  store.transact(() => {
    const row = store.sagemaker.trainingJobs.get(context.name);
    const outcome = endOf(row);
    const now = clock.now().toISOString();
    const failureReason = outcome.kind === 'failed' ? outcome.failureReason : undefined;
    store.sagemaker.trainingJobs.update(context.name, {
      ...advance(row, terminalStatusOf(outcome), now, failureReason),
      ...(failureReason === undefined ? {} : { failureReason }),
      saga: 'ended',
    });
    store.sagemaker.deleteJournal(context.name);
  });
}
