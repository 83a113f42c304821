import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Service } from '../service.ts';
import { addTags } from './operations/add-tags.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { deleteTrainingJob } from './operations/delete-training-job.ts';
import { describeTrainingJob } from './operations/describe-training-job.ts';
import { listTags } from './operations/list-tags.ts';
import { listTrainingJobs } from './operations/list-training-jobs.ts';
import { stopTrainingJob } from './operations/stop-training-job.ts';
import { updateTrainingJob } from './operations/update-training-job.ts';

export const sagemaker = {
  AddTags: addTags,
  CreateTrainingJob: createTrainingJob,
  DeleteTags: deleteTags,
  DeleteTrainingJob: deleteTrainingJob,
  DescribeTrainingJob: describeTrainingJob,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  StopTrainingJob: stopTrainingJob,
  UpdateTrainingJob: updateTrainingJob,
} satisfies Service<typeof SageMaker>;
