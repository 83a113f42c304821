import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { advanceCompilation, isCompilationEnded } from '../../../model/job/compilation-job.ts';
import type { Operation } from '../../operation.ts';
import type { Input } from '../../service.ts';
import { compilationJobDemand, ownCompilationJob } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';

/** Asks the job's saga to stop. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopCompilationJob.html */
export const stopCompilationJob: Operation<Input<typeof SageMaker, 'StopCompilationJob'>, Record<string, never>> = {
  authorize: (input, context) => [compilationJobDemand('StopCompilationJob', input.CompilationJobName, context)],
  commit(input, context) {
    const { store, now, wake } = context;
    const row = ownCompilationJob(input.CompilationJobName, context);
    if (isCompilationEnded(row.status)) throw sagemakerErrors.compilationEnded(row.status);
    if (row.stopRequestedAt === undefined) {
      const at = now.toISOString();
      store.sagemaker.compilationJobs.update(row.compilationJobName, { stopRequestedAt: at, ...advanceCompilation(row, 'STOPPING', at) });
    }
    wake('jobs');
    return {};
  },
};
