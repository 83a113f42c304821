import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { isCompilationEnded } from '../../../model/job/compilation-job.ts';
import type { Operation } from '../../operation.ts';
import type { Input } from '../../service.ts';
import { compilationJobDemand, ownCompilationJob } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';

/**
 * Of a job that has ended; its name is free afterwards. Its log and its model stay.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteCompilationJob.html
 */
export const deleteCompilationJob: Operation<Input<typeof SageMaker, 'DeleteCompilationJob'>, Record<string, never>> = {
  authorize: (input, context) => [compilationJobDemand('DeleteCompilationJob', input.CompilationJobName, context)],
  commit(input, context) {
    const { compilationJobName, status } = ownCompilationJob(input.CompilationJobName, context);
    if (!isCompilationEnded(status)) throw sagemakerErrors.compilationNotEnded(status);
    context.store.sagemaker.compilationJobs.delete(compilationJobName);
    return {};
  },
};
