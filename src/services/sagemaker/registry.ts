import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Service } from '../service.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import { describeTrainingJob } from './operations/describe-training-job.ts';
import { listTrainingJobs } from './operations/list-training-jobs.ts';
import { stopTrainingJob } from './operations/stop-training-job.ts';

export const sagemaker = {
  CreateTrainingJob: createTrainingJob,
  DescribeTrainingJob: describeTrainingJob,
  ListTrainingJobs: listTrainingJobs,
  StopTrainingJob: stopTrainingJob,
} satisfies Service<typeof SageMaker>;
