import type { CheckpointConfig } from '../../model/job/checkpoints.ts';
import type { InputMode } from '../../model/job/input-mode.ts';

/** What a saga reads of CreateTrainingJob's input, after the operation accepted it. */
export interface TrainingRequest {
  readonly TrainingJobName: string;
  readonly RoleArn: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification: {
    readonly TrainingImage: string;
    readonly TrainingInputMode: InputMode;
    readonly ContainerEntrypoint?: readonly string[];
    readonly ContainerArguments?: readonly string[];
    readonly MetricDefinitions?: readonly { readonly Name: string; readonly Regex: string }[];
  };
  readonly InputDataConfig?: readonly TrainingChannel[];
  readonly CheckpointConfig?: CheckpointConfig;
  readonly OutputDataConfig: { readonly S3OutputPath: string; readonly CompressionType?: 'GZIP' | 'NONE' };
  readonly ResourceConfig: { readonly InstanceType: string; readonly InstanceCount: number; readonly VolumeSizeInGB?: number };
  /** Absent: the network that SageMaker manages. */
  readonly VpcConfig?: { readonly Subnets: readonly string[]; readonly SecurityGroupIds: readonly string[] };
  readonly EnableNetworkIsolation?: boolean;
  readonly EnableInterContainerTrafficEncryption?: boolean;
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds?: number; readonly MaxPendingTimeInSeconds?: number };
}

export interface TrainingChannel {
  readonly ChannelName: string;
  readonly ContentType?: string;
  readonly InputMode?: InputMode;
  readonly CompressionType?: 'None' | 'Gzip';
  readonly RecordWrapperType?: 'None' | 'RecordIO';
  readonly ShuffleConfig?: { readonly Seed: number };
  readonly DataSource: {
    readonly S3DataSource: {
      readonly S3DataType: 'S3Prefix' | 'ManifestFile';
      readonly S3Uri: string;
      readonly S3DataDistributionType?: 'FullyReplicated' | 'ShardedByS3Key';
    };
  };
}

/** Of the SageMaker SDK, for whoever asks for none; 0 asks for none (docs/assumptions.md). */
const volumeDefaultGB = 30;

/** GB of volumes are 2^30 bytes, as with EBS. */
export function volumeBytesOf({ ResourceConfig: { VolumeSizeInGB = 0 } }: TrainingRequest): number {
  return (VolumeSizeInGB === 0 ? volumeDefaultGB : VolumeSizeInGB) * 2 ** 30;
}
