import { describe, expect, it } from 'vitest';
import { allowing, iamWorld, refusalOf, region, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import { putObject } from '../../../test/fixtures/object.ts';
import { Accounts } from '../../access/accounts.ts';
import type { Principal } from '../../model/policy/principal.ts';
import { ec2 } from '../ec2/registry.ts';
import { iam } from '../iam/registry.ts';
import type { Operation, OperationContext } from '../operation.ts';
import { s3 } from '../s3/registry.ts';
import { createTrainingJob } from './operations/create-training-job.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/** What is judged of a job's input when the job is created, by the policies as they are stored. */

const otherId = '210987654321';
const otherRoot: Principal = { type: 'root', accountId: otherId, arn: `arn:aws:iam::${otherId}:root` };
const roleArn = 'arn:aws:iam::123456789012:role/executes';
const dataArns = ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'];
const uses = allowing(['s3:ListBucket', 's3:GetObject', 's3:PutObject']);

/** `train/rows.csv` is in the bucket `data`. */
function world(owner?: Principal) {
  const made = iamWorld();
  const { store, call, clock, makeRole } = made;
  new Accounts({ ...made, accountId: '123456789012' }).create({ accountId: otherId });
  call(s3.CreateBucket, { Bucket: 'data', CreateBucketConfiguration: { LocationConstraint: region } }, owner);
  putObject(store.s3.objects, 'data', 'train/rows.csv', clock.now());
  const VpcId = call(ec2.CreateVpc, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId ?? '';
  const subnet = call(ec2.CreateSubnet, { VpcId, CidrBlock: '10.0.1.0/24' }).Subnet?.SubnetId ?? '';
  const group = store.ec2.securityGroups.list({ vpcId: VpcId })[0]?.groupId ?? '';
  const refusals: string[] = [];
  const operation: Operation<CreateTrainingJobInput, unknown> = {
    authorize: createTrainingJob.authorize,
    commit(input, context) {
      const recordRefusal: OperationContext['recordRefusal'] = ({ demand }, { verdict }) => void refusals.push(`${verdict} ${demand.action}`);
      return createTrainingJob.commit(input, { ...context, recordRefusal }, { imageIsHere: true, networkRefusal: undefined });
    },
  };
  const create = (S3Uri = 's3://data/train/', S3DataType: 'S3Prefix' | 'ManifestFile' = 'S3Prefix'): unknown =>
    call(operation, {
      TrainingJobName: 'job',
      RoleArn: roleArn,
      AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File' },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: { S3DataType, S3Uri } } }],
      OutputDataConfig: { S3OutputPath: 's3://data/output' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      VpcConfig: { Subnets: [subnet], SecurityGroupIds: [group] },
    });
  const bucketPolicy = (...Statement: readonly object[]): unknown =>
    call(s3.PutBucketPolicy, { Bucket: 'data', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }, owner);
  const jobs = (): readonly string[] => store.sagemaker.trainingJobs.list().map(({ trainingJobName }) => trainingJobName);
  return { call, makeRole, create, bucketPolicy, jobs, refusals };
}

const deny = (more: object = {}): object => ({ Sid: 'Shut', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: dataArns, ...more });
const allow = (Principal: object | string, more: object = {}): object => ({
  Effect: 'Allow',
  Principal,
  Action: 's3:*',
  Resource: dataArns,
  ...more,
});
const onlyThroughEndpoint = { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } } };

describe('a bucket policy that looks at how a request arrives does not refuse the job', () => {
  it.each([
    ['denies unless through an endpoint', { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } }],
    ['denies unless from a VPC', { StringNotEquals: { 'aws:SourceVpc': 'vpc-111bbb22' } }],
    ['denies unless from an address in the VPC', { NotIpAddress: { 'aws:VpcSourceIp': '10.0.0.0/16' } }],
    ['denies whatever comes through no endpoint', { Null: { 'aws:SourceVpce': 'true' } }],
    ['denies unless from an address', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }],
    ['denies what is not encrypted on its way', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['denies what is not signed in the header', { StringNotEquals: { 's3:authType': 'REST-HEADER' } }],
    ['denies all programs but one', { StringNotLike: { 'aws:UserAgent': 'one*' } }],
  ])('that %s', (_what, Condition) => {
    const { makeRole, create, bucketPolicy, jobs, refusals } = world();
    makeRole('executes', uses);
    bucketPolicy(deny({ Condition }));
    create();
    expect([jobs(), refusals]).toEqual([['job'], []]);
  });

  it('that alone allows a role without permissions of its own, through an endpoint', () => {
    const { makeRole, create, bucketPolicy, jobs } = world();
    makeRole('executes');
    bucketPolicy(allow({ AWS: roleArn }, onlyThroughEndpoint));
    create();
    expect(jobs()).toEqual(['job']);
  });

  it('of another account, that allows the role through an endpoint', () => {
    const { makeRole, create, bucketPolicy, jobs } = world(otherRoot);
    makeRole('executes', uses);
    bucketPolicy(allow({ AWS: roleArn }, onlyThroughEndpoint));
    create();
    expect(jobs()).toEqual(['job']);
  });
});

describe('a job that surely cannot read its input is refused, with the reason, and is not there afterwards', () => {
  const session = 'arn:aws:sts::123456789012:assumed-role/executes/SageMaker';
  const notAllowed = `User: ${session} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data"`;
  const noData = (url: string, bucket: string, reason?: string) => ({
    code: 'ValidationException',
    message: `No S3 objects found under S3 URL "${url}" given in input data source. Please ensure that the bucket exists in the selected region (${region}), that objects exist under that S3 prefix, and that the role "${roleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".${reason === undefined ? '' : ` Error message from S3: ${reason}`}`,
  });
  const inTrain = (reason?: string) => noData('s3://data/train/', 'data', reason);

  function refused({ create, jobs }: ReturnType<typeof world>, ...input: Parameters<ReturnType<typeof world>['create']>) {
    const refusal = refusalOf(() => create(...input));
    expect(jobs()).toEqual([]);
    return refusal;
  }

  it('whose role is silent, and the bucket has no policy', () => {
    const made = world();
    made.makeRole('executes', allowing('s3:GetObject'));
    expect(refused(made)).toMatchObject(inTrain(`${notAllowed} because no identity-based policy allows the s3:ListBucket action`));
    expect(made.refusals).toEqual(['deny s3:ListBucket']);
  });

  it("whose role is silent, whatever the bucket's policy denies from elsewhere", () => {
    const made = world();
    made.makeRole('executes');
    made.bucketPolicy(deny({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } } }));
    expect(refused(made)).toMatchObject(inTrain(`${notAllowed} because no identity-based policy allows the s3:ListBucket action`));
  });

  it("whose role's own policy denies it, though the bucket's allows it", () => {
    const made = world();
    made.makeRole('executes', allowing('s3:ListBucket').replace('Allow', 'Deny'));
    made.bucketPolicy(allow({ AWS: roleArn }));
    expect(refused(made)).toMatchObject(inTrain(`${notAllowed} with an explicit deny in an identity-based policy`));
  });

  it('whose role may list another prefix only', () => {
    const made = world();
    made.makeRole('executes', allowing('s3:ListBucket', { Condition: { StringLike: { 's3:prefix': 'validation/*' } } }));
    expect(refused(made)).toMatchObject(inTrain(`${notAllowed} because no identity-based policy allows the s3:ListBucket action`));
  });

  it("whose role's boundary does not allow it", () => {
    const made = world();
    const { Policy } = made.call(iam.CreatePolicy, { PolicyName: 'boundary', PolicyDocument: allowing('ec2:*') });
    made.call(iam.CreateRole, { RoleName: 'executes', AssumeRolePolicyDocument: trustPolicy, PermissionsBoundary: Policy?.Arn });
    made.call(iam.PutRolePolicy, { RoleName: 'executes', PolicyName: 'inline', PolicyDocument: uses });
    expect(refused(made)).toMatchObject(inTrain(`${notAllowed} because no permissions boundary allows the s3:ListBucket action`));
  });

  it("whose bucket's policy denies it unconditionally", () => {
    const made = world();
    made.makeRole('executes', uses);
    made.bucketPolicy(deny());
    expect(refused(made)).toMatchObject(inTrain(`${notAllowed} with an explicit deny in a resource-based policy`));
  });

  it("whose bucket is another account's, in S3's words to strangers", () => {
    const made = world(otherRoot);
    made.makeRole('executes', uses);
    expect(refused(made)).toMatchObject(inTrain('Access Denied'));
    expect(made.refusals).toEqual(['deny s3:ListBucket']);
  });

  it("whose role has no permission of its own in another account's bucket, that allows it through an endpoint", () => {
    const made = world(otherRoot);
    made.makeRole('executes');
    made.bucketPolicy(allow({ AWS: roleArn }, onlyThroughEndpoint));
    expect(refused(made)).toMatchObject(inTrain('Access Denied'));
  });

  it('whose bucket is missing', () => {
    const made = world();
    made.makeRole('executes', uses);
    expect(refused(made, 's3://missing/train/')).toMatchObject(noData('s3://missing/train/', 'missing', 'The specified bucket does not exist'));
  });

  it('whose prefix is empty', () => {
    const made = world();
    made.makeRole('executes', uses);
    expect(refused(made, 's3://data/nothing/')).toMatchObject(noData('s3://data/nothing/', 'data'));
  });

  it('whose manifest is missing, or is not for the role to read', () => {
    const made = world();
    made.makeRole('executes', allowing('s3:GetObject'));
    expect(refused(made, 's3://data/manifest', 'ManifestFile')).toMatchObject(noData('s3://data/manifest', 'data'));
    made.bucketPolicy(deny({ Action: 's3:GetObject' }));
    expect(refused(made, 's3://data/train/rows.csv', 'ManifestFile').message).toContain('not authorized to perform: s3:GetObject');
  });
});

it.each(['s3://data', 's3://data/train', 's3://data/train/rows.csv'])('finds the data below %s', (uri) => {
  const { makeRole, create, jobs } = world();
  makeRole('executes', uses);
  create(uri);
  expect(jobs()).toEqual(['job']);
});
