import type { AgentChannel } from '../../model/job/agent-orders.ts';
import { inputModeOf, type InputMode } from '../../model/job/input-mode.ts';
import { parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { TrainingJobContext } from './context.ts';

/** The channels of one mode, as one instance's agent is told of them. */
export function agentChannels({ request, instances }: TrainingJobContext, index: number, mode: InputMode): readonly AgentChannel[] {
  const count = instances.length;
  return (request.InputDataConfig ?? [])
    .filter(({ InputMode }) => inputModeOf(request.AlgorithmSpecification.TrainingInputMode, InputMode) === mode)
    .map(({ ChannelName, DataSource: { S3DataSource: source } }) => {
      const { bucket, key } = present(parseS3Uri(source.S3Uri), 'the shape requires an S3 URI');
      const sharded = source.S3DataDistributionType === 'ShardedByS3Key';
      return {
        channelName: ChannelName,
        dataType: source.S3DataType,
        bucket,
        prefix: key,
        shard: sharded ? { index, count } : { index: 0, count: 1 },
      };
    });
}
