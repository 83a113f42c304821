import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Logs from '@aws-sdk/client-cloudwatch-logs';
import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import * as SageMaker from '@aws-sdk/client-sagemaker';
import * as Sts from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registries } from '../../src/daemon/registries.ts';
import { present } from '../../src/stdx/assert.ts';
import { DaemonProcess, region } from './daemon-process.ts';
import * as demo from './demo-path.ts';
import { absent, gone, leastOnPage, onePage, waitedInVain } from './pages.ts';

/** Every waiter and paginator that the AWS SDK for JavaScript v3 has for operations that are built. */

const packages = { ec2: Ec2, iam: Iam, logs: Logs, s3: S3, sagemaker: SageMaker, sts: Sts } as const;
const packageNames = { ec2: 'ec2', iam: 'iam', logs: 'cloudwatch-logs', s3: 's3', sagemaker: 'sagemaker', sts: 'sts' } as const;
type Service = keyof typeof packages;
// Waiters, commands and paginators are called by the names found in the SDK's files: no type of the SDK knows them, hence `any` below.
const services = Object.keys(packages) as Service[];

let daemon: DaemonProcess;
let clients: Readonly<Record<Service, any>>;
let ec2: Ec2.EC2Client;
let iam: Iam.IAMClient;
let logs: Logs.CloudWatchLogsClient;
let s3: S3.S3Client;
let sagemaker: SageMaker.SageMakerClient;

/** What there is to page through, and its ids. */
const made = {
  vpcIds: [''],
  subnetIds: [''],
  networkInterfaceIds: [''],
  groupId: '',
  prefixListId: '',
  internetGatewayIds: [''],
  natGatewayIds: [''],
  uploadId: '',
};
const ownPolicy = 'arn:aws:iam::000000000000:policy/policy-0';
const three = [0, 1, 2];
const six = [0, 1, 2, 3, 4, 5];

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  const settings = { region, endpoint: daemon.endpoint, credentials: daemon.credentials };
  ec2 = new Ec2.EC2Client(settings);
  iam = new Iam.IAMClient(settings);
  logs = new Logs.CloudWatchLogsClient(settings);
  s3 = new S3.S3Client({ ...settings, forcePathStyle: true });
  sagemaker = new SageMaker.SageMakerClient(settings);
  clients = { ec2, iam, logs, s3, sagemaker, sts: new Sts.STSClient(settings) };
  await Promise.all([makeNetwork(), makeRoles(), makeObjects(), makeLogs()]);
  await makeJobs();
});
afterAll(async () => await daemon?.dispose());

/** Six of each: EC2 gives no fewer than five on a page. */
async function makeNetwork(): Promise<void> {
  made.vpcIds = [];
  for (const number of six) {
    const { Vpc } = await ec2.send(new Ec2.CreateVpcCommand({ CidrBlock: `10.${number}.0.0/16` }));
    const VpcId = present(Vpc?.VpcId, 'a VPC has an id');
    made.vpcIds.push(VpcId);
    await ec2.send(new Ec2.CreateVpcEndpointCommand({ VpcId, ServiceName: `com.amazonaws.${region}.s3` }));
    await ec2.send(new Ec2.CreateTagsCommand({ Resources: [VpcId], Tags: [{ Key: 'purpose', Value: 'pages' }] }));
  }
  const [VpcId = ''] = made.vpcIds;
  made.subnetIds = [];
  made.networkInterfaceIds = [];
  for (const number of six) {
    const { Subnet } = await ec2.send(new Ec2.CreateSubnetCommand({ VpcId, CidrBlock: `10.0.${number}.0/24` }));
    const SubnetId = present(Subnet?.SubnetId, 'a subnet has an id');
    const { NetworkInterface } = await ec2.send(new Ec2.CreateNetworkInterfaceCommand({ SubnetId }));
    const NetworkInterfaceId = present(NetworkInterface?.NetworkInterfaceId, 'an interface has an id');
    const permission = { NetworkInterfaceId, AwsAccountId: '111122223333', Permission: 'INSTANCE-ATTACH' } as const;
    await ec2.send(new Ec2.CreateNetworkInterfacePermissionCommand(permission));
    made.subnetIds.push(SubnetId);
    made.networkInterfaceIds.push(NetworkInterfaceId);
  }
  const place = { LogGroupName: 'flows', DeliverLogsPermissionArn: 'arn:aws:iam::000000000000:role/role-0' };
  await ec2.send(new Ec2.CreateFlowLogsCommand({ ResourceIds: made.subnetIds, ResourceType: 'Subnet', TrafficType: 'ALL', ...place }));
  const { SecurityGroups } = await ec2.send(new Ec2.DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }));
  made.groupId = present(SecurityGroups?.[0]?.GroupId, 'a VPC has a default group');
  await Promise.all([makeInternet(VpcId), makeLists(VpcId)]);
}

/** NAT gateways need an internet gateway in their VPC. One of them is deleted again, and shown for a while. */
async function makeInternet(VpcId: string): Promise<void> {
  made.internetGatewayIds = [];
  for (const _ of six) {
    const { InternetGateway } = await ec2.send(new Ec2.CreateInternetGatewayCommand({}));
    made.internetGatewayIds.push(present(InternetGateway?.InternetGatewayId, 'a gateway has an id'));
  }
  await ec2.send(new Ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId: made.internetGatewayIds[0] }));
  made.natGatewayIds = [];
  for (const _ of six) {
    const { AllocationId } = await ec2.send(new Ec2.AllocateAddressCommand({}));
    const { NatGateway } = await ec2.send(new Ec2.CreateNatGatewayCommand({ SubnetId: made.subnetIds[0], AllocationId }));
    made.natGatewayIds.push(present(NatGateway?.NatGatewayId, 'a NAT gateway has an id'));
  }
  await ec2.send(new Ec2.DeleteNatGatewayCommand({ NatGatewayId: made.natGatewayIds[5] }));
}

/** Entries of a list, and groups whose rules speak of it. */
async function makeLists(VpcId: string): Promise<void> {
  const Entries = three.map((number) => ({ Cidr: `10.9.${number}.0/24` }));
  const request = { PrefixListName: 'list', AddressFamily: 'IPv4', MaxEntries: 3, Entries };
  const { PrefixList } = await ec2.send(new Ec2.CreateManagedPrefixListCommand(request));
  made.prefixListId = present(PrefixList?.PrefixListId, 'a prefix list has an id');
  for (const number of six) {
    const { GroupId } = await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId, GroupName: `group-${number}`, Description: 'pages' }));
    const permission = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: made.prefixListId }] };
    await ec2.send(new Ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [permission] }));
    const DhcpConfigurations = [{ Key: 'domain-name', Values: [`corp-${number}.example`] }];
    await ec2.send(new Ec2.CreateDhcpOptionsCommand({ DhcpConfigurations }));
  }
}

async function makeRoles(): Promise<void> {
  const policy = { PolicyDocument: demo.rolePolicy };
  for (const number of three) {
    await iam.send(new Iam.CreateUserCommand({ UserName: `user-${number}` }));
    await iam.send(new Iam.CreateRoleCommand({ RoleName: `role-${number}`, AssumeRolePolicyDocument: demo.trustPolicy }));
    await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'user-0', PolicyName: `inline-${number}`, ...policy }));
    await iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'role-0', PolicyName: `inline-${number}`, ...policy }));
  }
  for (const name of ['AmazonSageMakerFullAccess', 'AmazonS3FullAccess']) {
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: 'role-0', PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
    await iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'user-0' }));
  }
  const Tags = three.map((number) => ({ Key: `key-${number}`, Value: 'value' }));
  await iam.send(new Iam.TagRoleCommand({ RoleName: 'role-0', Tags }));
  await iam.send(new Iam.TagUserCommand({ UserName: 'user-0', Tags }));
  await makePolicies(Tags);
}

/** Of each policy several versions and uses, and instance profiles of one role. */
async function makePolicies(Tags: Iam.Tag[]): Promise<void> {
  const policy = { PolicyDocument: demo.rolePolicy };
  for (const number of three) {
    const { Policy } = await iam.send(new Iam.CreatePolicyCommand({ PolicyName: `policy-${number}`, Tags, ...policy }));
    await iam.send(new Iam.CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, ...policy }));
    await iam.send(new Iam.AttachUserPolicyCommand({ UserName: 'user-0', PolicyArn: Policy?.Arn }));
    await iam.send(new Iam.AttachRolePolicyCommand({ RoleName: `role-${number}`, PolicyArn: ownPolicy }));
    await iam.send(new Iam.CreateGroupCommand({ GroupName: `group-${number}` }));
    await iam.send(new Iam.AddUserToGroupCommand({ GroupName: 'group-0', UserName: `user-${number}` }));
    if (number > 0) await iam.send(new Iam.AddUserToGroupCommand({ GroupName: `group-${number}`, UserName: 'user-0' }));
    await iam.send(new Iam.AttachGroupPolicyCommand({ GroupName: 'group-0', PolicyArn: Policy?.Arn }));
    await iam.send(new Iam.PutGroupPolicyCommand({ GroupName: 'group-0', PolicyName: `inline-${number}`, ...policy }));
    await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: `profile-${number}`, Tags }));
    await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: `profile-${number}`, RoleName: 'role-0' }));
  }
}

async function makeObjects(): Promise<void> {
  for (const number of three) await s3.send(new S3.CreateBucketCommand({ Bucket: `pages-${number}` }));
  for (const number of three) {
    await s3.send(new S3.PutObjectCommand({ Bucket: 'pages-0', Key: `key-${number}`, Body: '1' }));
    const { UploadId } = await s3.send(new S3.CreateMultipartUploadCommand({ Bucket: 'pages-0', Key: `upload-${number}` }));
    made.uploadId = present(UploadId, 'an upload has an id');
  }
  for (const number of three) {
    const part = { Bucket: 'pages-0', Key: 'upload-2', UploadId: made.uploadId, PartNumber: number + 1 };
    await s3.send(new S3.UploadPartCommand({ ...part, Body: '1' }));
  }
}

async function makeLogs(): Promise<void> {
  const timestamp = Date.now();
  for (const number of three) await logs.send(new Logs.CreateLogGroupCommand({ logGroupName: `group-${number}` }));
  for (const number of three) {
    const stream = { logGroupName: 'group-0', logStreamName: `stream-${number}` };
    await logs.send(new Logs.CreateLogStreamCommand(stream));
    const logEvents = three.map((more) => ({ timestamp: timestamp + 3 * number + more, message: `event ${number} ${more}` }));
    await logs.send(new Logs.PutLogEventsCommand({ ...stream, logEvents }));
  }
}

async function makeJobs(): Promise<void> {
  for (const number of three) {
    const { InputDataConfig: _, ...job } = demo.trainingJob(`job-${number}`, { subnetId: made.subnetIds[0] ?? '', groupId: made.groupId });
    const AlgorithmSpecification = {
      TrainingImage: 'cloister/base',
      TrainingInputMode: 'File' as const,
      ContainerEntrypoint: ['sh', '-c', 'exit 0'],
    };
    const OutputDataConfig = { S3OutputPath: 's3://pages-0/output' };
    const request = { ...job, OutputDataConfig, RoleArn: 'arn:aws:iam::000000000000:role/role-0', AlgorithmSpecification };
    await sagemaker.send(new SageMaker.CreateTrainingJobCommand(request));
    await sagemaker.send(new SageMaker.CreateCompilationJobCommand(uncompiled(`compile-${number}`, request.RoleArn)));
  }
}

/** Its end comes by itself, and soon: nobody compiles for its framework. */
const uncompiled = (CompilationJobName: string, RoleArn: string): SageMaker.CreateCompilationJobRequest => ({
  CompilationJobName,
  RoleArn,
  InputConfig: { Framework: 'KERAS', S3Uri: 's3://pages-0/model.tar.gz' },
  OutputConfig: { S3OutputLocation: 's3://pages-0/compiled/', TargetDevice: 'ml_c5' },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  VpcConfig: { Subnets: [made.subnetIds[0] ?? ''], SecurityGroupIds: [made.groupId] },
});

async function statusOf(CompilationJobName: string): Promise<string | undefined> {
  return (await sagemaker.send(new SageMaker.DescribeCompilationJobCommand({ CompilationJobName }))).CompilationJobStatus;
}

/** `ec2.VpcExists`, of operations that are built, and the operation that each asks, which the SDK's own files tell. */
function waitersOf(service: Service): [name: string, operation: string][] {
  const folder = join(dirname(fileURLToPath(import.meta.resolve(`@aws-sdk/client-${packageNames[service]}`))), '../dist-types/waiters');
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /^waitFor\w+\.d\.ts$/u.test(name));
  } catch {
    return []; // A service without waiters.
  }
  const operationOf = (name: string): string =>
    /\b(?<operation>\w+)CommandInput\b/u.exec(readFileSync(join(folder, name), 'utf8'))?.groups?.['operation'] ?? '';
  const waiters = names.map((name): [string, string] => [`${service}.${name.slice('waitFor'.length, -'.d.ts'.length)}`, operationOf(name)]);
  return waiters.filter(([, operation]) => operation in registries[service]);
}

/** How a wait ended. */
async function waitFor(name: string, input: object, maxWaitTime: number): Promise<string> {
  const [service, waiter] = name.split('.') as [Service, string];
  const wait = (packages[service] as any)[`waitUntil${waiter}`];
  return await wait({ client: clients[service], maxWaitTime, minDelay: 1, maxDelay: 1 }, input).then(
    ({ state }: { state: string }) => state,
    (error: Error) => error.name,
  );
}

function paginatorsOf(service: Service): string[] {
  const names = Object.keys(packages[service]).filter((name) => name.startsWith('paginate'));
  return names
    .map((name) => name.slice('paginate'.length))
    .filter((operation) => operation in registries[service])
    .map((operation) => `${service}.${operation}`);
}

it('goes every waiter; in vain those for what nothing here creates', async () => {
  const inputs: Readonly<Record<string, object>> = {
    'ec2.VpcExists': { VpcIds: made.vpcIds },
    'ec2.VpcAvailable': { VpcIds: made.vpcIds },
    'ec2.SubnetAvailable': { SubnetIds: made.subnetIds },
    'ec2.NetworkInterfaceAvailable': { NetworkInterfaceIds: made.networkInterfaceIds },
    'ec2.SecurityGroupExists': { GroupIds: [made.groupId] },
    'ec2.InternetGatewayExists': { InternetGatewayIds: made.internetGatewayIds },
    'ec2.NatGatewayAvailable': { NatGatewayIds: made.natGatewayIds.slice(0, 5) },
    'ec2.NatGatewayDeleted': { NatGatewayIds: made.natGatewayIds.slice(5) },
    ...gone,
    'iam.InstanceProfileExists': { InstanceProfileName: 'profile-0' },
    'iam.UserExists': { UserName: 'user-0' },
    'iam.RoleExists': { RoleName: 'role-0' },
    'iam.PolicyExists': { PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' },
    's3.BucketExists': { Bucket: 'pages-0' },
    's3.BucketNotExists': { Bucket: 'pages-none' },
    's3.ObjectExists': { Bucket: 'pages-0', Key: 'key-0' },
    's3.ObjectNotExists': { Bucket: 'pages-0', Key: 'none' },
    'sagemaker.TrainingJobCompletedOrStopped': { TrainingJobName: 'job-2' },
  };
  const operations = Object.fromEntries(services.flatMap((service) => waitersOf(service)));
  const inVain = waitedInVain(operations);
  expect([...Object.keys(inputs), ...inVain].toSorted()).toEqual(Object.keys(operations).toSorted());
  const waits = Object.entries(inputs).map(async ([name, input]) => [name, await waitFor(name, input, 60)]);
  const waitsInVain = inVain.map(async (name) => [name, await waitFor(name, absent[name] ?? {}, 2)]);
  expect(await Promise.all(waits)).toEqual(Object.keys(inputs).map((name) => [name, 'SUCCESS']));
  expect(await Promise.all(waitsInVain)).toEqual(inVain.map((name) => [name, 'TimeoutError']));
});

it('gives on all pages together what one page gives, and on every page as much as was asked for', async () => {
  const user = { UserName: 'user-0' };
  const role = { RoleName: 'role-0' };
  const stream = { logGroupName: 'group-0', logStreamName: 'stream-0', startFromHead: true };
  /** What is asked beside the size of pages. */
  const inputs: Readonly<Record<string, object>> = {
    'ec2.DescribeStaleSecurityGroups': { VpcId: made.vpcIds[0] },
    'ec2.GetManagedPrefixListAssociations': { PrefixListId: made.prefixListId },
    'ec2.GetManagedPrefixListEntries': { PrefixListId: made.prefixListId },
    'ec2.GetSecurityGroupsForVpc': { VpcId: made.vpcIds[0] },
    'iam.ListAccessKeys': user,
    'iam.SimulatePrincipalPolicy': {
      PolicySourceArn: 'arn:aws:iam::000000000000:role/role-0',
      ActionNames: ['s3:GetObject', 's3:PutObject', 'iam:GetRole'],
    },
    'iam.ListGroupsForUser': user,
    'iam.ListUserPolicies': user,
    'iam.ListUserTags': user,
    'iam.ListAttachedUserPolicies': user,
    'iam.ListEntitiesForPolicy': { PolicyArn: ownPolicy, EntityFilter: 'Role' },
    'iam.ListPolicyTags': { PolicyArn: ownPolicy },
    'iam.ListPolicyVersions': { PolicyArn: ownPolicy },
    'iam.ListInstanceProfileTags': { InstanceProfileName: 'profile-0' },
    'iam.GetGroup': { GroupName: 'group-0' },
    'iam.ListAttachedGroupPolicies': { GroupName: 'group-0' },
    'iam.ListGroupPolicies': { GroupName: 'group-0' },
    'iam.ListAttachedRolePolicies': role,
    'iam.ListInstanceProfilesForRole': role,
    'iam.ListRolePolicies': role,
    'iam.ListRoleTags': role,
    'logs.DescribeLogGroups': { logGroupNamePrefix: 'group-' },
    'logs.DescribeLogStreams': { logGroupName: 'group-0' },
    'logs.FilterLogEvents': { logGroupName: 'group-0' },
    'logs.GetLogEvents': stream,
    'sagemaker.ListTags': { ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/job-0' },
    's3.ListObjectsV2': { Bucket: 'pages-0' },
    's3.ListParts': { Bucket: 'pages-0', Key: 'upload-2', UploadId: made.uploadId },
  };
  // What is listed changes no more.
  for (const number of three) await expect.poll(async () => await statusOf(`compile-${number}`), { timeout: 60_000 }).toBe('FAILED');
  const listed = services.flatMap((service) => paginatorsOf(service));
  expect(listed.length).toBeGreaterThan(60);
  expect(Object.keys(inputs).filter((name) => !listed.includes(name))).toEqual([]);
  for (const name of listed) {
    const [service, operation] = name.split('.') as [Service, string];
    const input = inputs[name] ?? {};
    const client = clients[service];
    const Command = (packages[service] as any)[`${operation}Command`];
    const whole = listOf(await client.send(new Command(input)));
    const size = leastOnPage(name);
    const pages: unknown[][] = [];
    const settings = { client, pageSize: size, stopOnSameToken: true };
    for await (const page of (packages[service] as any)[`paginate${operation}`](settings, { ...input })) {
      pages.push(listOf(page));
      // S3 always gives a marker, "0" at the end: this paginator alone begins anew. https://github.com/aws/aws-sdk-go-v2/pull/1100
      if (name === 's3.ListParts' && page.IsTruncated === false) break;
    }
    // Of a log, the last page is empty: its end is told by the same token again.
    const filled = name === 'logs.GetLogEvents' ? pages.slice(0, -1) : pages;
    expect([name, filled.flat()]).toEqual([name, whole]);
    expect([name, filled.length > 1]).toEqual([name, !onePage.has(name)]);
    expect([name, filled.slice(0, -1).every((page) => page.length === size), (filled.at(-1)?.length ?? 0) <= size]).toEqual([name, true, true]);
  }
});

/** The items of an answer: its longest list. */
function listOf(answer: object): unknown[] {
  const lists = Object.values(answer).filter((value): value is unknown[] => Array.isArray(value));
  return lists.toSorted((a, b) => b.length - a.length)[0] ?? [];
}
