import type { AgentChannel, AgentPipe } from '../../model/job/agent-orders.ts';
import { inputModeOf, type InputMode } from '../../model/job/input-mode.ts';
import { parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { TrainingChannel, TrainingRequest } from './request.ts';

const withMode = ({ InputDataConfig = [], AlgorithmSpecification }: TrainingRequest, mode: InputMode): readonly TrainingChannel[] =>
  InputDataConfig.filter(({ InputMode }) => inputModeOf(AlgorithmSpecification.TrainingInputMode, InputMode) === mode);

function agentChannel({ ChannelName, DataSource: { S3DataSource: source } }: TrainingChannel, index: number, count: number): AgentChannel {
  const { bucket, key } = present(parseS3Uri(source.S3Uri), 'the shape requires an S3 URI');
  const sharded = source.S3DataDistributionType === 'ShardedByS3Key';
  return {
    channelName: ChannelName,
    dataType: source.S3DataType,
    bucket,
    prefix: key,
    shard: sharded ? { index, count } : { index: 0, count: 1 },
  };
}

/** The channels whose objects are files before the container starts, as one instance gets them. */
export function fileChannels(request: TrainingRequest, index: number): readonly AgentChannel[] {
  return withMode(request, 'File').map((channel) => agentChannel(channel, index, request.ResourceConfig.InstanceCount));
}

/** The channels that a program shows as files while the container runs. */
export function fastFileChannels(request: TrainingRequest, index: number): readonly AgentChannel[] {
  return withMode(request, 'FastFile').map((channel) => agentChannel(channel, index, request.ResourceConfig.InstanceCount));
}

/** The channels that are streamed while the container runs. */
export function pipeChannels(request: TrainingRequest, index: number): readonly AgentPipe[] {
  return withMode(request, 'Pipe').map((channel) => ({
    ...agentChannel(channel, index, request.ResourceConfig.InstanceCount),
    compressionType: channel.CompressionType ?? 'None',
    recordWrapperType: channel.RecordWrapperType ?? 'None',
    ...(channel.ShuffleConfig !== undefined && { shuffleSeed: channel.ShuffleConfig.Seed }),
  }));
}
