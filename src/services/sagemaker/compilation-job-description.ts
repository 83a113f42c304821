import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { isCompilationEnded } from '../../model/job/compilation-job.ts';
import { compiledModelUri, type CompilationOutput } from '../../model/job/compilation-target.ts';
import { maxRuntimeDefaultSeconds } from '../../model/job/max-runtime.ts';
import type { CompilationJobRow } from '../../store/sagemaker.ts';
import type { Output } from '../service.ts';

/**
 * The stored job as DescribeCompilationJob shows it. FailureReason and ModelArtifacts are there at every status: empty, and where
 * the model will be. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeCompilationJob.html
 */
export function describeCompilationJobRow(row: CompilationJobRow): Output<typeof SageMaker, 'DescribeCompilationJob'> {
  const { Tags: _tags, StoppingCondition, ...request } = row.request as unknown as SageMaker.CreateCompilationJobRequest;
  const { InputConfig, OutputConfig } = request;
  return {
    ...request,
    InputConfig,
    StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeDefaultSeconds, ...StoppingCondition },
    ...compilationTimes(row),
    CompilationJobArn: row.compilationJobArn,
    CompilationJobStatus: row.status,
    FailureReason: row.failureReason ?? '',
    ModelArtifacts: { S3ModelArtifacts: compiledModelUri(InputConfig?.S3Uri ?? '', OutputConfig as CompilationOutput) },
    ...(row.artifactDigest !== undefined && row.status === 'COMPLETED' && { ModelDigests: { ArtifactDigest: row.artifactDigest } }),
  };
}

/** A job that never got to its instance has neither start nor end. */
export function compilationTimes({ createdAt, lastModifiedAt, instancesStartAt, compilationEndAt, status }: CompilationJobRow) {
  const end = isCompilationEnded(status) ? compilationEndAt : undefined;
  return {
    CreationTime: new Date(createdAt),
    LastModifiedTime: new Date(lastModifiedAt),
    CompilationStartTime: instancesStartAt === undefined ? undefined : new Date(instancesStartAt),
    CompilationEndTime: end === undefined ? undefined : new Date(end),
  };
}
