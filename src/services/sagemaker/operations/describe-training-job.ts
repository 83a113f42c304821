import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { ownTrainingJob, trainingJobDemand } from '../demand.ts';
import { finalMetrics } from '../final-metrics.ts';
import { describeTrainingJobRow } from '../training-job-description.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
export const describeTrainingJob: Operation<Input<typeof SageMaker, 'DescribeTrainingJob'>, Output<typeof SageMaker, 'DescribeTrainingJob'>> = {
  authorize: (input, context) => [trainingJobDemand('DescribeTrainingJob', input.TrainingJobName, context)],
  commit(input, context) {
    const row = ownTrainingJob(input.TrainingJobName, context);
    return { ...describeTrainingJobRow(row), ...finalMetrics(row, context.store.sagemaker.metrics(row.trainingJobName)) };
  },
};
