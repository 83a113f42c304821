import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { joinS3Path } from '../../model/job/s3-uri.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { Output } from '../service.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

const date = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

/** Seconds from the start on the instances to the end, as AWS bills them; undefined for a job that never got there. */
function secondsBetween(start: string | undefined, end: string | undefined): number | undefined {
  return start === undefined || end === undefined ? undefined : Math.max(1, Math.ceil((Date.parse(end) - Date.parse(start)) / 1000));
}

/** Where the model will be, known from the request on. */
export function modelArtifactsOf(request: CreateTrainingJobInput): string {
  return joinS3Path(request.OutputDataConfig.S3OutputPath, `${request.TrainingJobName}/output/model.tar.gz`);
}

/** The stored job as DescribeTrainingJob shows it: the request echoed, and what became of it. */
export function describeTrainingJobRow(row: TrainingJobRow): Output<typeof SageMaker, 'DescribeTrainingJob'> {
  const { Tags: _tags, ...request } = row.request as unknown as SageMaker.CreateTrainingJobRequest;
  const seconds = secondsBetween(row.trainingStartAt, row.trainingEndAt);
  return {
    ...(request as Output<typeof SageMaker, 'DescribeTrainingJob'>),
    TrainingJobArn: row.trainingJobArn,
    TrainingJobStatus: row.status,
    SecondaryStatus: row.secondaryStatus,
    SecondaryStatusTransitions: row.transitions.map((transition) => ({
      Status: transition.status,
      StartTime: new Date(transition.startTime),
      EndTime: date(transition.endTime),
      StatusMessage: transition.statusMessage,
    })),
    ModelArtifacts: { S3ModelArtifacts: row.modelArtifacts ?? modelArtifactsOf(row.request as unknown as CreateTrainingJobInput) },
    FailureReason: row.failureReason,
    CreationTime: new Date(row.createdAt),
    LastModifiedTime: new Date(row.lastModifiedAt),
    TrainingStartTime: date(row.trainingStartAt),
    TrainingEndTime: date(row.trainingEndAt),
    TrainingTimeInSeconds: seconds,
    BillableTimeInSeconds: seconds,
    ProfilingStatus: 'Disabled',
    EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: request.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: request.EnableManagedSpotTraining ?? false,
  };
}
