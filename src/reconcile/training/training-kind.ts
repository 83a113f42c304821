import { instanceSizeOf } from '../../model/job/instance-types.ts';
import { pendingOverMessage, waitingMessage } from '../../model/job/queue.ts';
import { notesOf, statusMessage, statusMessageOf } from '../../model/job/status-message.ts';
import { advance } from '../../model/job/training-job.ts';
import { assert, present } from '../../stdx/assert.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { JobKind } from '../job/job-kind.ts';
import { runJob } from '../job/run-job.ts';
import { TrainingJobContext } from './context.ts';
import type { TrainingRequest } from './request.ts';
import { trainingSteps } from './training-saga.ts';

const requestOf = ({ request }: TrainingJobRow): TrainingRequest => request as unknown as TrainingRequest;

export const trainingKind: JobKind = {
  unended: (store) =>
    store.sagemaker.trainingJobs.list({ saga: 'running' }).map((row) => {
      const { ResourceConfig, StoppingCondition } = requestOf(row);
      const size = present(instanceSizeOf(ResourceConfig.InstanceType), 'every type of the shape has a size');
      return {
        kind: trainingKind,
        sagaId: row.trainingJobName,
        name: row.trainingJobName,
        createdAt: row.createdAt,
        instances: ResourceConfig.InstanceCount,
        gpus: size.gpus * ResourceConfig.InstanceCount,
        isStopping: row.stopRequestedAt !== undefined,
        pendingMaxSeconds: StoppingCondition.MaxPendingTimeInSeconds,
      };
    }),

  /** Only of a job that starts: what came after it has its own message. */
  tellTurn(store, name, before, machine) {
    const { request, localImage, transitions } = store.sagemaker.trainingJobs.get(name);
    const notes = notesOf(request, machine, localImage);
    const message = before === undefined ? statusMessageOf('Starting', notes) : statusMessage(waitingMessage(before), notes);
    const open = transitions.at(-1);
    if (open?.status !== 'Starting' || open.statusMessage === message) return;
    store.sagemaker.trainingJobs.update(name, { transitions: [...transitions.slice(0, -1), { ...open, statusMessage: message }] });
  },

  stopPending(store, name, seconds, now) {
    const row = store.sagemaker.trainingJobs.get(name);
    store.sagemaker.trainingJobs.update(name, { stopRequestedAt: now, ...advance(row, 'Stopping', now, pendingOverMessage(seconds)) });
  },

  context: (services, name, signals) => new TrainingJobContext(services, name, services.journal(name), signals),

  async run(context) {
    assert(context instanceof TrainingJobContext, 'a kind runs its own jobs');
    await runJob(context, trainingSteps);
  },
};
