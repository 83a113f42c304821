import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { ownTrainingJob, trainingJobDemand } from '../demand.ts';
import { describeTrainingJobRow } from '../training-job-description.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
export const describeTrainingJob: Operation<Input<typeof SageMaker, 'DescribeTrainingJob'>, Output<typeof SageMaker, 'DescribeTrainingJob'>> = {
  authorize: (input, context) => [trainingJobDemand('DescribeTrainingJob', input.TrainingJobName, context)],
  commit: (input, context) => describeTrainingJobRow(ownTrainingJob(input.TrainingJobName, context)),
};
