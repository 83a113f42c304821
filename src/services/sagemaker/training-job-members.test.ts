import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../test/fixtures/iam-world.ts';
import { compilationJobMembers } from './compilation-job-members.ts';
import { isWithin, memberPaths, memberTable, refuseMembers } from './member-table.ts';
import { trainingJobMembers, type CreateTrainingJobInput } from './training-job-members.ts';

const { refused: refusedMembers } = trainingJobMembers;

describe.each([
  [trainingJobMembers, 100],
  [compilationJobMembers, 15],
] as const)('the table of members of $operation', (rules, most) => {
  it('has a row for every member of the generated shape', () => {
    expect(memberPaths(rules.operation).length).toBeGreaterThan(most);
    expect(memberTable(rules).filter(({ fate }) => fate === 'unknown')).toEqual([]);
  });

  it('has no row without a member, and none twice', () => {
    const paths = memberPaths(rules.operation);
    expect(Object.keys(rules.kept).filter((member) => !paths.includes(member))).toEqual([]);
    const refused = rules.refused.map(({ member }) => member);
    expect(refused.filter((member) => !paths.some((path) => isWithin(path, member)))).toEqual([]);
    expect(new Set(refused).size).toBe(refused.length);
  });

  it('has a reason for whatever does not do what AWS says', () => {
    expect(memberTable(rules).filter(({ fate, why }) => (why === '') !== (fate === 'honoured'))).toEqual([]);
  });
});

const minimal = {
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::123456789012:role/executes',
  AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://bucket/output' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
};
type Change = Readonly<Record<string, unknown>>;
type Section = 'AlgorithmSpecification' | 'OutputDataConfig' | 'ResourceConfig' | 'StoppingCondition';

const job = (change: Change): CreateTrainingJobInput => ({ ...minimal, ...change }) as unknown as CreateTrainingJobInput;
const within = (section: Section, change: Change): Change => ({ [section]: { ...minimal[section], ...change } });
const s3 = { S3DataType: 'S3Prefix', S3Uri: 's3://data/train' };
const channel = (change: Change): Change => ({
  InputDataConfig: [
    { ChannelName: 'a', DataSource: { S3DataSource: s3 } },
    { ChannelName: 'b', DataSource: { S3DataSource: s3 }, ...change },
  ],
});
const source = (change: Change): Change => channel({ DataSource: { S3DataSource: { ...s3, ...change } } });
const rule = { RuleConfigurationName: 'r', RuleEvaluatorImage: 'i' };

/** For each refused row: what asks, and what is there and asks for nothing. */
const examples: Readonly<Record<string, { readonly asks: readonly Change[]; readonly nothing: readonly Change[] }>> = {
  'AlgorithmSpecification.AlgorithmName': { asks: [within('AlgorithmSpecification', { AlgorithmName: 'a' })], nothing: [] },
  'InputDataConfig.DataSource.S3DataSource.S3DataType': {
    asks: ['AugmentedManifestFile', 'Converse'].map((S3DataType) => source({ S3DataType })),
    nothing: [source({ S3DataType: 'ManifestFile' })],
  },
  'InputDataConfig.DataSource.S3DataSource.AttributeNames': { asks: [source({ AttributeNames: ['a'] })], nothing: [source({ AttributeNames: [] })] },
  'InputDataConfig.DataSource.FileSystemDataSource': { asks: [channel({ DataSource: { FileSystemDataSource: {} } })], nothing: [] },
  'InputDataConfig.DataSource.DatasetSource': { asks: [channel({ DataSource: { DatasetSource: {} } })], nothing: [] },
  'InputDataConfig.DataSource.S3DataSource.InstanceGroupNames': {
    asks: [source({ InstanceGroupNames: ['g'] })],
    nothing: [source({ InstanceGroupNames: [] })],
  },
  'InputDataConfig.DataSource.S3DataSource.ModelAccessConfig': {
    asks: [source({ ModelAccessConfig: { AcceptEula: true } })],
    nothing: [source({ ModelAccessConfig: { AcceptEula: false } })],
  },
  'InputDataConfig.DataSource.S3DataSource.HubAccessConfig': { asks: [source({ HubAccessConfig: { HubContentArn: 'arn' } })], nothing: [] },
  'AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode': {
    asks: [within('AlgorithmSpecification', { TrainingImageConfig: { TrainingRepositoryAccessMode: 'Vpc' } })],
    nothing: [within('AlgorithmSpecification', { TrainingImageConfig: { TrainingRepositoryAccessMode: 'Platform' } })],
  },
  'AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAuthConfig': {
    asks: [
      within('AlgorithmSpecification', {
        TrainingImageConfig: {
          TrainingRepositoryAccessMode: 'Vpc',
          TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: 'arn:aws:lambda:us-east-1:123456789012:function:credentials' },
        },
      }),
    ],
    nothing: [within('AlgorithmSpecification', { TrainingImageConfig: { TrainingRepositoryAccessMode: 'Platform' } })],
  },
  ExperimentConfig: { asks: [{ ExperimentConfig: { RunName: 'r' } }], nothing: [{ ExperimentConfig: {} }] },
  'AlgorithmSpecification.EnableSageMakerMetricsTimeSeries': {
    asks: [within('AlgorithmSpecification', { EnableSageMakerMetricsTimeSeries: true })],
    nothing: [within('AlgorithmSpecification', { EnableSageMakerMetricsTimeSeries: false })],
  },
  'ResourceConfig.InstancePlacementConfig': {
    asks: [{ EnableMultipleJobs: true }, { PlacementSpecifications: [{ InstanceCount: 1 }] }].map((config) =>
      within('ResourceConfig', { InstancePlacementConfig: config }),
    ),
    nothing: [{}, { EnableMultipleJobs: false, PlacementSpecifications: [] }].map((config) =>
      within('ResourceConfig', { InstancePlacementConfig: config }),
    ),
  },
  'ResourceConfig.InstancePreferences': {
    asks: [within('ResourceConfig', { InstancePreferences: [{ InstanceType: 'ml.m5.large' }] })],
    nothing: [within('ResourceConfig', { InstancePreferences: [] })],
  },
  'ResourceConfig.SelectedInstanceType': { asks: [within('ResourceConfig', { SelectedInstanceType: 'ml.m5.large' })], nothing: [] },
  'ResourceConfig.SelectedInstanceCount': {
    asks: [within('ResourceConfig', { SelectedInstanceCount: 1 })],
    nothing: [within('ResourceConfig', { SelectedInstanceCount: 0 })],
  },
  'StoppingCondition.MaxWaitTimeInSeconds': { asks: [within('StoppingCondition', { MaxWaitTimeInSeconds: 60 })], nothing: [] },
  SessionChainingConfig: {
    asks: [{ SessionChainingConfig: { EnableSessionTagChaining: true } }],
    nothing: [{ SessionChainingConfig: {} }, { SessionChainingConfig: { EnableSessionTagChaining: false } }],
  },
  ServerlessJobConfig: { asks: [{ ServerlessJobConfig: { BaseModelArn: 'a', JobType: 'FineTuning' } }], nothing: [] },
  MlflowConfig: { asks: [{ MlflowConfig: { MlflowResourceArn: 'a' } }], nothing: [] },
  ModelPackageConfig: { asks: [{ ModelPackageConfig: { ModelPackageGroupArn: 'a' } }], nothing: [] },
  EnableManagedSpotTraining: { asks: [{ EnableManagedSpotTraining: true }], nothing: [{ EnableManagedSpotTraining: false }] },
  'OutputDataConfig.KmsKeyId': { asks: [within('OutputDataConfig', { KmsKeyId: 'k' })], nothing: [within('OutputDataConfig', { KmsKeyId: '' })] },
  'ResourceConfig.VolumeKmsKeyId': {
    asks: [within('ResourceConfig', { VolumeKmsKeyId: 'k' })],
    nothing: [within('ResourceConfig', { VolumeKmsKeyId: '' })],
  },
  'ResourceConfig.InstanceGroups': {
    asks: [within('ResourceConfig', { InstanceGroups: [{}] })],
    nothing: [within('ResourceConfig', { InstanceGroups: [] })],
  },
  'ResourceConfig.KeepAlivePeriodInSeconds': {
    asks: [within('ResourceConfig', { KeepAlivePeriodInSeconds: 1 })],
    nothing: [within('ResourceConfig', { KeepAlivePeriodInSeconds: 0 })],
  },
  'ResourceConfig.TrainingPlanArn': { asks: [within('ResourceConfig', { TrainingPlanArn: 'arn' })], nothing: [] },
  RetryStrategy: { asks: [{ RetryStrategy: { MaximumRetryAttempts: 1 } }], nothing: [] },
  DebugRuleConfigurations: { asks: [{ DebugRuleConfigurations: [rule] }], nothing: [{ DebugRuleConfigurations: [] }] },
  ProfilerRuleConfigurations: { asks: [{ ProfilerRuleConfigurations: [rule] }], nothing: [{ ProfilerRuleConfigurations: [] }] },
  RemoteDebugConfig: {
    asks: [{ RemoteDebugConfig: { EnableRemoteDebug: true } }],
    nothing: [{ RemoteDebugConfig: {} }, { RemoteDebugConfig: { EnableRemoteDebug: false } }],
  },
  InfraCheckConfig: {
    asks: [{ InfraCheckConfig: { EnableInfraCheck: true } }],
    nothing: [{ InfraCheckConfig: {} }, { InfraCheckConfig: { EnableInfraCheck: false } }],
  },
};

describe('a refused member', () => {
  it('has its example here', () => {
    expect(Object.keys(examples).toSorted()).toEqual(refusedMembers.map(({ member }) => member).toSorted());
  });

  it.each(refusedMembers)('$member is refused by name when it asks for something, and passes when it does not', ({ member, why, message }) => {
    for (const change of examples[member]?.asks ?? []) {
      expect(refusalOf(() => refuseMembers(job(change), refusedMembers))).toMatchObject({
        code: 'ValidationException',
        message: message ?? `Cloister refuses ${member}: ${why}`,
      });
    }
    for (const change of examples[member]?.nothing ?? []) expect(() => refuseMembers(job(change), refusedMembers)).not.toThrow();
  });

  it('is none of those that the SageMaker SDK sends by default, nor of a minimal job', () => {
    const sent = {
      ProfilerConfig: { S3OutputPath: 's3://bucket/', DisableProfiler: false },
      DebugHookConfig: { S3OutputPath: 's3://bucket/', CollectionConfigurations: [] },
      TensorBoardOutputConfig: { S3OutputPath: 's3://bucket/' },
    };
    for (const change of [{}, sent, { ProfilerConfig: { DisableProfiler: true } }])
      expect(() => refuseMembers(job(change), refusedMembers)).not.toThrow();
  });
});
