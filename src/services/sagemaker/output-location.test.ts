import { describe, expect, it } from 'vitest';
import { allowing, iamWorld, refusalOf, region } from '../../../test/fixtures/iam-world.ts';
import type { Operation, OperationContext } from '../operation.ts';
import { s3 } from '../s3/registry.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/** What is judged of where a job's model is to go, when the job is created. */

const roleArn = 'arn:aws:iam::123456789012:role/executes';

function world() {
  const { store, call, makeRole } = iamWorld();
  call(s3.CreateBucket, { Bucket: 'models', CreateBucketConfiguration: { LocationConstraint: region } });
  const refusals: string[] = [];
  const recordRefusal: OperationContext['recordRefusal'] = ({ demand }, { verdict }) => void refusals.push(`${verdict} ${demand.action}`);
  const operation: Operation<CreateTrainingJobInput, unknown> = {
    authorize: createTrainingJob.authorize,
    commit: (input, context) => createTrainingJob.commit(input, { ...context, recordRefusal }, { imageIsHere: true, networkRefusal: undefined }),
  };
  const create = (output: CreateTrainingJobInput['OutputDataConfig'] = { S3OutputPath: 's3://models/all' }): unknown =>
    call(operation, {
      TrainingJobName: 'Job',
      RoleArn: roleArn,
      AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' },
      OutputDataConfig: output,
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    });
  const deny = (Condition?: object): unknown => {
    const Statement = [
      { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::models/*', ...(Condition && { Condition }) },
    ];
    return call(s3.PutBucketPolicy, { Bucket: 'models', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
  };
  return { makeRole, create, deny, refusals, jobs: () => store.sagemaker.trainingJobs.count() };
}

const puts = (resource: string): string => allowing('s3:PutObject', { Resource: `arn:aws:s3:::models/${resource}` });

it.each([
  ['all/Job/output/model.tar.gz', undefined],
  ['all/*', { S3OutputPath: 's3://models/all/' }],
  ['all/Job/output/model/*', { S3OutputPath: 's3://models/all', CompressionType: 'NONE' as const }],
])('a role that may put %s is enough', (resource, output) => {
  const { makeRole, create, jobs } = world();
  makeRole('executes', puts(resource));
  create(output);
  expect(jobs()).toBe(1);
});

it.each([
  ['is denied unless through an endpoint', { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } }],
  ['is denied from a VPC', { StringEquals: { 'aws:SourceVpc': 'vpc-111bbb22' } }],
])('what %s is judged when it arrives', (_what, condition) => {
  const { makeRole, create, deny, jobs, refusals } = world();
  makeRole('executes', puts('*'));
  deny(condition);
  create();
  expect([jobs(), refusals]).toEqual([1, []]);
});

describe('a job that surely cannot keep its model is refused before it trains, with the reason', () => {
  const words = (bucket: string, key: string, reason: string) =>
    `Access denied to OutputDataConfig S3 bucket "${bucket}". Please ensure that the bucket exists in the selected region (${region}), and that the role "${roleArn}" has "s3:PutObject" permissions on "s3://${bucket}/${key}". Error message from S3: ${reason}`;
  const key = 'all/Job/output/model.tar.gz';
  const session = 'arn:aws:sts::123456789012:assumed-role/executes/SageMaker';
  const unauthorised = `User: ${session} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::models/${key}"`;

  it('where its role is silent', () => {
    const { makeRole, create, jobs, refusals } = world();
    makeRole('executes', puts('other/*'));
    const message = words('models', key, `${unauthorised} because no identity-based policy allows the s3:PutObject action`);
    expect(refusalOf(create)).toMatchObject({ code: 'ValidationException', message });
    expect([jobs(), refusals]).toEqual([0, ['deny s3:PutObject']]);
  });

  it("where the bucket's policy denies it, however it arrives", () => {
    const { makeRole, create, deny, jobs } = world();
    makeRole('executes', puts('*'));
    deny();
    expect(refusalOf(create).message).toBe(words('models', key, `${unauthorised} with an explicit deny in a resource-based policy`));
    expect(jobs()).toBe(0);
  });

  it('where the bucket is missing', () => {
    const { makeRole, create, jobs } = world();
    makeRole('executes', allowing('s3:PutObject'));
    expect(refusalOf(() => create({ S3OutputPath: 's3://missing' })).message).toBe(
      words('missing', 'Job/output/model.tar.gz', 'The specified bucket does not exist'),
    );
    expect(jobs()).toBe(0);
  });
});
