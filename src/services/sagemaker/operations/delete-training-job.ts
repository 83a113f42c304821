import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { isTerminal } from '../../../model/job/training-job.ts';
import type { Operation } from '../../operation.ts';
import type { Input } from '../../service.ts';
import { ownTrainingJob, trainingJobDemand } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';

/**
 * Of a job that has ended; its name is free afterwards. Its logs and artefacts stay.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html
 */
export const deleteTrainingJob: Operation<Input<typeof SageMaker, 'DeleteTrainingJob'>, Record<string, never>> = {
  authorize: (input, context) => [trainingJobDemand('DeleteTrainingJob', input.TrainingJobName, context)],
  commit(input, context) {
    const { trainingJobName, status } = ownTrainingJob(input.TrainingJobName, context);
    if (!isTerminal(status)) throw sagemakerErrors.notEnded(status);
    context.store.sagemaker.trainingJobs.delete(trainingJobName);
    return {};
  },
};
