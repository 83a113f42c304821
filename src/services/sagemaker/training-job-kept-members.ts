/**
 * Members of CreateTrainingJob that mean something here, by their dotted paths. Honoured ones do what AWS says of them; echoed
 * ones are accepted and shown by DescribeTrainingJob, and change nothing: the note says why that is no pretence.
 */
export type KeptMember = 'honoured' | { readonly echoed: string };

const placeForFiles: KeptMember = { echoed: 'It names a place for files. Nothing is collected, which the status messages of the job say.' };

export const keptMembers: Readonly<Record<string, KeptMember>> = {
  TrainingJobName: 'honoured',
  RoleArn: 'honoured',
  'OutputDataConfig.S3OutputPath': 'honoured',
  'OutputDataConfig.CompressionType': 'honoured',
  HyperParameters: 'honoured',
  'AlgorithmSpecification.TrainingInputMode': 'honoured',
  'AlgorithmSpecification.TrainingImage': 'honoured',
  'AlgorithmSpecification.ContainerEntrypoint': 'honoured',
  'AlgorithmSpecification.ContainerArguments': 'honoured',
  'AlgorithmSpecification.MetricDefinitions.Name': 'honoured',
  'AlgorithmSpecification.MetricDefinitions.Regex': 'honoured',
  'AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode': {
    echoed: 'Images come from the local store: there is nothing to reach.',
  },
  'InputDataConfig.ChannelName': 'honoured',
  'InputDataConfig.DataSource.S3DataSource.S3DataType': 'honoured',
  'InputDataConfig.DataSource.S3DataSource.S3Uri': 'honoured',
  'InputDataConfig.DataSource.S3DataSource.S3DataDistributionType': 'honoured',
  'InputDataConfig.ContentType': 'honoured',
  'InputDataConfig.CompressionType': 'honoured',
  'InputDataConfig.RecordWrapperType': 'honoured',
  'InputDataConfig.InputMode': 'honoured',
  'ResourceConfig.InstanceType': 'honoured',
  'ResourceConfig.InstanceCount': 'honoured',
  'ResourceConfig.VolumeSizeInGB': 'honoured',
  'VpcConfig.SecurityGroupIds': 'honoured',
  'VpcConfig.Subnets': 'honoured',
  EnableNetworkIsolation: 'honoured',
  EnableInterContainerTrafficEncryption: 'honoured',
  'StoppingCondition.MaxRuntimeInSeconds': 'honoured',
  'StoppingCondition.MaxPendingTimeInSeconds': 'honoured',
  'Tags.Key': 'honoured',
  'Tags.Value': 'honoured',
  'DebugHookConfig.S3OutputPath': placeForFiles,
  'DebugHookConfig.LocalPath': placeForFiles,
  'DebugHookConfig.HookParameters': placeForFiles,
  'DebugHookConfig.CollectionConfigurations.CollectionName': placeForFiles,
  'DebugHookConfig.CollectionConfigurations.CollectionParameters': placeForFiles,
  'TensorBoardOutputConfig.S3OutputPath': placeForFiles,
  'TensorBoardOutputConfig.LocalPath': placeForFiles,
  'ProfilerConfig.S3OutputPath': placeForFiles,
  'ProfilerConfig.ProfilingIntervalInMilliseconds': placeForFiles,
  'ProfilerConfig.ProfilingParameters': placeForFiles,
  'ProfilerConfig.DisableProfiler': 'honoured',
  'InputDataConfig.ShuffleConfig.Seed': 'honoured',
  'CheckpointConfig.S3Uri': 'honoured',
  'CheckpointConfig.LocalPath': 'honoured',
  Environment: 'honoured',
};
