import { instanceSizeOf } from '../../model/job/instance-types.ts';
import { pendingOverMessage, queueTurn, waitingMessage, type QueueTurn } from '../../model/job/queue.ts';
import { notesOf, statusMessage, statusMessageOf } from '../../model/job/status-message.ts';
import { advance } from '../../model/job/training-job.ts';
import { present } from '../../stdx/assert.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { TrainingServices } from './context.ts';
import type { TrainingRequest } from './request.ts';

type Machine = Pick<TrainingServices, 'store' | 'clock' | 'containers'>;

const requestOf = ({ request }: TrainingJobRow): TrainingRequest => request as unknown as TrainingRequest;
const sizeOf = (row: TrainingJobRow) => present(instanceSizeOf(requestOf(row).ResourceConfig.InstanceType), 'every type of the shape has a size');

/** Jobs that have not given everything back yet, in the order they were created. */
function unended({ store }: Machine): readonly TrainingJobRow[] {
  const key = ({ createdAt, trainingJobName }: TrainingJobRow): string => `${createdAt} ${trainingJobName}`;
  return store.sagemaker.trainingJobs.list({ saga: 'running' }).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Who runs and who waits; every one that waits says so, and behind how many. A job that waits has taken nothing. */
export function takeTurn(machine: Machine, running: { has(name: string): boolean }, instancesMax: number): QueueTurn {
  const { store } = machine;
  const rows = unended(machine);
  const journaled = store.sagemaker.journaledSagas();
  const jobs = rows.map((row) => {
    const { InstanceCount } = requestOf(row).ResourceConfig;
    return {
      name: row.trainingJobName,
      instances: InstanceCount,
      gpus: sizeOf(row).gpus * InstanceCount,
      isBegun: running.has(row.trainingJobName) || journaled.has(row.trainingJobName),
      isStopping: row.stopRequestedAt !== undefined,
    };
  });
  const turn = queueTurn(jobs, instancesMax);
  const before = new Map(turn.waiting.map((name, place) => [name, place]));
  store.transact(() => {
    for (const row of rows) if (!journaled.has(row.trainingJobName)) say(row, messageOf(row, before.get(row.trainingJobName), machine), machine);
  });
  return turn;
}

function messageOf({ request, localImage }: TrainingJobRow, before: number | undefined, { containers }: Machine): string {
  const notes = notesOf(request, containers.size(), localImage);
  return before === undefined ? statusMessageOf('Starting', notes) : statusMessage(waitingMessage(before), notes);
}

/** Only of a job that starts: what came after it has its own message. */
function say({ trainingJobName, transitions }: TrainingJobRow, statusMessage: string, { store }: Machine): void {
  const open = transitions.at(-1);
  if (open?.status !== 'Starting' || open.statusMessage === statusMessage) return;
  store.sagemaker.trainingJobs.update(trainingJobName, { transitions: [...transitions.slice(0, -1), { ...open, statusMessage }] });
}

/** Asks those to stop that were to wait no longer. In a transaction. */
export function stopOverdue(machine: Machine): void {
  const { store, clock } = machine;
  const now = clock.now();
  const journaled = store.sagemaker.journaledSagas();
  for (const row of unended(machine)) {
    const seconds = requestOf(row).StoppingCondition.MaxPendingTimeInSeconds;
    if (seconds === undefined || row.stopRequestedAt !== undefined || journaled.has(row.trainingJobName)) continue;
    if (now.getTime() < Date.parse(row.createdAt) + seconds * 1_000) continue;
    const at = now.toISOString();
    store.sagemaker.trainingJobs.update(row.trainingJobName, { stopRequestedAt: at, ...advance(row, 'Stopping', at, pendingOverMessage(seconds)) });
  }
}
