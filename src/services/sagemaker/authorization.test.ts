import { describe, expect, it } from 'vitest';
import { expectExactly, type Need } from '../../../test/fixtures/exactly.ts';
import { accountId, iamWorld, region } from '../../../test/fixtures/iam-world.ts';
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

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html */
const rows: Readonly<Record<keyof typeof sagemaker, readonly [input: object, ...needs: Need[]]>> = {
  CreateTrainingJob: [
    { ...request, TrainingJobName: 'New' },
    ['sagemaker:CreateTrainingJob', job.replace('/job', '/new')],
    ['iam:PassRole', executionRole],
  ],
  DescribeTrainingJob: [{ TrainingJobName }, ['sagemaker:DescribeTrainingJob', job]],
  ListTrainingJobs: [{}, ['sagemaker:ListTrainingJobs', '*']],
  StopTrainingJob: [{ TrainingJobName }, ['sagemaker:StopTrainingJob', job]],
};

const answers = { imageIsHere: true, networkRefusal: undefined };

function prepared() {
  const world = iamWorld();
  const make = (operation: unknown, input: object): any => world.call(operation as Operation<object, any>, input);
  world.makeRole('executes');
  make(s3.CreateBucket, { Bucket: 'bucket', CreateBucketConfiguration: { LocationConstraint: region } });
  const VpcId: string = make(ec2.CreateVpc, { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId;
  const subnet: string = make(ec2.CreateSubnet, { VpcId, CidrBlock: '10.0.1.0/24' }).Subnet.SubnetId;
  const group: string = make(ec2.DescribeSecurityGroups, {}).SecurityGroups.at(0).GroupId;
  const operation = sagemaker.CreateTrainingJob as Operation<any, any, any>;
  const commit = (input: object, context: OperationContext): unknown =>
    operation.commit({ VpcConfig: { Subnets: [subnet], SecurityGroupIds: [group] }, ...input }, context, answers);
  const authorize = (input: object, context: OperationContext): readonly Demand[] =>
    operation.authorize({ VpcConfig: { Subnets: [subnet], SecurityGroupIds: [group] }, ...input }, context);
  const creation: Operation<object, unknown> = { authorize, commit };
  world.call(creation, request);
  return { world, creation, subnet, group };
}

describe('every operation is allowed by exactly its actions on exactly its resources, and denied without any one of them', () => {
  it.each(Object.keys(rows) as (keyof typeof rows)[])('sagemaker:%s', (name) => {
    const { world, creation } = prepared();
    const [input, ...needs] = rows[name];
    const operation = name === 'CreateTrainingJob' ? creation : (sagemaker[name] as Operation<any, any>);
    expectExactly({ world, operation, input, needs, rows: () => world.store.sagemaker.trainingJobs.list() });
  });

  it('is tested for every operation', () => {
    expect(Object.keys(rows).toSorted()).toEqual(Object.keys(sagemaker).toSorted());
  });
});

it.each([
  ['sagemaker:InstanceTypes', 'sagemaker:CreateTrainingJob', 'ml.m5.large', 'ml.p3.2xlarge'],
  ['sagemaker:VpcSubnets', 'sagemaker:CreateTrainingJob', 'SUBNET', 'subnet-other'],
  ['sagemaker:VpcSecurityGroupIds', 'sagemaker:CreateTrainingJob', 'GROUP', 'sg-other'],
  ['iam:PassedToService', 'iam:PassRole', 'sagemaker.amazonaws.com', 'ec2.amazonaws.com'],
])('%s is a key of %s', (key, action, value, other) => {
  const { world, creation, subnet, group } = prepared();
  const wantedValue = { SUBNET: subnet, GROUP: group }[value] ?? value;
  const second = { ...request, TrainingJobName: 'Second' };
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
