import { beforeEach, describe, expect, it } from 'vitest';
import { accountId } from '../../../test/fakes/operation-world.ts';
import { request, roleArn, trainingAccount, vpcConfig } from '../../../test/fixtures/training-account.ts';
import { advance } from '../../model/job/training-job.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import { describeTrainingJob } from './operations/describe-training-job.ts';
import { stopTrainingJob } from './operations/stop-training-job.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

let account: ReturnType<typeof trainingAccount>;
beforeEach(() => {
  account = trainingAccount();
});

describe('CreateTrainingJob', () => {
  it('stores the job, wakes its reconciler and answers the ARN in lower case', () => {
    expect(account.create()).toEqual({ TrainingJobArn: `arn:aws:sagemaker:us-west-2:${accountId}:training-job/first-job` });
    expect(account.world.woken).toEqual(['jobs']);
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

  it("refuses a repository of ECR that is not here in AWS's words, and says how to have an image of this name", () => {
    const TrainingImage = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';
    const AlgorithmSpecification = { TrainingImage, TrainingInputMode: 'File' } as const;
    const refusal = account.refusal({ AlgorithmSpecification }, { imageIsHere: false, networkRefusal: undefined });
    expect(refusal).toContain(
      `Cannot find repository: sagemaker-scikit-learn in registry ID: 683313688378 Please check if your ECR repository exists and role ${roleArn} has proper pull permissions for SageMaker: ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer. Cloister runs images`,
    );
    expect(refusal).toContain('cloister image build python makes cloister/python');
    expect(refusal).toContain('cloister up --map-image FROM=TO');
    expect(account.jobs()).toEqual([]);
  });

  it('refuses jobs where the machine cannot enforce their networks, with the reason', () => {
    const refusal = account.refusal({}, { imageIsHere: true, networkRefusal: 'nftables: not installed. Install nftables.' });
    expect(refusal).toContain('this machine cannot enforce their networks. nftables: not installed.');
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

  it('is closed to who may not describe or stop it', () => {
    account.create();
    account.world.refused.add('sagemaker:DescribeTrainingJob').add('sagemaker:StopTrainingJob');
    expect(account.world.refusal(describeTrainingJob, { TrainingJobName: 'First-Job' })).toContain('AccessDenied');
    expect(account.world.refusal(stopTrainingJob, { TrainingJobName: 'First-Job' })).toContain('AccessDenied');
    expect(account.jobs()[0]?.status).toBe('InProgress');
  });
});
