import { queueTurn } from '../../model/job/queue.ts';
import { present } from '../../stdx/assert.ts';
import type { JobServices } from './job-context.ts';
import type { JobKind, UnendedJob } from './job-kind.ts';

type Machine = Pick<JobServices, 'store' | 'clock' | 'containers'>;

/** Those whose turn it is, and those that wait; the first is the next. */
export interface JobsTurn {
  readonly running: readonly UnendedJob[];
  readonly waiting: readonly UnendedJob[];
}

/** Jobs that have not given everything back yet, in the order they were created, whatever they are of. */
function unended({ store }: Machine, kinds: readonly JobKind[]): readonly UnendedJob[] {
  const key = ({ createdAt, sagaId }: UnendedJob): string => `${createdAt} ${sagaId}`;
  return kinds.flatMap((kind) => kind.unended(store)).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Who runs and who waits; every one that waits says so, and behind how many. A job that waits has taken nothing. */
export function takeTurn(machine: Machine, kinds: readonly JobKind[], running: { has(sagaId: string): boolean }, instancesMax: number): JobsTurn {
  const { store, containers } = machine;
  const jobs = unended(machine, kinds);
  const journaled = store.sagemaker.journaledSagas();
  const turn = queueTurn(
    jobs.map((job) => ({ ...job, name: job.sagaId, isBegun: running.has(job.sagaId) || journaled.has(job.sagaId) })),
    instancesMax,
  );
  const before = new Map(turn.waiting.map((sagaId, place) => [sagaId, place]));
  store.transact(() => {
    for (const { kind, sagaId, name } of jobs) {
      if (!journaled.has(sagaId)) kind.tellTurn(store, name, before.get(sagaId), containers.size());
    }
  });
  const bySaga = new Map(jobs.map((job) => [job.sagaId, job]));
  const found = (sagaIds: readonly string[]) => sagaIds.map((sagaId) => present(bySaga.get(sagaId), 'the turn is of these jobs'));
  return { running: found(turn.running), waiting: found(turn.waiting) };
}

/** Asks those to stop that were to wait no longer. In a transaction. */
export function stopOverdue(machine: Machine, kinds: readonly JobKind[]): void {
  const { store, clock } = machine;
  const now = clock.now();
  const journaled = store.sagemaker.journaledSagas();
  for (const { kind, sagaId, name, createdAt, isStopping, pendingMaxSeconds } of unended(machine, kinds)) {
    if (pendingMaxSeconds === undefined || isStopping || journaled.has(sagaId)) continue;
    if (now.getTime() < Date.parse(createdAt) + pendingMaxSeconds * 1_000) continue;
    kind.stopPending(store, name, pendingMaxSeconds, now.toISOString());
  }
}
