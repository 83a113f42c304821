/** What a saga reads of CreateTrainingJob's input, after the operation accepted it. */
export interface TrainingRequest {
  readonly TrainingJobName: string;
  readonly RoleArn: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification: {
    readonly TrainingImage: string;
    readonly ContainerEntrypoint?: readonly string[];
    readonly ContainerArguments?: readonly string[];
  };
  readonly InputDataConfig?: readonly TrainingChannel[];
  readonly OutputDataConfig: { readonly S3OutputPath: string };
  readonly ResourceConfig: { readonly InstanceType: string; readonly InstanceCount: number };
  readonly VpcConfig: { readonly Subnets: readonly string[]; readonly SecurityGroupIds: readonly string[] };
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds?: number };
}

export interface TrainingChannel {
  readonly ChannelName: string;
  readonly ContentType?: string;
  readonly DataSource: {
    readonly S3DataSource: {
      readonly S3DataType: 'S3Prefix' | 'ManifestFile';
      readonly S3Uri: string;
      readonly S3DataDistributionType?: 'FullyReplicated' | 'ShardedByS3Key';
    };
  };
}
