import type * as SageMaker from '@aws-sdk/client-sagemaker';
import type { Input } from '../service.ts';
import type { MemberRules, RefusedMember } from './member-table.ts';
import { keptMembers } from './training-job-kept-members.ts';

export type CreateTrainingJobInput = Input<typeof SageMaker, 'CreateTrainingJob'>;

const notBuilt = 'it is not built yet.';
const sources = (input: CreateTrainingJobInput) => (input.InputDataConfig ?? []).map((channel) => channel.DataSource);
const nonEmpty = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

/** One row, one line or block: who builds a member takes its row out and puts its name into `keptMembers`. */
const refusedMembers: readonly RefusedMember<CreateTrainingJobInput>[] = [
  {
    member: 'AlgorithmSpecification.AlgorithmName',
    why: 'only images run here.',
    asks: (i) => i.AlgorithmSpecification?.AlgorithmName !== undefined,
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.S3DataType',
    why: 'AugmentedManifestFile is not built: only S3Prefix and ManifestFile are.',
    asks: (i) => sources(i).some(({ S3DataSource: s3 }) => s3 !== undefined && s3.S3DataType !== 'S3Prefix' && s3.S3DataType !== 'ManifestFile'),
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.AttributeNames',
    why: 'they choose from the lines of an AugmentedManifestFile, which is not built.',
    asks: (i) => sources(i).some(({ S3DataSource: s3 }) => nonEmpty(s3?.AttributeNames)),
  },
  {
    member: 'InputDataConfig.DataSource.FileSystemDataSource',
    why: 'there are no shared file systems here.',
    asks: (i) => sources(i).some(({ FileSystemDataSource }) => FileSystemDataSource !== undefined),
  },
  {
    member: 'InputDataConfig.DataSource.DatasetSource',
    why: 'there are no data sets here.',
    asks: (i) => sources(i).some(({ DatasetSource }) => DatasetSource !== undefined),
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.InstanceGroupNames',
    why: 'a job has one group of instances here.',
    asks: (i) => i.InputDataConfig?.some(({ DataSource }) => nonEmpty(DataSource.S3DataSource?.InstanceGroupNames)) ?? false,
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.ModelAccessConfig',
    why: 'there are no model hubs here.',
    asks: (i) => sources(i).some(({ S3DataSource: s3 }) => s3?.ModelAccessConfig?.AcceptEula === true),
  },
  {
    member: 'InputDataConfig.DataSource.S3DataSource.HubAccessConfig',
    why: 'there are no model hubs here.',
    asks: (i) => sources(i).some(({ S3DataSource: s3 }) => s3?.HubAccessConfig !== undefined),
  },
  {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own-private-registry-authentication.html
    member: 'AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAuthConfig',
    why: 'there are no Lambda functions here to give credentials: those of the operator are in the file of cloister up --registry-auth.',
    asks: (i) => i.AlgorithmSpecification?.TrainingImageConfig?.TrainingRepositoryAuthConfig !== undefined,
  },
  {
    member: 'AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode',
    why: 'images come from the local store, or from a registry that cloister up --registry names by the network of this machine, never through a VPC.',
    asks: (i) => i.AlgorithmSpecification?.TrainingImageConfig?.TrainingRepositoryAccessMode === 'Vpc',
  },
  { member: 'ExperimentConfig', why: 'there are no experiments here.', asks: (i) => Object.keys(i.ExperimentConfig ?? {}).length > 0 },
  {
    member: 'AlgorithmSpecification.EnableSageMakerMetricsTimeSeries',
    why: 'no time series of metrics are kept here.',
    asks: (i) => i.AlgorithmSpecification?.EnableSageMakerMetricsTimeSeries === true,
  },
  {
    member: 'ResourceConfig.InstancePlacementConfig',
    why: 'there are no UltraServers here.',
    asks: (i) =>
      i.ResourceConfig?.InstancePlacementConfig?.EnableMultipleJobs === true ||
      nonEmpty(i.ResourceConfig?.InstancePlacementConfig?.PlacementSpecifications),
  },
  {
    member: 'ResourceConfig.InstancePreferences',
    why: 'give InstanceType and InstanceCount.',
    asks: (i) => nonEmpty(i.ResourceConfig?.InstancePreferences),
  },
  {
    member: 'ResourceConfig.SelectedInstanceType',
    why: 'it is the service that selects one, of InstancePreferences.',
    asks: (i) => i.ResourceConfig?.SelectedInstanceType !== undefined,
  },
  {
    member: 'ResourceConfig.SelectedInstanceCount',
    why: 'it is the service that selects one, of InstancePreferences.',
    asks: (i) => (i.ResourceConfig?.SelectedInstanceCount ?? 0) > 0,
  },
  {
    // https://github.com/Kenza-AI/sagify/issues/111
    member: 'StoppingCondition.MaxWaitTimeInSeconds',
    why: 'there is no spot capacity to wait for.',
    asks: (i) => i.StoppingCondition?.MaxWaitTimeInSeconds !== undefined && i.EnableManagedSpotTraining !== true,
    message: 'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true',
  },
  { member: 'SessionChainingConfig', why: notBuilt, asks: (i) => i.SessionChainingConfig?.EnableSessionTagChaining === true },
  { member: 'ServerlessJobConfig', why: 'only jobs on instances run here.', asks: (i) => i.ServerlessJobConfig !== undefined },
  { member: 'MlflowConfig', why: 'there is no MLflow here.', asks: (i) => i.MlflowConfig !== undefined },
  { member: 'ModelPackageConfig', why: 'there are no model packages here.', asks: (i) => i.ModelPackageConfig !== undefined },
  { member: 'EnableManagedSpotTraining', why: 'there is no spot capacity here.', asks: (i) => i.EnableManagedSpotTraining === true },
  { member: 'OutputDataConfig.KmsKeyId', why: 'there is no KMS here.', asks: (i) => (i.OutputDataConfig.KmsKeyId ?? '') !== '' },
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
];

export const trainingJobMembers: MemberRules<CreateTrainingJobInput> = { operation: 'CreateTrainingJob', kept: keptMembers, refused: refusedMembers };
