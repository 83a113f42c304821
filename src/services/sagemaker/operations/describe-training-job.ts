import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Operation } from '../../operation.ts';
import type { Input, Output } from '../../service.ts';
import { trainingJobDemand } from '../demand.ts';
import { sagemakerErrors } from '../errors.ts';
import { finalMetrics } from '../final-metrics.ts';
import { describeTrainingJobRow } from '../training-job-description.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
export const describeTrainingJob: Operation<Input<typeof SageMaker, 'DescribeTrainingJob'>, Output<typeof SageMaker, 'DescribeTrainingJob'>> = {
  authorize: (input, context) => [trainingJobDemand('DescribeTrainingJob', input.TrainingJobName, context)],
  commit(input, { store }) {
    const row = store.sagemaker.trainingJobs.find(input.TrainingJobName);
    if (row === undefined) throw sagemakerErrors.notFound();
    return { ...describeTrainingJobRow(row), ...finalMetrics(row, store.sagemaker.metrics(row.trainingJobName)) };
  },
};
