import { describe, expect, it } from 'vitest';
import { expectExactly, type Need } from '../../../test/fixtures/exactly.ts';
import { accountId, allowing, iamWorld, region } from '../../../test/fixtures/iam-world.ts';
import type { Demand } from '../../model/policy/decision.ts';
import type { Operation, OperationContext } from '../operation.ts';
import { ec2 } from '../ec2/registry.ts';
import { s3 } from '../s3/registry.ts';
import { sagemaker } from './registry.ts';

const TrainingJobName = 'Job';
const job = `arn:aws:sagemaker:${region}:${accountId}:training-job/job`;
const executionRole = `arn:aws:iam::${accountId}:role/executes`;
const request = {
  TrainingJobName,
  RoleArn: executionRole,
  AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://bucket/output' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
};

const CompilationJobName = 'Job';
const compilationJob = `arn:aws:sagemaker:${region}:${accountId}:compilation-job/job`;
const compilation = {
  CompilationJobName,
  RoleArn: executionRole,
  InputConfig: { S3Uri: 's3://bucket/model.tar.gz', Framework: 'XGBOOST' },
  OutputConfig: { S3OutputLocation: 's3://bucket/compiled', TargetDevice: 'ml_c5' },
  StoppingCondition: { MaxRuntimeInSeconds: 900 },
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
const rows: Readonly<Record<keyof typeof sagemaker, readonly [input: object, ...needs: Need[]]>> = {
  AddTags: [{ ResourceArn: job, Tags: [{ Key: 'stage', Value: 'two' }] }, ['sagemaker:AddTags', job]],
  CreateTrainingJob: [
    { ...request, TrainingJobName: 'New', Tags: [{ Key: 'team', Value: 'vision' }] },
    ['sagemaker:CreateTrainingJob', job.replace('/job', '/new')],
    ['sagemaker:AddTags', job.replace('/job', '/new')],
    ['iam:PassRole', executionRole],
  ],
  CreateCompilationJob: [
    { ...compilation, CompilationJobName: 'New', Tags: [{ Key: 'team', Value: 'vision' }] },
    ['sagemaker:CreateCompilationJob', compilationJob.replace('/job', '/new')],
    ['sagemaker:AddTags', compilationJob.replace('/job', '/new')],
    ['iam:PassRole', executionRole],
  ],
  DeleteCompilationJob: [{ CompilationJobName }, ['sagemaker:DeleteCompilationJob', compilationJob]],
  DescribeCompilationJob: [{ CompilationJobName }, ['sagemaker:DescribeCompilationJob', compilationJob]],
  ListCompilationJobs: [{}, ['sagemaker:ListCompilationJobs', '*']],
  StopCompilationJob: [{ CompilationJobName }, ['sagemaker:StopCompilationJob', compilationJob]],
  DeleteTags: [{ ResourceArn: job, TagKeys: ['team'] }, ['sagemaker:DeleteTags', job]],
  DeleteTrainingJob: [{ TrainingJobName }, ['sagemaker:DeleteTrainingJob', job]],
  DescribeTrainingJob: [{ TrainingJobName }, ['sagemaker:DescribeTrainingJob', job]],
  ListTags: [{ ResourceArn: job }, ['sagemaker:ListTags', job]],
  ListTrainingJobs: [{}, ['sagemaker:ListTrainingJobs', '*']],
  StopTrainingJob: [{ TrainingJobName }, ['sagemaker:StopTrainingJob', job]],
  UpdateTrainingJob: [{ TrainingJobName, ProfilerConfig: { DisableProfiler: true } }, ['sagemaker:UpdateTrainingJob', job]],
};

const answers = { imageIsHere: true, networkRefusal: undefined };

function prepared() {
  const world = iamWorld();
  const make = (operation: unknown, input: object): any => world.call(operation as Operation<object, any>, input);
  world.makeRole('executes', allowing('s3:PutObject'));
  make(s3.CreateBucket, { Bucket: 'bucket', CreateBucketConfiguration: { LocationConstraint: region } });
  const VpcId: string = make(ec2.CreateVpc, { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId;
  const subnet: string = make(ec2.CreateSubnet, { VpcId, CidrBlock: '10.0.1.0/24' }).Subnet.SubnetId;
  const group: string = make(ec2.DescribeSecurityGroups, {}).SecurityGroups.at(0).GroupId;
  const VpcConfig = { Subnets: [subnet], SecurityGroupIds: [group] };
  const inVpc = (operation: Operation<any, any, any>): Operation<object, unknown> => ({
    authorize: (input: object, context: OperationContext): readonly Demand[] => operation.authorize({ VpcConfig, ...input }, context),
    commit: (input: object, context: OperationContext): unknown => operation.commit({ VpcConfig, ...input }, context, answers),
  });
  const creations = { CreateTrainingJob: inVpc(sagemaker.CreateTrainingJob), CreateCompilationJob: inVpc(sagemaker.CreateCompilationJob) };
  const tags = { Tags: [{ Key: 'team', Value: 'vision' }] };
  world.call(creations.CreateTrainingJob, { ...request, ...tags });
  world.call(creations.CreateCompilationJob, { ...compilation, ...tags });
  const operationOf = (name: keyof typeof sagemaker) =>
    name === 'CreateTrainingJob' || name === 'CreateCompilationJob' ? creations[name] : (sagemaker[name] as Operation<any, any>);
  return { world, creations, operationOf, subnet, group };
}

describe('every operation is allowed by exactly its actions on exactly its resources, and denied without any one of them', () => {
  it.each(Object.keys(rows) as (keyof typeof rows)[])('sagemaker:%s', (name) => {
    const { world, operationOf } = prepared();
    const [input, ...needs] = rows[name];
    const { trainingJobs, compilationJobs } = world.store.sagemaker;
    expectExactly({ world, operation: operationOf(name), input, needs, rows: () => [...trainingJobs.list(), ...compilationJobs.list()] });
  });

  it('is tested for every operation', () => {
    expect(Object.keys(rows).toSorted()).toEqual(Object.keys(sagemaker).toSorted());
  });
});

const conditions: readonly (readonly [key: string, action: string, value: string, other: string, more: object])[] = [
  ['sagemaker:InstanceTypes', 'sagemaker:CreateTrainingJob', 'ml.m5.large', 'ml.p3.2xlarge', {}],
  ['sagemaker:VpcSubnets', 'sagemaker:CreateTrainingJob', 'SUBNET', 'subnet-other', {}],
  ['sagemaker:VpcSecurityGroupIds', 'sagemaker:CreateTrainingJob', 'GROUP', 'sg-other', {}],
  ['sagemaker:NetworkIsolation', 'sagemaker:CreateTrainingJob', 'true', 'false', { EnableNetworkIsolation: true }],
  ['sagemaker:NetworkIsolation', 'sagemaker:CreateTrainingJob', 'false', 'true', {}],
  ['sagemaker:InterContainerTrafficEncryption', 'sagemaker:CreateTrainingJob', 'true', 'false', { EnableInterContainerTrafficEncryption: true }],
  ['sagemaker:InterContainerTrafficEncryption', 'sagemaker:CreateTrainingJob', 'false', 'true', {}],
  ['sagemaker:MaxRuntimeInSeconds', 'sagemaker:CreateTrainingJob', '60', '61', {}],
  [
    'sagemaker:KeepAlivePeriod',
    'sagemaker:CreateTrainingJob',
    '0',
    '1',
    { ResourceConfig: { ...request.ResourceConfig, KeepAlivePeriodInSeconds: 0 } },
  ],
  ['sagemaker:EnableRemoteDebug', 'sagemaker:CreateTrainingJob', 'false', 'true', { RemoteDebugConfig: { EnableRemoteDebug: false } }],
  ['iam:PassedToService', 'iam:PassRole', 'sagemaker.amazonaws.com', 'ec2.amazonaws.com', {}],
];
it.each(conditions)('%s is a key of %s: %s, and not %s', (key, action, value, other, more) => {
  const { world, creations, subnet, group } = prepared();
  const wantedValue = { SUBNET: subnet, GROUP: group }[value] ?? value;
  const creation = creations.CreateTrainingJob;
  const second = { ...request, TrainingJobName: 'Second', ...more };
  const when = (wanted: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['sagemaker:*', 'iam:PassRole'], Resource: '*' },
        { Effect: 'Deny', Action: action, Resource: '*', Condition: { 'ForAnyValue:StringNotEquals': { [key]: wanted } } },
      ],
    });
  const refused = world.sessionOf(world.makeRole('Refused', when(other)));
  expect(() => world.call(creation, second, refused)).toThrow(`is not authorized to perform: ${action}`);
  const allowed = world.sessionOf(world.makeRole('Allowed', when(wantedValue)));
  expect(() => world.call(creation, second, allowed)).not.toThrow();
});

/** A policy that asks for them is as useless here as at AWS, and not a promise that only this emulator keeps. */
it.each(['sagemaker:VpcSubnets', 'sagemaker:VpcSecurityGroupIds'])('%s is no key of sagemaker:CreateCompilationJob', (key) => {
  const { world, creations } = prepared();
  const caller = (present: string) =>
    world.sessionOf(world.makeRole(`Caller${present}`, allowing(['sagemaker:*', 'iam:PassRole'], { Condition: { Null: { [key]: present } } })));
  const second = { ...compilation, CompilationJobName: 'Second' };
  expect(() => world.call(creations.CreateCompilationJob, second, caller('false'))).toThrow(
    'is not authorized to perform: sagemaker:CreateCompilationJob',
  );
  expect(() => world.call(creations.CreateCompilationJob, second, caller('true'))).not.toThrow();
});

describe('tags decide', () => {
  const tags = (value: string) => [{ Key: 'team', Value: value }];
  const arn = { ResourceArn: job };
  const operations: readonly (readonly [keyof typeof sagemaker, object])[] = [
    ['DescribeTrainingJob', { TrainingJobName }],
    ['StopTrainingJob', { TrainingJobName }],
    ['UpdateTrainingJob', { TrainingJobName }],
    ['DeleteTrainingJob', { TrainingJobName }],
    ['DescribeCompilationJob', { CompilationJobName }],
    ['StopCompilationJob', { CompilationJobName }],
    ['DeleteCompilationJob', { CompilationJobName }],
    ['ListTags', arn],
    ['ListTags', { ResourceArn: compilationJob }],
    ['AddTags', { ...arn, Tags: tags('sound') }],
    ['DeleteTags', { ...arn, TagKeys: ['team'] }],
  ];
  /** The error with which a caller of this one condition is refused, or undefined. */
  function denialOf(name: keyof typeof sagemaker, input: object, condition: object): string | undefined {
    const { world, operationOf } = prepared();
    const caller = world.sessionOf(world.makeRole('Caller', allowing(['sagemaker:*', 'iam:PassRole'], { Condition: condition })));
    try {
      world.call(operationOf(name), input, caller);
    } catch (error) {
      if (String(error).includes('is not authorized')) return String(error);
    }
    return undefined;
  }

  it.each(operations)('%s by the tags that the job has', (name, input) => {
    for (const key of ['aws:ResourceTag/team', 'sagemaker:ResourceTag/team']) {
      expect(denialOf(name, input, { StringEquals: { [key]: 'vision' } })).toBeUndefined();
      expect(denialOf(name, input, { StringEquals: { [key]: 'sound' } })).toContain(`sagemaker:${name}`);
    }
  });

  it('AddTags and DeleteTags by the tags that are asked for', () => {
    const added = { ...arn, Tags: tags('sound') };
    expect(denialOf('AddTags', added, { StringEquals: { 'aws:RequestTag/team': 'sound' } })).toBeUndefined();
    expect(denialOf('AddTags', added, { StringEquals: { 'aws:RequestTag/team': 'vision' } })).toContain('sagemaker:AddTags');
    for (const [name, input] of [
      ['AddTags', added],
      ['DeleteTags', { ...arn, TagKeys: ['team'] }],
    ] as const) {
      expect(denialOf(name, input, { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } })).toBeUndefined();
      expect(denialOf(name, input, { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['stage'] } })).toContain(`sagemaker:${name}`);
    }
  });

  it.each([
    ['CreateTrainingJob', { ...request, TrainingJobName: 'New' }],
    ['CreateCompilationJob', { ...compilation, CompilationJobName: 'New' }],
  ] as const)('%s by the tags that the job is given, and AddTags only where the creation tags', (name, input) => {
    const tagged = { ...input, Tags: tags('sound') };
    const byThis = { 'sagemaker:TaggingAction': name };
    expect(denialOf(name, tagged, { StringEqualsIfExists: byThis })).toBeUndefined();
    expect(denialOf('AddTags', { ...arn, Tags: tags('sound') }, { StringEquals: byThis })).toContain('AddTags');
    expect(denialOf(name, tagged, { StringEqualsIfExists: { 'aws:RequestTag/team': 'vision' } })).toContain(`sagemaker:${name}`);
  });
});
