import { failureReason as reasonOf } from '../../model/job/failure-reason.ts';
import type { JobOutcome } from '../../model/job/training-job.ts';
import { together } from '../../model/network/refused-names.ts';
import type { JobRow } from '../../store/sagemaker.ts';
import type { Store } from '../../store/store.ts';
import { runBackward, runForward, type Journal, type SagaStep } from '../saga.ts';
import type { JobContext } from './job-context.ts';
import { JobFailure } from './job-failure.ts';
import type { StopCause } from './stop-conditions.ts';

export function jobJournal(store: Store, sagaId: string): Journal {
  return {
    read: () => store.sagemaker.journal(sagaId),
    write: (entry) => store.transact(() => store.sagemaker.writeJournal(sagaId, entry)),
  };
}

/**
 * Takes one job to its end, from wherever its journal says it is; when the daemon ends first, the job is left for the next
 * one. Each step is journaled before and after; the end of a job is the undo of all of them.
 */
export async function runJob<Context extends JobContext>(context: Context, steps: readonly SagaStep<Context>[]): Promise<void> {
  const { services, journal } = context;
  if (context.row.outcome === undefined) {
    const outcome = await outcomeOf(context, steps);
    if (outcome === undefined) return;
    services.store.transact(() => context.keepOutcome(outcome, services.clock.now().toISOString()));
  }
  await runBackward(steps, journal, context);
  // Everything the job took is given back: now, and only now, its status is terminal.
  services.store.transact(() => {
    context.update(refusedNamesOf(context));
    context.finish(endOf(context.row), services.clock.now().toISOString());
    services.store.sagemaker.deleteJournal(context.sagaId);
  });
}

/** Runs the steps forward and says how it ended; undefined when the daemon ends first. */
async function outcomeOf<Context extends JobContext>(context: Context, steps: readonly SagaStep<Context>[]): Promise<JobOutcome | undefined> {
  const { shutdown, stop } = context.signals;
  try {
    await runForward(steps, context.journal, context, context.signals);
    return context.stopCause === undefined ? { kind: 'completed' } : stoppedBy(context.stopCause);
  } catch (error) {
    if (shutdown.aborted) return undefined;
    if (error instanceof JobFailure) return { kind: 'failed', failureReason: error.failureReason };
    if (stop.aborted) return stoppedBy('requested');
    context.services.log(`a ${context.noun} failed by an error of Cloister`, {
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
function endOf({ outcome, stopRequestedAt }: JobRow): JobOutcome {
  if (outcome === undefined) return { kind: 'failed', failureReason: reasonOf({ kind: 'internal' }) };
  return outcome.kind === 'completed' && stopRequestedAt !== undefined ? stoppedBy('requested') : outcome;
}

/** By host. Interfaces are gone, and with them who they were. */
function refusedNamesOf({ instances, services }: JobContext): Pick<JobRow, 'refusedNames'> {
  const byHost = instances.map(({ host, agentInterfaceId, algorithmInterfaceId }) => {
    return [host, together([agentInterfaceId, algorithmInterfaceId].map((id) => services.refusedNames(id)))] as const;
  });
  const refused = byHost.filter(([, { count }]) => count > 0);
  return refused.length === 0 ? {} : { refusedNames: Object.fromEntries(refused) };
}
