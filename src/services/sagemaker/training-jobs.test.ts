import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld, accountId, alice } from '../../../test/fakes/operation-world.ts';
import { trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { putObject } from '../../../test/fixtures/object.ts';
import type { Access } from '../../access/access.ts';
import { advance } from '../../model/job/training-job.ts';
import { createRole } from '../iam/operations/create-role.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import { describeTrainingJob } from './operations/describe-training-job.ts';
import { listTrainingJobs } from './operations/list-training-jobs.ts';
import { stopTrainingJob } from './operations/stop-training-job.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

const roleArn = `arn:aws:iam::${accountId}:role/training`;
const vpcConfig = { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] };
const here = { imageIsHere: true, networkRefusal: undefined };

const request = (change: Partial<CreateTrainingJobInput> = {}): CreateTrainingJobInput => ({
  TrainingJobName: 'First-Job',
  RoleArn: roleArn,
  AlgorithmSpecification: { TrainingImage: 'cloister/gbt', TrainingInputMode: 'File' },
  InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/' } } }],
  OutputDataConfig: { S3OutputPath: 's3://data/output' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  VpcConfig: vpcConfig,
  ...change,
});

/** An account with two VPCs, one of them dedicated, a bucket with data and a role. Its roles are assumable: policies are tested where they are. */
function trainingWorld() {
  const world = new OperationWorld();
  Object.assign(world.access, { assumeRole: () => ({ principal: alice }) } satisfies Partial<Record<keyof Access, unknown>>);
  const owned = { ownerId: accountId, createdAt: world.clock.now().toISOString() };
  const { ec2, s3 } = world.store;
  const addVpc = (number: number, instanceTenancy: 'default' | 'dedicated'): void => {
    const vpcId = `vpc-${number}`;
    const dns = { enableDnsSupport: true, enableDnsHostnames: false, dhcpOptionsId: 'dopt-1' };
    ec2.vpcs.insert({ ...owned, ...dns, vpcId, number, generation: 1, cidrBlocks: [], instanceTenancy, isDefault: false });
    const place = { vpcId, cidrBlock: '10.0.0.0/24', availabilityZone: 'us-west-2a' };
    ec2.subnets.insert({ ...owned, ...place, subnetId: `subnet-${number}`, mapPublicIpOnLaunch: false });
    ec2.securityGroups.insert({ ...owned, groupId: `sg-${number}`, groupName: 'g', description: 'g', vpcId, rules: [] });
  };
  world.store.transact(() => {
    addVpc(1, 'default');
    addVpc(2, 'dedicated');
    s3.buckets.insert({ ...owned, bucketName: 'data', region: world.region });
    putObject(s3.objects, 'data', 'train/rows.csv', world.clock.now());
  });
  world.run(createRole, { RoleName: 'training', AssumeRolePolicyDocument: trustPolicy });
  return {
    world,
    create: (change: Partial<CreateTrainingJobInput> = {}) => world.run(createTrainingJob, request(change), here),
    refusal: (change: Partial<CreateTrainingJobInput>, answers: MachineAnswers = here) => world.refusal(createTrainingJob, request(change), answers),
    jobs: () => world.store.sagemaker.trainingJobs.list(),
  };
}

interface MachineAnswers {
  readonly imageIsHere: boolean;
  readonly networkRefusal: string | undefined;
}

let account: ReturnType<typeof trainingWorld>;
beforeEach(() => {
  account = trainingWorld();
});

describe('CreateTrainingJob', () => {
  it('stores the job, wakes its reconciler and answers the ARN in lower case', () => {
    expect(account.create()).toEqual({ TrainingJobArn: `arn:aws:sagemaker:us-west-2:${accountId}:training-job/first-job` });
    expect(account.world.woken).toEqual(['training-jobs']);
    const job = account.world.run(describeTrainingJob, { TrainingJobName: 'First-Job' });
    expect(job).toMatchObject({ TrainingJobStatus: 'InProgress', SecondaryStatus: 'Starting', VpcConfig: vpcConfig, RoleArn: roleArn });
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe('s3://data/output/First-Job/output/model.tar.gz');
  });

  it('says in the status message what the machine has less of than the instance type', () => {
    const messageOf = (TrainingJobName: string, InstanceType: 'ml.m5.large' | 'ml.m5.24xlarge'): string | undefined => {
      account.create({ TrainingJobName, ResourceConfig: { InstanceType, InstanceCount: 1, VolumeSizeInGB: 1 } });
      return account.world.run(describeTrainingJob, { TrainingJobName }).SecondaryStatusTransitions?.[0]?.StatusMessage;
    };
    expect(messageOf('small', 'ml.m5.large')).toBe('Preparing the instances for training');
    expect(messageOf('large', 'ml.m5.24xlarge')).toBe(
      'Preparing the instances for training. ml.m5.24xlarge asks for 96 vCPUs and 384 GiB; this machine gives 2 and 24 GiB.',
    );
  });

  it.each(['ml.g5.xlarge', 'ml.trn1.2xlarge'] as const)('refuses %s where the machine has no such accelerator', (InstanceType) => {
    expect(account.refusal({ ResourceConfig: { InstanceType, InstanceCount: 1, VolumeSizeInGB: 1 } })).toMatch(
      /^ValidationException 400: Cloister refuses ResourceConfig\.InstanceType: ml\.(g5|trn1)\./,
    );
    expect(account.jobs()).toEqual([]);
  });

  it('demands the action with the keys of its VpcConfig, and iam:PassRole', () => {
    const [create, pass] = account.world.demands(createTrainingJob, request());
    expect(create).toMatchObject({
      action: 'sagemaker:CreateTrainingJob',
      context: { 'sagemaker:VpcSubnets': ['subnet-1'], 'sagemaker:VpcSecurityGroupIds': ['sg-1'], 'sagemaker:NetworkIsolation': ['false'] },
    });
    expect(pass).toMatchObject({ action: 'iam:PassRole', resource: roleArn });
  });

  it('demands with the keys of its limits and tags', () => {
    const [create] = account.world.demands(createTrainingJob, {
      ...request(),
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
      Tags: [{ Key: 'team', Value: 'vision' }],
    });
    expect(create).toMatchObject({
      context: {
        'sagemaker:InstanceTypes': [request().ResourceConfig?.InstanceType],
        'sagemaker:MaxRuntimeInSeconds': ['600'],
        'aws:TagKeys': ['team'],
        'aws:RequestTag/team': ['vision'],
      },
    });
  });

  it.each(['sagemaker:CreateTrainingJob', 'iam:PassRole'])('changes nothing for who may not %s', (action) => {
    account.world.refused.add(action);
    expect(account.refusal({})).toContain(`not authorized to perform: ${action}`);
    expect(account.jobs()).toEqual([]);
  });

  const cases: readonly (readonly [string, Partial<CreateTrainingJobInput>, string])[] = [
    [
      'a subnet that does not exist',
      { VpcConfig: { ...vpcConfig, Subnets: ['subnet-9'] } },
      "The subnet ID 'subnet-9' does not exist (EC2 error code: InvalidSubnetID.NotFound)",
    ],
    [
      'a group that does not exist',
      { VpcConfig: { ...vpcConfig, SecurityGroupIds: ['sg-9'] } },
      "The security group 'sg-9' does not exist (EC2 error code: InvalidGroup.NotFound)",
    ],
    [
      'subnets of two VPCs',
      { VpcConfig: { ...vpcConfig, Subnets: ['subnet-1', 'subnet-2'] } },
      'Subnets subnet-1 and subnet-2 belong to different networks.',
    ],
    [
      'a group of another VPC',
      { VpcConfig: { ...vpcConfig, SecurityGroupIds: ['sg-2'] } },
      'Security group sg-2 and subnet subnet-1 belong to different networks.',
    ],
    ['dedicated tenancy', { VpcConfig: { Subnets: ['subnet-2'], SecurityGroupIds: ['sg-2'] } }, 'whose tenancy is dedicated'],
    [
      'no StoppingCondition',
      { StoppingCondition: undefined },
      "Value null at 'stoppingCondition' failed to satisfy constraint: Member must not be null",
    ],
    ['spot training', { EnableManagedSpotTraining: true }, 'Cloister refuses EnableManagedSpotTraining'],
  ];
  it.each(cases)('refuses %s and stores nothing', (_what, change, message) => {
    expect(account.refusal(change)).toMatch(/^ValidationException 400: /u);
    expect(account.refusal(change)).toContain(message);
    expect(account.jobs()).toEqual([]);
  });

  it('accepts members that ask for nothing', () => {
    expect(() =>
      account.create({ EnableManagedSpotTraining: false, EnableNetworkIsolation: false, Tags: [], DebugRuleConfigurations: [] }),
    ).not.toThrow();
  });

  it('echoes places for files that nothing fills, and says so in the status message', () => {
    const places = { DebugHookConfig: { S3OutputPath: 's3://data/' }, ProfilerConfig: { S3OutputPath: 's3://data/', DisableProfiler: false } };
    account.create(places);
    const job = account.world.run(describeTrainingJob, { TrainingJobName: 'First-Job' });
    expect(job).toMatchObject({ ...places, ProfilingStatus: 'Disabled' });
    expect(job.SecondaryStatusTransitions?.[0]?.StatusMessage).toBe(
      'Preparing the instances for training. Nothing is collected for DebugHookConfig and ProfilerConfig.',
    );
  });

  it('refuses an image that is not here, naming those that come with Cloister', () => {
    expect(account.refusal({}, { imageIsHere: false, networkRefusal: undefined })).toContain('built in: cloister/base, cloister/gbt');
  });

  it('refuses VpcConfig where the machine cannot enforce it, with the reason', () => {
    const refusal = account.refusal({}, { imageIsHere: true, networkRefusal: 'nftables: not installed. Install nftables.' });
    expect(refusal).toContain('this machine cannot enforce a private network. nftables: not installed.');
    expect(account.jobs()).toEqual([]);
  });

  it('refuses a name that is taken', () => {
    account.create();
    expect(account.refusal({})).toMatch(/^ResourceInUse 400: Training job names must be unique .*training-job\/first-job\)$/u);
  });
});

describe('a stored training job', () => {
  it("is not found under another name, in AWS's words", () => {
    expect(account.world.refusal(describeTrainingJob, { TrainingJobName: 'other' })).toBe('ValidationException 400: Requested resource not found.');
    expect(account.world.refusal(stopTrainingJob, { TrainingJobName: 'other' })).toBe('ValidationException 400: Requested resource not found.');
  });

  it('is Stopping once it was asked to stop, and cannot be stopped when it has ended', () => {
    account.create();
    account.world.run(stopTrainingJob, { TrainingJobName: 'First-Job' });
    expect(account.world.run(describeTrainingJob, { TrainingJobName: 'First-Job' }).TrainingJobStatus).toBe('Stopping');
    const { trainingJobs } = account.world.store.sagemaker;
    account.world.store.transact(() => {
      trainingJobs.update('First-Job', advance(trainingJobs.get('First-Job'), 'Stopped', account.world.clock.now().toISOString()));
    });
    expect(account.world.refusal(stopTrainingJob, { TrainingJobName: 'First-Job' })).toContain(
      'The request was rejected because the training job is in status Stopped.',
    );
  });

  it('is listed newest first, in pages, and filtered by status after a page was taken', () => {
    for (const name of ['a', 'b', 'c']) {
      account.create({ TrainingJobName: name });
      account.world.clock.advance(1_000);
    }
    const first = account.world.run(listTrainingJobs, { MaxResults: 2 });
    expect(first.TrainingJobSummaries?.map((job) => job.TrainingJobName)).toEqual(['c', 'b']);
    const second = account.world.run(listTrainingJobs, { MaxResults: 2, NextToken: first.NextToken ?? '' });
    expect([second.TrainingJobSummaries?.map((job) => job.TrainingJobName), second.NextToken]).toEqual([['a'], undefined]);
    const filtered = account.world.run(listTrainingJobs, { MaxResults: 2, StatusEquals: 'Completed' });
    expect([filtered.TrainingJobSummaries, filtered.NextToken === undefined]).toEqual([[], false]);
  });

  it('is closed to who may not describe or stop it', () => {
    account.create();
    account.world.refused.add('sagemaker:DescribeTrainingJob').add('sagemaker:StopTrainingJob');
    expect(account.world.refusal(describeTrainingJob, { TrainingJobName: 'First-Job' })).toContain('AccessDenied');
    expect(account.world.refusal(stopTrainingJob, { TrainingJobName: 'First-Job' })).toContain('AccessDenied');
    expect(account.jobs()[0]?.status).toBe('InProgress');
  });

  it('is not listed for who may not list', () => {
    account.world.refused.add('sagemaker:ListTrainingJobs');
    expect(account.world.refusal(listTrainingJobs, {})).toContain('AccessDenied');
  });
});
