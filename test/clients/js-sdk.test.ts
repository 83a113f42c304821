import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import * as Logs from '@aws-sdk/client-cloudwatch-logs';
import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import * as SageMaker from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../src/stdx/assert.ts';
import { DaemonProcess, region } from './daemon-process.ts';
import * as demo from './demo-path.ts';

/** The demo's way with the AWS SDK for JavaScript v3, as it is published. The tests go it in order. */

let daemon: DaemonProcess;
let ec2: Ec2.EC2Client;
let iam: Iam.IAMClient;
let logs: Logs.CloudWatchLogsClient;
let s3: S3.S3Client;
let sagemaker: SageMaker.SageMakerClient;
const network = { vpcId: '', subnetId: '', routeTableId: '', groupId: '' };

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const settings = { region, endpoint: daemon.endpoint, credentials: daemon.credentials };
  ec2 = new Ec2.EC2Client(settings);
  iam = new Iam.IAMClient(settings);
  logs = new Logs.CloudWatchLogsClient(settings);
  s3 = new S3.S3Client(settings);
  sagemaker = new SageMaker.SageMakerClient(settings);
});
afterAll(async () => await daemon?.dispose());

const settled = async (name: string) =>
  await SageMaker.waitUntilTrainingJobCompletedOrStopped(
    { client: sagemaker, maxWaitTime: 60, minDelay: 0.5, maxDelay: 1 },
    { TrainingJobName: name },
  );
const describeJob = async (name: string) => await sagemaker.send(new SageMaker.DescribeTrainingJobCommand({ TrainingJobName: name }));
const object = async (key: string): Promise<Uint8Array> => {
  const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket: demo.bucket, Key: key }));
  return await present(Body, 'an object has a body').transformToByteArray();
};
/** The output's key of a job. */
const modelKey = (name: string): string => `output/${name}/output/model.tar.gz`;

it('makes a private network', async () => {
  const vpc = await ec2.send(new Ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcId = present(vpc.Vpc?.VpcId, 'a VPC has an id');
  await Ec2.waitUntilVpcAvailable({ client: ec2, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { VpcIds: [vpcId] });
  const subnet = await ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const table = await ec2.send(new Ec2.CreateRouteTableCommand({ VpcId: vpcId }));
  const group = await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'training', Description: 'training jobs' }));
  Object.assign(network, {
    vpcId,
    subnetId: subnet.Subnet?.SubnetId,
    routeTableId: table.RouteTable?.RouteTableId,
    groupId: group.GroupId,
  });
  const associated = await ec2.send(new Ec2.AssociateRouteTableCommand({ RouteTableId: network.routeTableId, SubnetId: network.subnetId }));
  expect(associated.AssociationState?.State).toBe('associated');
  const { RouteTables } = await ec2.send(
    new Ec2.DescribeRouteTablesCommand({ Filters: [{ Name: 'association.subnet-id', Values: [network.subnetId] }] }),
  );
  expect(RouteTables).toEqual([expect.objectContaining({ RouteTableId: network.routeTableId })]);
  expect(RouteTables?.[0]?.Routes).toEqual([
    { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
  ]);
});

it('puts data into a bucket and makes a role', async () => {
  await s3.send(new S3.CreateBucketCommand({ Bucket: demo.bucket }));
  for (const [name, path] of [
    ['train', demo.trainRows],
    ['validation', demo.validationRows],
  ] as const) {
    await s3.send(new S3.PutObjectCommand({ Bucket: demo.bucket, Key: `${name}/${name}.csv`, Body: readFileSync(path) }));
  }
  const { Role } = await iam.send(new Iam.CreateRoleCommand({ RoleName: demo.roleName, AssumeRolePolicyDocument: demo.trustPolicy }));
  expect(Role?.Arn).toBe(demo.roleArn);
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName: demo.roleName, PolicyName: 'training', PolicyDocument: demo.rolePolicy }));
  const inline = await iam.send(new Iam.GetRolePolicyCommand({ RoleName: demo.roleName, PolicyName: 'training' }));
  expect(decodeURIComponent(inline.PolicyDocument ?? '')).toBe(demo.rolePolicy);
});

it("fails a job without a way to its data, in AWS's words and naming the route table", async () => {
  await sagemaker.send(new SageMaker.CreateTrainingJobCommand(demo.trainingJob('no-endpoint', network)));
  await expect(settled('no-endpoint')).rejects.toThrow(/FAILURE/u);
  const job = await describeJob('no-endpoint');
  expect(job.TrainingJobStatus).toBe('Failed');
  expect(job.FailureReason).toContain(demo.downloadFailed);
  expect(job.FailureReason).toContain(network.routeTableId);
  const { NetworkInterfaces } = await ec2.send(new Ec2.DescribeNetworkInterfacesCommand({}));
  expect(NetworkInterfaces).toEqual([]);
});

it('completes the same job through a gateway endpoint', async () => {
  const { VpcEndpoint } = await ec2.send(
    new Ec2.CreateVpcEndpointCommand({
      VpcId: network.vpcId,
      ServiceName: `com.amazonaws.${region}.s3`,
      RouteTableIds: [network.routeTableId],
    }),
  );
  expect(VpcEndpoint?.State).toBe('available');
  await sagemaker.send(new SageMaker.CreateTrainingJobCommand(demo.trainingJob('with-endpoint', network)));
  expect((await settled('with-endpoint')).state).toBe('SUCCESS');
  const job = await describeJob('with-endpoint');
  expect(job.TrainingJobStatus).toBe('Completed');
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${demo.bucket}/${modelKey('with-endpoint')}`);
  expect(present(job.TrainingEndTime, 'it ended') >= present(job.TrainingStartTime, 'it started')).toBe(true);
  demo.expectXgboostModel(await object(modelKey('with-endpoint')));
});

it("reads the job's log page by page", async () => {
  const { logStreams } = await logs.send(
    new Logs.DescribeLogStreamsCommand({ logGroupName: demo.logGroupName, logStreamNamePrefix: 'with-endpoint/' }),
  );
  expect(logStreams).toHaveLength(1);
  const logStreamName = present(logStreams?.[0]?.logStreamName, 'a stream has a name');
  expect(logStreamName).toMatch(/^with-endpoint\/algo-1-\d+$/u);
  const input = { logGroupName: demo.logGroupName, logStreamName, startFromHead: true };
  const whole = await logs.send(new Logs.GetLogEventsCommand(input));
  const pages: string[][] = [];
  for await (const page of Logs.paginateGetLogEvents({ client: logs, pageSize: 2, stopOnSameToken: true }, input)) {
    pages.push((page.events ?? []).map(({ message }) => message ?? ''));
  }
  expect(pages.length).toBeGreaterThan(2);
  expect(Math.max(...pages.map(({ length }) => length))).toBe(2);
  expect(pages.flat()).toEqual(whole.events?.map(({ message }) => message));
  expect(pages.flat().join('\n')).toMatch(/validation-logloss/u);
});

it('stops a running job and keeps what it had written', async () => {
  await sagemaker.send(new SageMaker.CreateTrainingJobCommand(demo.endlessJob('endless', network)));
  await expect.poll(async () => (await describeJob('endless')).SecondaryStatus, { timeout: 30_000, interval: 200 }).toBe('Training');
  await expect
    .poll(
      async () =>
        (await logs.send(new Logs.FilterLogEventsCommand({ logGroupName: demo.logGroupName, logStreamNamePrefix: 'endless/' }))).events?.length,
      { timeout: 20_000, interval: 200 },
    )
    .toBe(1);
  await sagemaker.send(new SageMaker.StopTrainingJobCommand({ TrainingJobName: 'endless' }));
  await settled('endless');
  const job = await describeJob('endless');
  expect(job.TrainingJobStatus).toBe('Stopped');
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toContain('Stopping');
  const archive = await object(modelKey('endless'));
  expect([demo.fileOfArchive(archive, 'first'), demo.fileOfArchive(archive, 'last')]).toEqual(['first', 'last']);
});

it('lists the jobs', async () => {
  const names: (string | undefined)[] = [];
  for await (const page of SageMaker.paginateListTrainingJobs(
    { client: sagemaker, pageSize: 1 },
    { SortBy: 'CreationTime', SortOrder: 'Ascending' },
  )) {
    expect(page.TrainingJobSummaries).toHaveLength(1);
    names.push(page.TrainingJobSummaries?.[0]?.TrainingJobName);
  }
  expect(names).toEqual(['no-endpoint', 'with-endpoint', 'endless']);
  const failed = await sagemaker.send(new SageMaker.ListTrainingJobsCommand({ StatusEquals: 'Failed' }));
  expect(failed.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual(['no-endpoint']);
});

it('filters and pages what EC2 describes', async () => {
  for (let index = 10; index < 16; index += 1) {
    await ec2.send(
      new Ec2.CreateSubnetCommand({
        VpcId: network.vpcId,
        CidrBlock: `10.0.${index}.0/24`,
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'purpose', Value: index < 12 ? 'few' : 'many' }] }],
      }),
    );
  }
  const sizes: (number | undefined)[] = [];
  for await (const page of Ec2.paginateDescribeSubnets({ client: ec2, pageSize: 5 }, {})) sizes.push(page.Subnets?.length);
  expect(sizes).toEqual([5, 2]);
  const tagged = await ec2.send(new Ec2.DescribeSubnetsCommand({ Filters: [{ Name: 'tag:purpose', Values: ['f*'] }] }));
  expect(tagged.Subnets?.map(({ CidrBlock }) => CidrBlock).toSorted()).toEqual(['10.0.10.0/24', '10.0.11.0/24']);
});

it.each(['CRC32', 'CRC64NVME'] as const)('uploads in parts with %s', async (algorithm) => {
  const body = demo.largeBody();
  const target = { Bucket: demo.bucket, Key: `large-${algorithm}` };
  const { UploadId } = await s3.send(new S3.CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: algorithm }));
  const pieces = [body.subarray(0, 6 << 20), body.subarray(6 << 20)];
  const parts: S3.CompletedPart[] = [];
  for (const [index, piece] of pieces.entries()) {
    const part = { ...target, UploadId, PartNumber: index + 1 };
    const { ETag, ChecksumCRC32, ChecksumCRC64NVME } = await s3.send(
      new S3.UploadPartCommand({ ...part, Body: piece, ChecksumAlgorithm: algorithm }),
    );
    parts.push({ PartNumber: index + 1, ETag, ChecksumCRC32, ChecksumCRC64NVME });
    expect(algorithm === 'CRC32' ? ChecksumCRC32 : ChecksumCRC64NVME).toMatch(/=$/u);
  }
  const { ETag } = await s3.send(new S3.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
  expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/u);
  // The client checks the checksum of what it reads.
  const read = await s3.send(new S3.GetObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
  const bytes = await present(read.Body, 'an object has a body').transformToByteArray();
  expect(sha256(bytes)).toBe(sha256(body));
});

it('gives refusals as the client knows them', async () => {
  await expect(s3.send(new S3.ListObjectsV2Command({ Bucket: 'nobodys-bucket' }))).rejects.toBeInstanceOf(S3.NoSuchBucket);
  await expect(s3.send(new S3.GetObjectCommand({ Bucket: demo.bucket, Key: 'nothing' }))).rejects.toBeInstanceOf(S3.NoSuchKey);
  await expect(ec2.send(new Ec2.DescribeVpcsCommand({ VpcIds: ['vpc-0123456789abcdef0'] }))).rejects.toMatchObject({
    name: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-0123456789abcdef0' does not exist",
    $metadata: { httpStatusCode: 400 },
  });
  const unnamed = { ...demo.trainingJob('x', network), TrainingJobName: '-no-name-' };
  await expect(sagemaker.send(new SageMaker.CreateTrainingJobCommand(unnamed))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(
      /^1 validation error detected: Value '-no-name-' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: /u,
    ),
  });
  await expect(describeJob('nobodys-job')).rejects.toMatchObject({ name: 'ValidationException', message: 'Requested resource not found.' });
  await expect(sagemaker.send(new SageMaker.CreateTrainingJobCommand(demo.trainingJob('endless', network)))).rejects.toBeInstanceOf(
    SageMaker.ResourceInUse,
  );
  await expect(iam.send(new Iam.GetRoleCommand({ RoleName: 'nobody' }))).rejects.toBeInstanceOf(Iam.NoSuchEntityException);
});

it('speaks TLS on the same port, and only with a trusted authority', async () => {
  const settings = { region, endpoint: daemon.secureEndpoint, credentials: daemon.credentials, maxAttempts: 1 };
  const httpsAgent = new Agent({ ca: readFileSync(daemon.certificateAuthority) });
  const trusting = new STSClient({ ...settings, requestHandler: { httpsAgent } });
  expect((await trusting.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000');
  const trustingS3 = new S3.S3Client({ ...settings, requestHandler: { httpsAgent } });
  await trustingS3.send(new S3.PutObjectCommand({ Bucket: demo.bucket, Key: 'over-tls', Body: 'sealed' }));
  expect(Buffer.from(await object('over-tls')).toString()).toBe('sealed');
  await expect(new STSClient(settings).send(new GetCallerIdentityCommand({}))).rejects.toThrow(/certificate/u);
  httpsAgent.destroy();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
