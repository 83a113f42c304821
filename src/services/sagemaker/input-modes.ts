import { inputModeOf, refusalOfMode } from '../../model/job/input-mode.ts';
import { sagemakerErrors } from './errors.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/** Whether a channel is to be mounted. */
export function wantsFastFile({ AlgorithmSpecification, InputDataConfig = [] }: CreateTrainingJobInput): boolean {
  return InputDataConfig.some(({ InputMode }) => inputModeOf(AlgorithmSpecification?.TrainingInputMode, InputMode) === 'FastFile');
}

/** Refuses a channel that asks for what its mode does not have. */
export function checkInputModes({ AlgorithmSpecification, InputDataConfig = [] }: CreateTrainingJobInput): void {
  for (const { ChannelName, InputMode, CompressionType, RecordWrapperType, DataSource } of InputDataConfig) {
    const refusal = refusalOfMode({
      channelName: ChannelName,
      inputMode: inputModeOf(AlgorithmSpecification?.TrainingInputMode, InputMode),
      dataType: DataSource.S3DataSource?.S3DataType,
      compressionType: CompressionType,
      recordWrapperType: RecordWrapperType,
      attributeNames: DataSource.S3DataSource?.AttributeNames,
    });
    if (refusal !== undefined) throw sagemakerErrors.asAwsRefuses(refusal);
  }
}
