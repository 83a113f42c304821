import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { advance, isTerminal } from '../../../model/job/training-job.ts';
import type { Operation } from '../../operation.ts';
import type { Input } from '../../service.ts';
import { ownTrainingJob, trainingJobDemand } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';

/** Asks the job's saga to stop. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html */
export const stopTrainingJob: Operation<Input<typeof SageMaker, 'StopTrainingJob'>, Record<string, never>> = {
  authorize: (input, context) => [trainingJobDemand('StopTrainingJob', input.TrainingJobName, context)],
  commit(input, context) {
    const { store, now, wake } = context;
    const row = ownTrainingJob(input.TrainingJobName, context);
    if (isTerminal(row.status)) throw sagemakerErrors.alreadyEnded(row.status);
    if (row.stopRequestedAt === undefined) {
      const at = now.toISOString();
      store.sagemaker.trainingJobs.update(row.trainingJobName, { stopRequestedAt: at, ...advance(row, 'Stopping', at) });
    }
    wake('jobs');
    return {};
  },
};
