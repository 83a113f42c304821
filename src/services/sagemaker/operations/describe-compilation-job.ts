import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { describeCompilationJobRow } from '../compilation-job-description.ts';
import { compilationJobDemand, ownCompilationJob } from '../demand.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeCompilationJob.html */
export const describeCompilationJob: Operation<
  Input<typeof SageMaker, 'DescribeCompilationJob'>,
  Output<typeof SageMaker, 'DescribeCompilationJob'>
> = {
  authorize: (input, context) => [compilationJobDemand('DescribeCompilationJob', input.CompilationJobName, context)],
  commit: (input, context) => describeCompilationJobRow(ownCompilationJob(input.CompilationJobName, context)),
};
