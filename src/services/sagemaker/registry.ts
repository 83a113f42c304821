import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Service } from '../service.ts';
import { addTags } from './operations/add-tags.ts';
import { createCompilationJob } from './operations/create-compilation-job.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { deleteCompilationJob } from './operations/delete-compilation-job.ts';
import { deleteTrainingJob } from './operations/delete-training-job.ts';
import { describeCompilationJob } from './operations/describe-compilation-job.ts';
import { describeTrainingJob } from './operations/describe-training-job.ts';
import { listTags } from './operations/list-tags.ts';
import { listCompilationJobs } from './operations/list-compilation-jobs.ts';
import { listTrainingJobs } from './operations/list-training-jobs.ts';
import { stopCompilationJob } from './operations/stop-compilation-job.ts';
import { stopTrainingJob } from './operations/stop-training-job.ts';
import { updateTrainingJob } from './operations/update-training-job.ts';

export const sagemaker = {
  AddTags: addTags,
  CreateCompilationJob: createCompilationJob,
  CreateTrainingJob: createTrainingJob,
  DeleteTags: deleteTags,
  DeleteCompilationJob: deleteCompilationJob,
  DeleteTrainingJob: deleteTrainingJob,
  DescribeCompilationJob: describeCompilationJob,
  DescribeTrainingJob: describeTrainingJob,
  ListTags: listTags,
  ListCompilationJobs: listCompilationJobs,
  ListTrainingJobs: listTrainingJobs,
  StopCompilationJob: stopCompilationJob,
  StopTrainingJob: stopTrainingJob,
  UpdateTrainingJob: updateTrainingJob,
} satisfies Service<typeof SageMaker>;
