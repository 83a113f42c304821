import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { MetricValue } from '../../model/job/metrics.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { Output } from '../service.ts';

/**
 * The last value of every metric that the job's log has given so far, in the order of its definitions.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricData.html
 */
export function finalMetrics(
  row: TrainingJobRow,
  values: readonly MetricValue[],
): Pick<Output<typeof SageMaker, 'DescribeTrainingJob'>, 'FinalMetricDataList'> {
  const { AlgorithmSpecification } = row.request as unknown as SageMaker.CreateTrainingJobRequest;
  const names = new Set((AlgorithmSpecification?.MetricDefinitions ?? []).map(({ Name }) => Name));
  const FinalMetricDataList = [...names].flatMap((name) =>
    values.filter((value) => value.name === name).map(({ value, timestamp }) => ({ MetricName: name, Value: value, Timestamp: new Date(timestamp) })),
  );
  return FinalMetricDataList.length === 0 ? {} : { FinalMetricDataList };
}
