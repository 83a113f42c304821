import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Input } from '../service.ts';
import { sagemakerErrors } from './errors.ts';

export type CreateTrainingJobInput = Input<typeof SageMaker, 'CreateTrainingJob'>;

/** A member that is refused when it asks for something, with the reason. Asking for nothing (absent, false, 0, empty) passes. */
interface RefusedMember {
  readonly member: string;
  readonly why: string;
  readonly asks: (input: CreateTrainingJobInput) => boolean;
}

const notBuilt = 'it is not built yet.';
const nonEmpty = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

const refusedMembers: readonly RefusedMember[] = [
  {
    member: 'AlgorithmSpecification.AlgorithmName',
    why: 'only images run here.',
    asks: (i) => i.AlgorithmSpecification?.AlgorithmName !== undefined,
  },
  {
    member: 'AlgorithmSpecification.TrainingInputMode',
    why: 'Pipe mode is not built.',
    asks: (i) => i.AlgorithmSpecification?.TrainingInputMode === 'Pipe',
  },
  {
    member: 'InputDataConfig.InputMode',
    why: 'Pipe mode is not built.',
    asks: (i) => i.InputDataConfig?.some((channel) => channel.InputMode === 'Pipe') ?? false,
  },
  {
    member: 'InputDataConfig.DataSource',
    why: 'only S3 data sources of type S3Prefix or ManifestFile are built.',
    asks: (i) =>
      i.InputDataConfig?.some(
        ({ DataSource: { S3DataSource: s3 } }) => s3 === undefined || (s3.S3DataType !== 'S3Prefix' && s3.S3DataType !== 'ManifestFile'),
      ) ?? false,
  },
  {
    member: 'InputDataConfig.RecordWrapperType',
    why: 'only None is built.',
    asks: (i) => i.InputDataConfig?.some((channel) => channel.RecordWrapperType === 'RecordIO') ?? false,
  },
  {
    member: 'InputDataConfig.ShuffleConfig',
    why: notBuilt,
    asks: (i) => i.InputDataConfig?.some((channel) => channel.ShuffleConfig !== undefined) ?? false,
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.InstanceGroupNames',
    why: 'a job has one group of instances here.',
    asks: (i) => i.InputDataConfig?.some(({ DataSource }) => nonEmpty(DataSource.S3DataSource?.InstanceGroupNames)) ?? false,
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.ModelAccessConfig and HubAccessConfig',
    why: 'there are no model hubs here.',
    asks: (i) =>
      i.InputDataConfig?.some(({ DataSource: { S3DataSource: s3 } }) => s3?.ModelAccessConfig !== undefined || s3?.HubAccessConfig !== undefined) ??
      false,
  },
  {
    member: 'AlgorithmSpecification.TrainingImageConfig',
    why: 'images come from the local store, never from a registry.',
    asks: (i) => i.AlgorithmSpecification?.TrainingImageConfig?.TrainingRepositoryAccessMode === 'Vpc',
  },
  { member: 'ExperimentConfig', why: 'there are no experiments here.', asks: (i) => Object.keys(i.ExperimentConfig ?? {}).length > 0 },
  { member: 'ResourceConfig.InstancePlacementConfig', why: notBuilt, asks: (i) => i.ResourceConfig?.InstancePlacementConfig !== undefined },
  { member: 'SessionChainingConfig', why: notBuilt, asks: (i) => i.SessionChainingConfig?.EnableSessionTagChaining === true },
  { member: 'ServerlessJobConfig', why: 'only jobs on instances run here.', asks: (i) => i.ServerlessJobConfig !== undefined },
  { member: 'MlflowConfig', why: 'there is no MLflow here.', asks: (i) => i.MlflowConfig !== undefined },
  { member: 'ModelPackageConfig', why: 'there are no model packages here.', asks: (i) => i.ModelPackageConfig !== undefined },
  { member: 'AlgorithmSpecification.MetricDefinitions', why: notBuilt, asks: (i) => nonEmpty(i.AlgorithmSpecification?.MetricDefinitions) },
  { member: 'CheckpointConfig', why: notBuilt, asks: (i) => i.CheckpointConfig !== undefined },
  { member: 'EnableManagedSpotTraining', why: 'there is no spot capacity here.', asks: (i) => i.EnableManagedSpotTraining === true },
  { member: 'EnableNetworkIsolation', why: notBuilt, asks: (i) => i.EnableNetworkIsolation === true },
  { member: 'EnableInterContainerTrafficEncryption', why: notBuilt, asks: (i) => i.EnableInterContainerTrafficEncryption === true },
  { member: 'OutputDataConfig.KmsKeyId', why: 'there is no KMS here.', asks: (i) => (i.OutputDataConfig.KmsKeyId ?? '') !== '' },
  { member: 'OutputDataConfig.CompressionType', why: 'only GZIP is built.', asks: (i) => i.OutputDataConfig.CompressionType === 'NONE' },
  { member: 'ResourceConfig.VolumeKmsKeyId', why: 'there is no KMS here.', asks: (i) => (i.ResourceConfig?.VolumeKmsKeyId ?? '') !== '' },
  { member: 'ResourceConfig.InstanceGroups', why: notBuilt, asks: (i) => nonEmpty(i.ResourceConfig?.InstanceGroups) },
  {
    member: 'ResourceConfig.KeepAlivePeriodInSeconds',
    why: 'there are no warm pools here.',
    asks: (i) => (i.ResourceConfig?.KeepAlivePeriodInSeconds ?? 0) > 0,
  },
  {
    member: 'ResourceConfig.TrainingPlanArn',
    why: 'there are no training plans here.',
    asks: (i) => i.ResourceConfig?.TrainingPlanArn !== undefined,
  },
  { member: 'RetryStrategy', why: notBuilt, asks: (i) => i.RetryStrategy !== undefined },
  { member: 'DebugRuleConfigurations', why: notBuilt, asks: (i) => nonEmpty(i.DebugRuleConfigurations) },
  { member: 'ProfilerRuleConfigurations', why: notBuilt, asks: (i) => nonEmpty(i.ProfilerRuleConfigurations) },
  { member: 'RemoteDebugConfig', why: notBuilt, asks: (i) => i.RemoteDebugConfig?.EnableRemoteDebug === true },
  { member: 'InfraCheckConfig', why: 'there is no cluster to check.', asks: (i) => i.InfraCheckConfig?.EnableInfraCheck === true },
  { member: 'Tags', why: `${notBuilt} Leave them out.`, asks: (i) => nonEmpty(i.Tags) },
  {
    member: 'a job without VpcConfig',
    why: 'the service-managed network with its internet edge is not built yet. Give VpcConfig.',
    asks: (i) => i.VpcConfig === undefined,
  },
];

/** Throws for the first member that asks for what Cloister does not do. */
export function refuseUnbuiltMembers(input: CreateTrainingJobInput): void {
  for (const { member, why, asks } of refusedMembers) {
    if (asks(input)) throw sagemakerErrors.memberRefused(member, why);
  }
}
