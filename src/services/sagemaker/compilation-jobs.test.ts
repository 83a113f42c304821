import { describe, expect, it } from 'vitest';
import { stranger } from '../../../test/fakes/operation-world.ts';
import { trainingAccount, roleArn, vpcConfig } from '../../../test/fixtures/training-account.ts';
import type { CreateCompilationJobInput } from './compilation-job-members.ts';
import type { Operation } from '../operation.ts';
import { addTags } from './operations/add-tags.ts';
import { createCompilationJob } from './operations/create-compilation-job.ts';
import { deleteCompilationJob } from './operations/delete-compilation-job.ts';
import { deleteTags } from './operations/delete-tags.ts';
import { describeCompilationJob } from './operations/describe-compilation-job.ts';
import { listTags } from './operations/list-tags.ts';
import { stopCompilationJob } from './operations/stop-compilation-job.ts';

type Change = Partial<Record<keyof CreateCompilationJobInput, unknown>>;
const name = 'First-Job';
const arn = 'arn:aws:sagemaker:us-west-2:111122223333:compilation-job/first-job';
const InputConfig = { S3Uri: 's3://data/model.tar.gz', Framework: 'XGBOOST' };
const OutputConfig = { S3OutputLocation: 's3://data/out', TargetDevice: 'ml_c5' };
const LINUX = { Os: 'LINUX', Arch: 'X86_64' };
const request = (change: Change = {}): CreateCompilationJobInput =>
  ({
    CompilationJobName: name,
    RoleArn: roleArn,
    InputConfig,
    OutputConfig,
    StoppingCondition: { MaxRuntimeInSeconds: 900 },
    VpcConfig: vpcConfig,
    ...change,
  }) as CreateCompilationJobInput;
const able = { networkRefusal: undefined };

function account() {
  const { world } = trainingAccount();
  return {
    world,
    jobs: world.store.sagemaker.compilationJobs,
    create: (change: Change = {}) => world.run(createCompilationJob, request(change), able),
    refusal: (change: Change) => world.refusal(createCompilationJob, request(change), able),
  };
}

describe('CreateCompilationJob', () => {
  it('stores the job, wakes who runs it, and DescribeCompilationJob has FailureReason and ModelArtifacts at once', () => {
    const { world, create } = account();
    expect(create({ Tags: [{ Key: 'a', Value: 'b' }] })).toEqual({ CompilationJobArn: arn });
    expect(world.woken).toEqual(['jobs']);
    expect(world.run(describeCompilationJob, { CompilationJobName: name })).toMatchObject({
      CompilationJobArn: arn,
      CompilationJobStatus: 'STARTING',
      FailureReason: '',
      ModelArtifacts: { S3ModelArtifacts: 's3://data/out/model-ml_c5.tar.gz' },
      InputConfig,
      OutputConfig,
      VpcConfig: vpcConfig,
    });
  });

  it.each<readonly [string, Change, string]>([
    ['both targets', { OutputConfig: { ...OutputConfig, TargetPlatform: LINUX } }, 'Exactly one of TargetDevice and TargetPlatform'],
    ['no target', { OutputConfig: { S3OutputLocation: 's3://data/out' } }, 'Exactly one of TargetDevice and TargetPlatform'],
    ['no input', { InputConfig: undefined }, "Value null at 'inputConfig' failed to satisfy constraint: Member must not be null"],
    [
      'a version of XGBoost',
      { InputConfig: { ...InputConfig, FrameworkVersion: '1.7' } },
      'Unsupported framework version field for framework XGBOOST',
    ],
    ['an input that is no object', { InputConfig: { ...InputConfig, S3Uri: 's3://data/models/' } }, 'it names no object'],
    ['an input by https', { InputConfig: { ...InputConfig, S3Uri: 'https://data/model.tar.gz' } }, 'only s3:// locations are built'],
    ['options that are nothing', { OutputConfig: { ...OutputConfig, CompilerOptions: 'mcpu=x' } }, 'Invalid CompilerOptions'],
    ['a key', { OutputConfig: { ...OutputConfig, KmsKeyId: 'k' } }, 'Cloister refuses OutputConfig.KmsKeyId: there is no KMS here.'],
    ['a model package', { ModelPackageVersionArn: 'arn' }, 'Cloister refuses ModelPackageVersionArn: there are no model packages here.'],
    ['spot', { StoppingCondition: { MaxWaitTimeInSeconds: 9 } }, 'Cloister refuses StoppingCondition.MaxWaitTimeInSeconds'],
    ['an unknown subnet', { VpcConfig: { ...vpcConfig, Subnets: ['subnet-9'] } }, "The subnet ID 'subnet-9' does not exist"],
    ['two networks', { VpcConfig: { ...vpcConfig, Subnets: ['subnet-1', 'subnet-2'] } }, 'belong to different networks'],
    ['a dedicated VPC', { VpcConfig: { Subnets: ['subnet-2'], SecurityGroupIds: ['sg-2'] } }, 'whose tenancy is dedicated'],
  ])('refuses %s, and stores nothing', (_what, change, message) => {
    const { refusal, jobs } = account();
    expect(refusal(change)).toMatch(/^ValidationException 400: /u);
    expect(refusal(change)).toContain(message);
    expect(jobs.list()).toEqual([]);
  });

  it.each([
    { InputConfig: { ...InputConfig, Framework: 'PYTORCH', FrameworkVersion: '1.8' } },
    { OutputConfig: { S3OutputLocation: 's3://data/out', TargetPlatform: LINUX, CompilerOptions: "{'mcpu': 'skylake'}" } },
    { OutputConfig: { ...OutputConfig, CompilerOptions: '"-O2"' } },
    { VpcConfig: undefined },
  ])('takes %j', (change) => {
    expect(account().create(change)).toEqual({ CompilationJobArn: arn });
  });

  it('a name is used once, whatever its case, and by training jobs too', () => {
    const { create, refusal } = account();
    create();
    const message = `Compilation job names must be unique within an AWS account and region, and a compilation job with this name already exists (${arn})`;
    expect(refusal({})).toBe(`ResourceInUse 400: ${message}`);
    expect(refusal({ CompilationJobName: 'FIRST-JOB' })).toContain('ResourceInUse');
    const both = trainingAccount();
    both.create({ TrainingJobName: name });
    expect(() => both.world.run(createCompilationJob, request(), able)).not.toThrow();
  });
});

it('a job that runs is stopped and not deleted; one that has ended the other way round', () => {
  const { world, create, jobs } = account();
  create();
  const CompilationJobName = name;
  expect(world.refusal(deleteCompilationJob, { CompilationJobName })).toContain('in status STARTING');
  world.run(stopCompilationJob, { CompilationJobName });
  const { stopRequestedAt } = jobs.get(name);
  expect(jobs.get(name).status).toBe('STOPPING');
  world.run(stopCompilationJob, { CompilationJobName });
  expect(jobs.get(name).stopRequestedAt).toBe(stopRequestedAt);
  world.store.transact(() => jobs.update(name, { status: 'STOPPED', saga: 'ended' }));
  expect(world.refusal(stopCompilationJob, { CompilationJobName })).toBe(
    'ValidationException 400: The request was rejected because the compilation job is in status STOPPED.',
  );
  world.run(deleteCompilationJob, { CompilationJobName });
  expect(world.refusal(describeCompilationJob, { CompilationJobName })).toBe('ValidationException 400: Requested resource not found.');
});

it('is not there for another account, and neither is one that nobody created', () => {
  const { world, create, jobs } = account();
  create();
  const before = jobs.list();
  for (const operation of [describeCompilationJob, stopCompilationJob, deleteCompilationJob]) {
    const asked = operation as Operation<{ CompilationJobName: string }, unknown>;
    const notFound = 'ValidationException 400: Requested resource not found.';
    expect(world.refusal(asked, { CompilationJobName: 'another' })).toBe(notFound);
    expect(world.refusal(asked, { CompilationJobName: name }, undefined, stranger)).toBe(notFound);
  }
  expect(jobs.list()).toEqual(before);
});

it('tags are those of the ARN', () => {
  const { world, create } = account();
  create({ Tags: [{ Key: 'a', Value: 'b' }] });
  world.run(addTags, { ResourceArn: arn, Tags: [{ Key: 'c', Value: 'd' }] });
  expect(world.run(listTags, { ResourceArn: arn }).Tags).toEqual([
    { Key: 'a', Value: 'b' },
    { Key: 'c', Value: 'd' },
  ]);
  world.run(deleteTags, { ResourceArn: arn, TagKeys: ['a'] });
  expect(world.run(listTags, { ResourceArn: arn }).Tags).toEqual([{ Key: 'c', Value: 'd' }]);
});
