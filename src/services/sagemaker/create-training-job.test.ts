import { expect, it } from 'vitest';
import { allowing, iamWorld, refusalOf, region, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { machine } from '../../../test/fakes/machine.ts';
import { ec2 } from '../ec2/registry.ts';
import { s3 } from '../s3/registry.ts';
import { present } from '../../stdx/assert.ts';
import type { Operation, OperationContext } from '../operation.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

const asked: Operation<CreateTrainingJobInput, unknown> = {
  authorize: createTrainingJob.authorize,
  commit: (input, context) => createTrainingJob.commit(input, context, { imageIsHere: true, networkRefusal: undefined }),
};

const puts = allowing('s3:PutObject');

function account() {
  const { store, call, makeRole } = iamWorld();
  call(s3.CreateBucket, { Bucket: 'bucket', CreateBucketConfiguration: { LocationConstraint: region } });
  const VpcId = call(ec2.CreateVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId ?? '';
  const subnet = call(ec2.CreateSubnet, { VpcId, CidrBlock: '10.0.1.0/24' }).Subnet?.SubnetId ?? '';
  const group = store.ec2.securityGroups.list({ vpcId: VpcId })[0]?.groupId ?? '';
  const request = (RoleArn: string, more: object = {}): CreateTrainingJobInput => ({
    TrainingJobName: 'job',
    RoleArn,
    AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: 's3://bucket/output' },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    VpcConfig: { Subnets: [subnet], SecurityGroupIds: [group] },
    ...more,
  });
  return { store, call, makeRole, request };
}

it('asks whether the role may be assumed, and takes no session of it', () => {
  const { store, call, makeRole, request } = account();
  call(asked, request(makeRole('executes', puts)));
  expect(store.sagemaker.trainingJobs.get('job').status).toBe('InProgress');
  expect(store.iam.sessionCount()).toBe(0);
});

it('is trusted by a role for the very job that it creates', () => {
  const { call, makeRole, request } = account();
  const trusting = (job: string): string =>
    trustPolicy.replace(
      '"Action":"sts:AssumeRole"',
      `"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sagemaker:*:*:training-job/${job}"}}`,
    );
  expect(refusalOf(() => call(asked, request(makeRole('for-another', puts, trusting('other'))))).message).toContain('Could not assume role');
  call(asked, request(makeRole('for-this', puts, trusting('job'))));
});

it.each(['no-such-role', 'distrusts'])('refuses the role %s', (name) => {
  const { store, call, makeRole, request } = account();
  makeRole('distrusts', undefined, trustPolicy.replace('sagemaker.amazonaws.com', 'ec2.amazonaws.com'));
  expect(refusalOf(() => call(asked, request(`arn:aws:iam::123456789012:role/${name}`)))).toMatchObject({ code: 'ValidationException' });
  expect(store.sagemaker.trainingJobs.list()).toEqual([]);
});

const channel = (ChannelName: string): object => ({ ChannelName, DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/p' } } });

it.each([
  ['channels of one name', { InputDataConfig: [channel('a'), channel('a')] }, 'Duplicate channel name found in input data config: a'],
  [
    'a channel of nothing',
    { InputDataConfig: [channel('a'), { ChannelName: 'b', DataSource: {} }] },
    "1 validation error detected: Value null at 'inputDataConfig.2.member.dataSource.s3DataSource' failed to satisfy constraint: Member must not be null",
  ],
  [
    'a channel that would be the folder above',
    { InputDataConfig: [channel('..')] },
    'Cloister refuses InputDataConfig.ChannelName: .. is no name of a folder.',
  ],
  [
    'compressed files',
    { InputDataConfig: [{ ...channel('a'), CompressionType: 'Gzip' }] },
    'Invalid compression type for channel a: File mode only supports NONE, got Gzip instead',
  ],
  [
    'checkpoints in place of the model',
    { CheckpointConfig: { S3Uri: 's3://b/c', LocalPath: '/opt/ml/model' } },
    "Cloister refuses CheckpointConfig.LocalPath: /opt/ml belongs to the container's own layout; within /opt/ml only /opt/ml/checkpoints can be had.",
  ],
  [
    'input from an endpoint',
    { InputDataConfig: [{ ChannelName: 'a', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 'https://bucket/data' } } }] },
    'Cloister refuses InputDataConfig.DataSource.S3DataSource.S3Uri: only s3:// locations are built.',
  ],
  [
    'output to an endpoint',
    { OutputDataConfig: { S3OutputPath: 'https://bucket/output' } },
    'Cloister refuses OutputDataConfig.S3OutputPath: only s3:// locations are built.',
  ],
  ['an experiment', { ExperimentConfig: { ExperimentName: 'e' } }, 'Cloister refuses ExperimentConfig: there are no experiments here.'],
])('refuses %s', (_what, more, message) => {
  const { call, makeRole, request } = account();
  expect(refusalOf(() => call(asked, request(makeRole('executes', puts), more)))).toMatchObject({ code: 'ValidationException', message });
});

/** Asks for encryption between so many instances, on a machine that has no tunnels. */
async function encrypting(InstanceCount: number) {
  const { store, call, makeRole, request } = account();
  const unable = { ...machine, encryptionRefusal: () => Promise.resolve('there is no /usr/bin/wg. Install wireguard-tools.') };
  const ResourceConfig = { InstanceType: 'ml.m5.large', InstanceCount, VolumeSizeInGB: 1 };
  const input = request(makeRole('executes', puts), { EnableInterContainerTrafficEncryption: true, ResourceConfig });
  const answers = present(await createTrainingJob.prepare?.(input, { machine: unable } as unknown as OperationContext), 'it asks the machine');
  const judged: typeof asked = { ...asked, commit: (given, context) => createTrainingJob.commit(given, context, answers) };
  return { create: () => call(judged, input), jobs: () => store.sagemaker.trainingJobs.count() };
}

it('refuses encryption that this machine cannot do, in the words of the job that would fail by it', async () => {
  const { create, jobs } = await encrypting(2);
  const message = 'Traffic between the instances of the job cannot be encrypted. there is no /usr/bin/wg. Install wireguard-tools.';
  expect(refusalOf(create)).toMatchObject({ code: 'ValidationException', message });
  expect(jobs()).toBe(0);
});

it('asks no machine for the encryption of one instance, which has nobody to send to', async () => {
  const { create, jobs } = await encrypting(1);
  create();
  expect(jobs()).toBe(1);
});

it('refuses more instances than AWS gives a job', () => {
  const { call, makeRole, request } = account();
  const ResourceConfig = { InstanceType: 'ml.m5.large', InstanceCount: 21, VolumeSizeInGB: 1 };
  expect(refusalOf(() => call(asked, request(makeRole('executes', puts), { ResourceConfig }))).code).toBe('ResourceLimitExceeded');
});

it('gives every job an id of its own to ask for credentials with', () => {
  const { store, call, makeRole, request } = account();
  const role = makeRole('executes', puts);
  call(asked, request(role));
  call(asked, request(role, { TrainingJobName: 'another' }));
  const ids = store.sagemaker.trainingJobs.list().map((row) => row.credentialsId);
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/u);
});

it('refuses metric definitions that no value can come from, by name', async () => {
  const { call, makeRole, request } = account();
  const definitions = (Regex: string) => ({
    AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', MetricDefinitions: [{ Name: 'loss', Regex }] },
  });
  const metricProblem = async (Regex: string): Promise<string | undefined> => await machine.metricProblem([{ name: 'loss', regex: Regex }]);
  for (const [regex, why] of [
    ['loss=[', 'missing closing ]'],
    ['loss=\\d+', 'it has no capturing group'],
  ] as const) {
    const problem = await metricProblem(regex);
    const judged: typeof asked = {
      ...asked,
      commit: (input, context) => createTrainingJob.commit(input, context, { imageIsHere: true, networkRefusal: undefined, metricProblem: problem }),
    };
    const { code, message } = refusalOf(() => call(judged, request(makeRole(`executes-${regex.length}`, puts), definitions(regex))));
    expect([code, message]).toEqual([
      'ValidationException',
      expect.stringContaining('Cloister refuses AlgorithmSpecification.MetricDefinitions: the regular expression of loss cannot be used'),
    ]);
    expect(message).toContain(why);
  }
});
