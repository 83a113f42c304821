import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { joinS3Path } from '../../model/job/s3-uri.ts';
import { isTerminal } from '../../model/job/training-job.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { Output } from '../service.ts';
import { describedRequest } from './described-request.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

const date = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text));

/** Where the model will be, known from the request on: an archive, or what its files stand below. */
export function modelArtifactsOf({ OutputDataConfig, TrainingJobName }: CreateTrainingJobInput): string {
  const model = OutputDataConfig.CompressionType === 'NONE' ? 'model/' : 'model.tar.gz';
  return joinS3Path(OutputDataConfig.S3OutputPath, `${TrainingJobName}/output/${model}`);
}

/** The stored job as DescribeTrainingJob shows it: the request echoed, and what became of it. */
export function describeTrainingJobRow(row: TrainingJobRow): Output<typeof SageMaker, 'DescribeTrainingJob'> {
  return {
    ...describedRequest(row.request as unknown as SageMaker.CreateTrainingJobRequest),
    ...describedTimes(row),
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
    // Nothing is profiled, and the status message of a job that names a place for profiles says so.
    ProfilingStatus: 'Disabled',
  };
}

/**
 * A job is billed from its start on the instances to its end there: the download of its input included. One that never got
 * there has neither. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
 */
function describedTimes(row: TrainingJobRow) {
  const start = row.instancesStartAt ?? row.trainingStartAt;
  const end = isTerminal(row.status) ? row.trainingEndAt : undefined;
  const seconds = start === undefined || end === undefined ? undefined : Math.max(1, Math.ceil((Date.parse(end) - Date.parse(start)) / 1_000));
  return {
    CreationTime: new Date(row.createdAt),
    LastModifiedTime: new Date(row.lastModifiedAt),
    TrainingStartTime: date(start),
    TrainingEndTime: date(end),
    TrainingTimeInSeconds: seconds,
    BillableTimeInSeconds: seconds,
  };
}
