/** How a channel's data reaches the container: https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html */
export type InputMode = 'File' | 'Pipe' | 'FastFile';

/** A channel's own mode, or else the algorithm's. */
export function inputModeOf(algorithm: InputMode | undefined, channel: InputMode | undefined): InputMode {
  return channel ?? algorithm ?? 'File';
}

/** What a channel asks of its mode. */
export interface ChannelDemands {
  readonly channelName: string;
  readonly inputMode: InputMode;
  readonly dataType?: string | undefined;
  readonly compressionType?: string | undefined;
  readonly recordWrapperType?: string | undefined;
  readonly attributeNames?: readonly string[] | undefined;
}

/**
 * Why a channel cannot be had in its mode, or undefined. The sentence about compression is AWS's
 * (https://github.com/aws/sagemaker-python-sdk/issues/716); the others are made like it, after the rules of
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html and API_S3DataSource.html (docs/assumptions.md).
 */
export function refusalOfMode(channel: ChannelDemands): string | undefined {
  const { channelName, inputMode, dataType, attributeNames = [] } = channel;
  const compressionType = channel.compressionType ?? 'None';
  const recordWrapperType = channel.recordWrapperType ?? 'None';
  const isAugmented = dataType === 'AugmentedManifestFile';
  if (inputMode !== 'Pipe') {
    if (compressionType !== 'None') {
      return `Invalid compression type for channel ${channelName}: ${inputMode} mode only supports NONE, got ${compressionType} instead`;
    }
    if (recordWrapperType !== 'None') {
      return `Invalid record wrapper type for channel ${channelName}: ${inputMode} mode only supports NONE, got ${recordWrapperType} instead`;
    }
    if (isAugmented)
      return `Invalid S3 data type for channel ${channelName}: AugmentedManifestFile is only supported in Pipe mode, got ${inputMode} mode instead`;
  }
  if (isAugmented && attributeNames.length === 0)
    return `Invalid attribute names for channel ${channelName}: AugmentedManifestFile needs at least one`;
  if (!isAugmented && attributeNames.length > 0)
    return `Invalid attribute names for channel ${channelName}: only AugmentedManifestFile has attributes`;
  return undefined;
}
