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
const made = { vpcIds: [''], subnetIds: [''], networkInterfaceIds: [''], groupId: '', prefixListId: '', uploadId: '' };
const three = [0, 1, 2];

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
  const six = [0, 1, 2, 3, 4, 5];
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
  const { PrefixLists } = await ec2.send(new Ec2.DescribeManagedPrefixListsCommand({}));
  made.prefixListId = present(PrefixLists?.[0]?.PrefixListId, 'S3 has a prefix list');
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
    const request = { ...job, RoleArn: 'arn:aws:iam::000000000000:role/role-0', AlgorithmSpecification };
    await sagemaker.send(new SageMaker.CreateTrainingJobCommand(request));
  }
}

/** `ec2.VpcExists`, of an operation that is built: the SDK's own files tell which one a waiter asks. */
function waitersOf(service: Service): string[] {
  const folder = join(dirname(fileURLToPath(import.meta.resolve(`@aws-sdk/client-${packageNames[service]}`))), '../dist-types/waiters');
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /^waitFor\w+\.d\.ts$/u.test(name));
  } catch {
    return []; // A service without waiters.
  }
  const isBuilt = (name: string): boolean => {
    const operation = /\b(?<operation>\w+)CommandInput\b/u.exec(readFileSync(join(folder, name), 'utf8'))?.groups?.['operation'] ?? '';
    return operation in registries[service];
  };
  return names.filter(isBuilt).map((name) => `${service}.${name.slice('waitFor'.length, -'.d.ts'.length)}`);
}

function paginatorsOf(service: Service): string[] {
  const names = Object.keys(packages[service]).filter((name) => name.startsWith('paginate'));
  return names
    .map((name) => name.slice('paginate'.length))
    .filter((operation) => operation in registries[service])
    .map((operation) => `${service}.${operation}`);
}

/** Waiters for what nothing here can create. */
const waitInVain = [
  'ec2.InstanceExists',
  'ec2.InstanceRunning',
  'ec2.InstanceStopped',
  'ec2.InstanceTerminated',
  'ec2.InternetGatewayExists',
  'ec2.NatGatewayAvailable',
  'ec2.VpcPeeringConnectionExists',
];

it('goes every waiter, or says why not', async () => {
  const inputs: Readonly<Record<string, object>> = {
    'ec2.VpcExists': { VpcIds: made.vpcIds },
    'ec2.VpcAvailable': { VpcIds: made.vpcIds },
    'ec2.SubnetAvailable': { SubnetIds: made.subnetIds },
    'ec2.NetworkInterfaceAvailable': { NetworkInterfaceIds: made.networkInterfaceIds },
    'ec2.SecurityGroupExists': { GroupIds: [made.groupId] },
    'ec2.NatGatewayDeleted': { NatGatewayIds: ['nat-0123456789abcdef0'] },
    'ec2.VpcPeeringConnectionDeleted': { VpcPeeringConnectionIds: ['pcx-0123456789abcdef0'] },
    'iam.UserExists': { UserName: 'user-0' },
    'iam.RoleExists': { RoleName: 'role-0' },
    'iam.PolicyExists': { PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' },
    's3.BucketExists': { Bucket: 'pages-0' },
    's3.BucketNotExists': { Bucket: 'pages-none' },
    's3.ObjectExists': { Bucket: 'pages-0', Key: 'key-0' },
    's3.ObjectNotExists': { Bucket: 'pages-0', Key: 'none' },
    'sagemaker.TrainingJobCompletedOrStopped': { TrainingJobName: 'job-2' },
  };
  const listed = services.flatMap((service) => waitersOf(service));
  expect([...Object.keys(inputs), ...waitInVain].toSorted()).toEqual(listed.toSorted());
  const waits = Object.entries(inputs).map(async ([name, input]) => {
    const [service, waiter] = name.split('.') as [Service, string];
    const wait = (packages[service] as any)[`waitUntil${waiter}`];
    const { state } = await wait({ client: clients[service], maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, input);
    return [name, state] as const;
  });
  const states = await Promise.all(waits);
  expect(states).toEqual(Object.keys(inputs).map((name) => [name, 'SUCCESS']));
});

it('gives on all pages together what one page gives, and on every page as much as was asked for', async () => {
  const user = { UserName: 'user-0' };
  const role = { RoleName: 'role-0' };
  const stream = { logGroupName: 'group-0', logStreamName: 'stream-0', startFromHead: true };
  /** What is asked beside the size of pages; which are five in EC2 and one elsewhere unless it is said. */
  const inputs: Readonly<Record<string, object>> = {
    'ec2.GetManagedPrefixListEntries': { PrefixListId: made.prefixListId },
    'iam.ListAccessKeys': user,
    'iam.ListGroupsForUser': user,
    'iam.ListUserPolicies': user,
    'iam.ListAttachedRolePolicies': role,
    'iam.ListInstanceProfilesForRole': role,
    'iam.ListRolePolicies': role,
    'iam.ListRoleTags': role,
    'logs.DescribeLogGroups': { logGroupNamePrefix: 'group-' },
    'logs.DescribeLogStreams': { logGroupName: 'group-0' },
    'logs.FilterLogEvents': { logGroupName: 'group-0' },
    'logs.GetLogEvents': stream,
    's3.ListObjectsV2': { Bucket: 'pages-0' },
    's3.ListParts': { Bucket: 'pages-0', Key: 'upload-2', UploadId: made.uploadId },
  };
  const onePage = new Set([
    'ec2.DescribeDhcpOptions',
    'ec2.DescribeInstances',
    'ec2.DescribeInternetGateways',
    'ec2.DescribeManagedPrefixLists',
    'ec2.DescribeNatGateways',
    'ec2.DescribePrefixLists',
    'ec2.DescribeVpcEndpointServices',
    'ec2.DescribeVpcPeeringConnections',
    'ec2.GetManagedPrefixListEntries',
    'iam.ListGroupsForUser',
    'iam.ListInstanceProfilesForRole',
  ]);
  const listed = services.flatMap((service) => paginatorsOf(service));
  expect(listed.length).toBeGreaterThan(35);
  expect(Object.keys(inputs).filter((name) => !listed.includes(name))).toEqual([]);
  for (const name of listed) {
    const [service, operation] = name.split('.') as [Service, string];
    const input = inputs[name] ?? {};
    const client = clients[service];
    const Command = (packages[service] as any)[`${operation}Command`];
    const whole = listOf(await client.send(new Command(input)));
    const size = service === 'ec2' && !['ec2.GetManagedPrefixListEntries', 'ec2.DescribeManagedPrefixLists'].includes(name) ? 5 : 1;
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
