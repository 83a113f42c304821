import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import * as SageMaker from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../src/stdx/assert.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import { refused } from '../conformance/ec2/provider.ts';
import { DaemonProcess, region } from './daemon-process.ts';
import * as demo from './demo-path.ts';

/**
 * The calls that Terraform's AWS provider makes for aws_sagemaker_training_job, of a real job: created as soon as IAM knows the role,
 * asked about until it has settled, updated, stopped, deleted, asked about until nobody knows it, and its interfaces looked for.
 * The tests go in order.
 */

const pollMs = 200;
const settleMs = 60_000;

let daemon: DaemonProcess;
let ec2: Ec2.EC2Client;
let iam: Iam.IAMClient;
let sagemaker: SageMaker.SageMakerClient;
let vpcId: string;
let network: demo.PrivateNetwork;

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const settings = { region, endpoint: daemon.endpoint, credentials: daemon.credentials };
  ec2 = new Ec2.EC2Client(settings);
  iam = new Iam.IAMClient(settings);
  sagemaker = new SageMaker.SageMakerClient(settings);
  const s3 = new S3.S3Client(settings);
  await s3.send(new S3.CreateBucketCommand({ Bucket: demo.bucket }));
  await s3.send(new S3.PutObjectCommand({ Bucket: demo.bucket, Key: 'train/rows.csv', Body: '1,2\n' }));
  const { Vpc } = await ec2.send(new Ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  vpcId = present(Vpc?.VpcId, 'a VPC has an id');
  const { Subnet } = await ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }));
  const { GroupId } = await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'training', Description: 'training' }));
  network = { subnetId: present(Subnet?.SubnetId, 'a subnet has an id'), groupId: present(GroupId, 'a group has an id') };
  const { RouteTables = [] } = await ec2.send(new Ec2.DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
  const RouteTableIds = RouteTables.map(({ RouteTableId = '' }) => RouteTableId);
  await ec2.send(new Ec2.CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName: `com.amazonaws.${region}.s3`, RouteTableIds }));
});
afterAll(async () => await daemon?.dispose());

/** What a resource of a configuration becomes. */
const requestOf = (name: string): SageMaker.CreateTrainingJobCommandInput => ({
  ...demo.endlessJob(name, network),
  InputDataConfig: [demo.channel('train')],
  EnableInterContainerTrafficEncryption: false,
  EnableManagedSpotTraining: false,
  EnableNetworkIsolation: false,
  Tags: [{ Key: 'Name', Value: 'mine' }],
});

const create = async (name: string) => await sagemaker.send(new SageMaker.CreateTrainingJobCommand(requestOf(name)));
const describe = async (name: string) => await sagemaker.send(new SageMaker.DescribeTrainingJobCommand({ TrainingJobName: name }));
const messageOf = async (call: Promise<unknown>): Promise<string> =>
  await call.then(
    () => 'not refused',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** A provider asks again and again, and takes no other status on the way than those that it knows. */
async function settles(name: string, pending: readonly SageMaker.TrainingJobStatus[], target: SageMaker.TrainingJobStatus): Promise<void> {
  for (let waitedMs = 0; waitedMs < settleMs; waitedMs += pollMs) {
    const { TrainingJobStatus } = await describe(name);
    if (TrainingJobStatus === target) return;
    expect(pending).toContain(TrainingJobStatus);
    await sleep(pollMs);
  }
  throw new Error(`${name} is not ${target}`);
}

const interfaces = async (): Promise<readonly Ec2.NetworkInterface[]> => {
  const Filters = [
    { Name: 'group-id', Values: [network.groupId] },
    { Name: 'subnet-id', Values: [network.subnetId] },
  ];
  return (await ec2.send(new Ec2.DescribeNetworkInterfacesCommand({ Filters }))).NetworkInterfaces ?? [];
};

it('is refused, in the words for which a provider tries again, until the role is there and may read', async () => {
  expect(await messageOf(create('first'))).toMatch(/^ValidationException: Could not assume role/u);
  await iam.send(new Iam.CreateRoleCommand({ RoleName: demo.roleName, AssumeRolePolicyDocument: demo.trustPolicy }));
  const refusal = await messageOf(create('first'));
  expect(refusal).toMatch(/^ValidationException: /u);
  expect(refusal).toContain('no identity-based policy allows the s3:ListBucket action');
  const policy = { RoleName: demo.roleName, PolicyName: 'training', PolicyDocument: demo.rolePolicy };
  await iam.send(new Iam.PutRolePolicyCommand(policy));
  expect((await create('first')).TrainingJobArn).toBe(`arn:aws:sagemaker:${region}:000000000000:training-job/first`);
});

it('reads the same twice, and as it was asked for', async () => {
  const training = async (): Promise<string | undefined> => (await describe('first')).SecondaryStatus;
  await expect.poll(training, { timeout: settleMs, interval: pollMs }).toBe('Training');
  const { $metadata: _, ...read } = await describe('first');
  const { $metadata: __, ...again } = await describe('first');
  expect(again).toEqual(read);
  const { Tags, ...asked } = requestOf('first');
  expect(read).toMatchObject(asked);
  const { Tags: listed } = await sagemaker.send(new SageMaker.ListTagsCommand({ ResourceArn: read.TrainingJobArn }));
  expect(listed).toEqual(Tags);
});

it('changes what may change while it runs', async () => {
  const ProfilerConfig = { DisableProfiler: true };
  const update = new SageMaker.UpdateTrainingJobCommand({
    TrainingJobName: 'first',
    ProfilerConfig,
    ResourceConfig: { KeepAlivePeriodInSeconds: 0 },
  });
  expect((await sagemaker.send(update)).TrainingJobArn).toContain(':training-job/first');
  expect((await describe('first')).ProfilerConfig).toEqual(ProfilerConfig);
  const warm = new SageMaker.UpdateTrainingJobCommand({ TrainingJobName: 'first', ResourceConfig: { KeepAlivePeriodInSeconds: 60 } });
  expect(await messageOf(sagemaker.send(warm))).toContain('ResourceConfig.KeepAlivePeriodInSeconds');
});

it('keeps its interfaces while it runs, whoever detaches and deletes them', async () => {
  const found = await interfaces();
  expect(found).toHaveLength(2);
  for (const { NetworkInterfaceId, Attachment } of found) {
    const detach = new Ec2.DetachNetworkInterfaceCommand({ AttachmentId: Attachment?.AttachmentId, Force: true });
    expect(await messageOf(ec2.send(detach))).toBe("OperationNotPermitted: You are not allowed to manage 'ela-attach' attachments.");
    expect(await messageOf(ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId })))).toBe(
      `InvalidParameterValue: Network interface '${NetworkInterfaceId}' is currently in use.`,
    );
  }
  expect(await interfaces()).toEqual(found);
});

it('is deleted when it was stopped and has settled, and is not known then', async () => {
  const TrainingJobName = 'first';
  const remove = async () => await sagemaker.send(new SageMaker.DeleteTrainingJobCommand({ TrainingJobName }));
  expect(await refused(remove())).toBe('ResourceInUse');
  expect((await describe(TrainingJobName)).TrainingJobStatus).toBe('InProgress');
  await sagemaker.send(new SageMaker.StopTrainingJobCommand({ TrainingJobName }));
  await settles(TrainingJobName, ['InProgress', 'Stopping'], 'Stopped');
  await remove();
  for (const call of [describe(TrainingJobName), remove()]) expect(await messageOf(call)).toBe('ValidationException: Requested resource not found.');
  expect((await sagemaker.send(new SageMaker.ListTrainingJobsCommand({}))).TrainingJobSummaries).toEqual([]);
});

it('leaves no interface to clean up, and one of the own in its place goes as a leftover goes', async () => {
  expect(await interfaces()).toEqual([]);
  const own = new Ec2.CreateNetworkInterfaceCommand({ SubnetId: network.subnetId, Groups: [network.groupId] });
  await ec2.send(own);
  for (const { NetworkInterfaceId, Attachment } of await interfaces()) {
    expect(Attachment).toBeUndefined();
    await ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  }
  expect(await interfaces()).toEqual([]);
});

it('lets its group and subnet be destroyed at once, and its name be taken again', async () => {
  expect((await create('first')).TrainingJobArn).toContain(':training-job/first');
  await sagemaker.send(new SageMaker.StopTrainingJobCommand({ TrainingJobName: 'first' }));
  await settles('first', ['InProgress', 'Stopping'], 'Stopped');
  await sagemaker.send(new SageMaker.DeleteTrainingJobCommand({ TrainingJobName: 'first' }));
  await ec2.send(new Ec2.DeleteSecurityGroupCommand({ GroupId: network.groupId }));
  await ec2.send(new Ec2.DeleteSubnetCommand({ SubnetId: network.subnetId }));
});
