import { beforeEach, describe, expect, it } from 'vitest';
import { accountId, stranger } from '../../../test/fakes/operation-world.ts';
import { request, trainingAccount } from '../../../test/fixtures/training-account.ts';
import { advance, type TrainingSecondaryStatus } from '../../model/job/training-job.ts';
import type { TrainingJobRow } from '../../store/sagemaker.ts';
import type { Operation } from '../operation.ts';
import { deleteTrainingJob } from './operations/delete-training-job.ts';
import { describeTrainingJob } from './operations/describe-training-job.ts';
import { updateTrainingJob } from './operations/update-training-job.ts';
import { sagemaker } from './registry.ts';

const TrainingJobName = 'First-Job';

let account: ReturnType<typeof trainingAccount>;
beforeEach(() => {
  account = trainingAccount();
  account.create();
});

const now = (): string => account.world.clock.now().toISOString();

function move(status: TrainingSecondaryStatus, change: Partial<TrainingJobRow> = {}): void {
  const { trainingJobs } = account.world.store.sagemaker;
  account.world.store.transact(() => {
    trainingJobs.update(TrainingJobName, { ...change, ...advance(trainingJobs.get(TrainingJobName), status, now()) });
  });
}

const described = () => account.world.run(describeTrainingJob, { TrainingJobName });

describe('DescribeTrainingJob', () => {
  it('gives back the request with the values that AWS puts where nothing was given, and no tags', () => {
    account.create({ TrainingJobName: 'tagged', Tags: [{ Key: 'team', Value: 'vision' }], Environment: { A: 'b' }, HyperParameters: { c: 'd' } });
    const job = account.world.run(describeTrainingJob, { TrainingJobName: 'tagged' });
    const given = request();
    expect(job).toMatchObject({
      ...given,
      TrainingJobName: 'tagged',
      Environment: { A: 'b' },
      HyperParameters: { c: 'd' },
      AlgorithmSpecification: { ...given.AlgorithmSpecification, EnableSageMakerMetricsTimeSeries: false },
      InputDataConfig: [{ ...given.InputDataConfig?.[0], CompressionType: 'None', RecordWrapperType: 'None' }],
      OutputDataConfig: { ...given.OutputDataConfig, KmsKeyId: '', CompressionType: 'GZIP' },
      EnableNetworkIsolation: false,
      EnableInterContainerTrafficEncryption: false,
      EnableManagedSpotTraining: false,
    });
    expect(Object.keys(job)).not.toContain('Tags');
  });

  it('says the run time that holds when none was given', () => {
    account.create({ TrainingJobName: 'endless', StoppingCondition: {} });
    const job = account.world.run(describeTrainingJob, { TrainingJobName: 'endless' });
    expect(job.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 86_400 });
  });

  it('bills from the start on the instances to the end there, whole seconds, and says so once it has ended', () => {
    const start = now();
    move('Downloading', { instancesStartAt: start });
    account.world.clock.advance(2_000);
    move('Training', { trainingStartAt: now() });
    account.world.clock.advance(1_500);
    const end = now();
    account.world.store.transact(() => account.world.store.sagemaker.trainingJobs.update(TrainingJobName, { trainingEndAt: end }));
    expect([described().TrainingStartTime, described().TrainingEndTime, described().BillableTimeInSeconds]).toEqual([
      new Date(start),
      undefined,
      undefined,
    ]);
    account.world.clock.advance(10_000);
    move('Completed');
    expect(described()).toMatchObject({
      TrainingStartTime: new Date(start),
      TrainingEndTime: new Date(end),
      TrainingTimeInSeconds: 4,
      BillableTimeInSeconds: 4,
    });
  });

  it('has no times of a job that never got to its instances', () => {
    move('Failed', { failureReason: 'ClientError: no room' });
    const job = described();
    expect([job.TrainingStartTime, job.TrainingEndTime, job.TrainingTimeInSeconds, job.BillableTimeInSeconds]).toEqual(Array(4).fill(undefined));
    expect(job.FailureReason).toBe('ClientError: no room');
  });
});

describe('DeleteTrainingJob', () => {
  it.each(['Completed', 'Failed', 'Stopped', 'MaxRuntimeExceeded'] as const)('takes a job that is %s away, and its name is free', (status) => {
    move(status);
    expect(account.world.run(deleteTrainingJob, { TrainingJobName })).toEqual({});
    expect(account.jobs()).toEqual([]);
    expect(account.world.refusal(describeTrainingJob, { TrainingJobName })).toBe('ValidationException 400: Requested resource not found.');
    expect(() => account.create()).not.toThrow();
  });

  it.each(['Starting', 'Training', 'Stopping'] as const)('refuses a job that is %s', (status) => {
    move(status);
    const before = account.jobs();
    expect(account.world.refusal(deleteTrainingJob, { TrainingJobName })).toMatch(
      /^ResourceInUse 400: The request was rejected because the training job is in status (?:InProgress|Stopping)\.$/u,
    );
    expect(account.jobs()).toEqual(before);
  });
});

describe('UpdateTrainingJob', () => {
  it("takes the profiler's place and its end, as the creation of a job does", () => {
    const ProfilerConfig = { S3OutputPath: 's3://data/profiles', DisableProfiler: true };
    expect(account.world.run(updateTrainingJob, { TrainingJobName, ProfilerConfig })).toEqual({
      TrainingJobArn: `arn:aws:sagemaker:us-west-2:${accountId}:training-job/first-job`,
    });
    expect(described().ProfilerConfig).toEqual(ProfilerConfig);
  });

  it('passes what asks for nothing', () => {
    const nothing = {
      ProfilerRuleConfigurations: [],
      ResourceConfig: { KeepAlivePeriodInSeconds: 0 },
      RemoteDebugConfig: { EnableRemoteDebug: false },
    };
    const before = account.jobs();
    account.world.run(updateTrainingJob, { TrainingJobName, ...nothing });
    expect(account.jobs()).toEqual(before);
  });

  it.each([
    ['ProfilerRuleConfigurations', { ProfilerRuleConfigurations: [{ RuleConfigurationName: 'r', RuleEvaluatorImage: 'i' }] }],
    ['ResourceConfig.KeepAlivePeriodInSeconds', { ResourceConfig: { KeepAlivePeriodInSeconds: 60 } }],
    ['RemoteDebugConfig', { RemoteDebugConfig: { EnableRemoteDebug: true } }],
  ])('refuses %s by name', (member, change) => {
    expect(account.world.refusal(updateTrainingJob, { TrainingJobName, ...change })).toContain(`Cloister refuses ${member}: there`);
  });

  it('refuses a job that has ended', () => {
    move('Completed');
    expect(account.world.refusal(updateTrainingJob, { TrainingJobName, ProfilerConfig: { DisableProfiler: true } })).toBe(
      'ValidationException 400: The request was rejected because the training job is in status Completed.',
    );
  });
});

describe("another account's job", () => {
  const ResourceArn = `arn:aws:sagemaker:us-west-2:${accountId}:training-job/first-job`;
  it.each([
    ['DescribeTrainingJob', { TrainingJobName }],
    ['StopTrainingJob', { TrainingJobName }],
    ['DeleteTrainingJob', { TrainingJobName }],
    ['UpdateTrainingJob', { TrainingJobName }],
    ['ListTags', { ResourceArn }],
    ['AddTags', { ResourceArn, Tags: [] }],
    ['DeleteTags', { ResourceArn, TagKeys: ['a'] }],
  ] as const)('is not there for %s, nor is one that does not exist', (name, input) => {
    const operation = sagemaker[name] as unknown as Operation<object, unknown>;
    const notFound = 'Requested resource not found.';
    expect(() => account.world.run(operation, input, undefined, stranger)).toThrow(notFound);
    const missing = { ...input, TrainingJobName: 'missing', ResourceArn: `${ResourceArn}-missing` };
    expect(() => account.world.run(operation, missing)).toThrow(notFound);
  });
});
