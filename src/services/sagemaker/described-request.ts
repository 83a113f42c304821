import type * as SageMaker from '@aws-sdk/client-sagemaker';
import { maxRuntimeDefaultSeconds } from '../../model/job/max-runtime.ts';

/**
 * A request as DescribeTrainingJob gives it back: with the values that AWS puts where nothing was given, and without what it
 * does not give back.
 */
export function describedRequest(request: SageMaker.CreateTrainingJobRequest) {
  const { Tags: _tags, SessionChainingConfig: _chaining, ...given } = request;
  return {
    ...given,
    AlgorithmSpecification: given.AlgorithmSpecification && { EnableSageMakerMetricsTimeSeries: false, ...given.AlgorithmSpecification },
    InputDataConfig: given.InputDataConfig?.map((channel) => ({ CompressionType: 'None' as const, RecordWrapperType: 'None' as const, ...channel })),
    OutputDataConfig: given.OutputDataConfig && { KmsKeyId: '', CompressionType: 'GZIP' as const, ...given.OutputDataConfig },
    StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeDefaultSeconds, ...given.StoppingCondition },
    EnableNetworkIsolation: given.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: given.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: given.EnableManagedSpotTraining ?? false,
  };
}
