import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import * as Logs from '@aws-sdk/client-cloudwatch-logs';
import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import * as SageMaker from '@aws-sdk/client-sagemaker';
import { startDaemon, type Daemon } from '../../../src/daemon/daemon.ts';
import type { DaemonParts } from '../../../src/daemon/parts.ts';
import { DaemonProcess } from '../../clients/daemon-process.ts';
import type { Drop } from '../../../src/drivers/network/network-driver.ts';
import { kernelPrefix, parseDaemonOptions } from '../../../src/daemon/options.ts';
import { namespaceName } from '../../../src/drivers/network/linux/namespaces.ts';
import { s3Address } from '../../../src/model/network/reserved.ts';
import { present } from '../../../src/stdx/assert.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import { makeDataDirectory, purge } from '../../clients/data-directory.ts';
import * as demo from '../../clients/demo-path.ts';
import { sdkSign, type Key } from '../../wire/sdk-signer.ts';

export const region = 'us-east-1';
const pollMs = 100;
const jobMs = 50_000;
const programMs = 20_000;

/** Where a request goes, and every byte of it. */
export interface RawRequest {
  readonly address: string;
  readonly port: number;
  readonly text: string;
}

export interface RawAnswer {
  /** 0 when none came; `text` says why. */
  readonly status: number;
  readonly text: string;
}

export interface Network {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly routeTableId: string;
  readonly groupId: string;
}

type Job = SageMaker.DescribeTrainingJobCommandOutput;

export interface NetworkState {
  readonly counters: readonly { readonly name: string; readonly packets: number }[];
  readonly drops: readonly Drop[];
}

/** Where the daemon of a lab runs. */
export interface Running {
  readonly dataDirectory: string;
  readonly endpoint: string;
  readonly rootKey: Key;
  /** Another daemon on the same data directory and port. `meanwhile` is done while none runs. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

async function inThisProcess(parameters: readonly string[] = [], parts: Partial<DaemonParts> = {}): Promise<Running> {
  const dataDirectory = makeDataDirectory();
  const environment = { CLOISTER_IMAGE_STORE: process.env['CLOISTER_IMAGE_STORE'] };
  const start = async (port: string): Promise<Daemon> =>
    await startDaemon(parseDaemonOptions(['--data', dataDirectory, '--port', port, ...parameters], environment), parts);
  let daemon = await start('0');
  const { endpoint, accessKeyId, secretAccessKey } = daemon;
  return {
    dataDirectory,
    endpoint,
    rootKey: { accessKeyId, secretAccessKey },
    async restart(meanwhile) {
      await daemon.stop();
      await meanwhile();
      daemon = await start(new URL(endpoint).port);
    },
    stop: async () => await daemon.stop(),
  };
}

/** Every end of it is by SIGKILL. */
async function asProcess(parameters: readonly string[]): Promise<Running> {
  const daemon = await DaemonProcess.start(parameters);
  const { dataDirectory, endpoint, credentials } = daemon;
  return {
    dataDirectory,
    endpoint,
    rootKey: credentials,
    async restart(meanwhile) {
      await daemon.stop('SIGKILL');
      await meanwhile();
      await daemon.start(new URL(endpoint).port);
    },
    stop: async () => await daemon.stop('SIGKILL'),
  };
}

const kinds = { 'in this process': inThisProcess, 'as a process': asProcess };

/** A whole daemon on a data directory of its own, with real networks and containers; and clients of it. */
export class DaemonLab {
  readonly dataDirectory: string;
  readonly ec2: Ec2.EC2Client;
  readonly iam: Iam.IAMClient;
  readonly logs: Logs.CloudWatchLogsClient;
  readonly s3: S3.S3Client;
  readonly sagemaker: SageMaker.SageMakerClient;
  readonly rootKey: Key;
  readonly endpoint: URL;
  readonly #running: Running;
  #removed: readonly string[] | undefined;

  private constructor(running: Running) {
    this.#running = running;
    this.dataDirectory = running.dataDirectory;
    this.rootKey = running.rootKey;
    this.endpoint = new URL(running.endpoint);
    const settings = { region, endpoint: running.endpoint, credentials: running.rootKey, maxAttempts: 1 };
    this.ec2 = new Ec2.EC2Client(settings);
    this.iam = new Iam.IAMClient(settings);
    this.logs = new Logs.CloudWatchLogsClient(settings);
    this.s3 = new S3.S3Client(settings);
    this.sagemaker = new SageMaker.SageMakerClient(settings);
  }

  /** Clients of a daemon that somebody else started. */
  static of(running: Running): DaemonLab {
    return new DaemonLab(running);
  }

  /** @param parameters of the daemon's command line, beside its data directory and port */
  static async open(kind: keyof typeof kinds = 'in this process', parameters: readonly string[] = []): Promise<DaemonLab> {
    return new DaemonLab(await kinds[kind](parameters));
  }

  /** A daemon in this process that is composed of other parts. */
  static async composedOf(parts: Partial<DaemonParts>, parameters: readonly string[] = []): Promise<DaemonLab> {
    return new DaemonLab(await inThisProcess(parameters, parts));
  }

  get prefix(): string {
    return kernelPrefix(this.dataDirectory);
  }

  /** Ends the daemon and starts another on the same data directory and port. */
  async restart(meanwhile: () => Promise<void> = async () => await Promise.resolve()): Promise<void> {
    await this.#running.restart(meanwhile);
  }

  /** Ends the daemon and purges. Returns what the purge removed. */
  async close(): Promise<readonly string[]> {
    if (this.#removed !== undefined) return this.#removed;
    const stopped = this.#running.stop();
    await stopped.catch(() => undefined);
    this.#removed = purge(this.dataDirectory);
    await stopped;
    return this.#removed;
  }

  /** A VPC with one subnet, whose route table has its local route and nothing else, and a group. */
  async makeNetwork(cidrBlock = '10.0.0.0/16', tenancy: Ec2.Tenancy = 'default'): Promise<Network> {
    const { Vpc } = await this.ec2.send(new Ec2.CreateVpcCommand({ CidrBlock: cidrBlock, InstanceTenancy: tenancy }));
    const vpcId = present(Vpc?.VpcId, 'a VPC has an id');
    const { Subnet } = await this.ec2.send(new Ec2.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: cidrBlock.replace(/\/.*/u, '/24') }));
    const subnetId = present(Subnet?.SubnetId, 'a subnet has an id');
    const { RouteTables } = await this.ec2.send(new Ec2.DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
    const routeTableId = present(RouteTables?.[0]?.RouteTableId, 'a VPC has a main route table');
    const { GroupId } = await this.ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'jobs', Description: 'jobs' }));
    return { vpcId, subnetId, routeTableId, groupId: present(GroupId, 'a group has an id') };
  }

  /** The rule of AWS's guide: members of the group may connect to each other. */
  async allowMembers({ groupId: GroupId }: Pick<Network, 'groupId'>): Promise<void> {
    const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
    await this.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  }

  async makeS3Endpoint({ vpcId, routeTableId }: Network, policy?: object): Promise<string> {
    const { VpcEndpoint } = await this.ec2.send(
      new Ec2.CreateVpcEndpointCommand({
        VpcId: vpcId,
        ServiceName: `com.amazonaws.${region}.s3`,
        RouteTableIds: [routeTableId],
        ...(policy === undefined ? {} : { PolicyDocument: JSON.stringify(policy) }),
      }),
    );
    return present(VpcEndpoint?.VpcEndpointId, 'an endpoint has an id');
  }

  /** A plain interface, and the name of the namespace that it is. Resolves when its link is up. */
  async makeInterface({ subnetId, groupId }: Network): Promise<{ id: string; namespace: string; address: string }> {
    const { NetworkInterface } = await this.ec2.send(new Ec2.CreateNetworkInterfaceCommand({ SubnetId: subnetId, Groups: [groupId] }));
    const id = present(NetworkInterface?.NetworkInterfaceId, 'an interface has an id');
    const address = present(NetworkInterface?.PrivateIpAddress, 'an interface has an address');
    return { id, address, namespace: await this.namespaceOf(present(NetworkInterface?.MacAddress, 'an interface has a MAC')) };
  }

  /** The namespace, among this daemon's, whose interface has a MAC, once it is up. */
  async namespaceOf(mac: string): Promise<string> {
    for (let waitedMs = 0; waitedMs < programMs; waitedMs += pollMs) {
      for (let number = 1; number < 40; number += 1) {
        const name = namespaceName(this.prefix, { kind: 'network-interface', number });
        const shown = await execute(['ip', '-n', name, 'link', 'show', 'dev', 'eth0', 'up']);
        if (shown.stdout.includes(`ether ${mac} `) && shown.stdout.includes('LOWER_UP')) return name;
      }
      await sleep(pollMs);
    }
    throw new Error(`no namespace of ${this.prefix} has ${mac}`);
  }

  async makeRole(name: string, ...actions: readonly string[]): Promise<string> {
    await this.iam.send(new Iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: demo.trustPolicy }));
    await this.iam.send(new Iam.PutRolePolicyCommand({ RoleName: name, PolicyName: 'inline', PolicyDocument: demo.allowing(...actions) }));
    return `arn:aws:iam::000000000000:role/${name}`;
  }

  /** The role and the rows that `demo.trainingJob` speaks of. */
  async makeDataAndRole(): Promise<void> {
    await this.makeRole(demo.roleName, ...demo.networkActions, ...demo.dataActions, ...demo.logActions);
    await this.s3.send(new S3.CreateBucketCommand({ Bucket: demo.bucket }));
    await this.putObject('train/train.csv', readFileSync(demo.trainRows));
    await this.putObject('validation/validation.csv', readFileSync(demo.validationRows));
  }

  async putObject(key: string, body: Uint8Array | string): Promise<void> {
    await this.s3.send(new S3.PutObjectCommand({ Bucket: demo.bucket, Key: key, Body: body }));
  }

  async getObject(key: string): Promise<Buffer> {
    const { Body } = await this.s3.send(new S3.GetObjectCommand({ Bucket: demo.bucket, Key: key }));
    return Buffer.from(await present(Body, 'an object has a body').transformToByteArray());
  }

  async createJob(job: SageMaker.CreateTrainingJobCommandInput): Promise<void> {
    await this.sagemaker.send(new SageMaker.CreateTrainingJobCommand(job));
  }

  async describeJob(name: string): Promise<Job> {
    return await this.sagemaker.send(new SageMaker.DescribeTrainingJobCommand({ TrainingJobName: name }));
  }

  async stopJob(name: string): Promise<void> {
    await this.sagemaker.send(new SageMaker.StopTrainingJobCommand({ TrainingJobName: name }));
  }

  async until(name: string, test: (job: Job) => boolean, timeoutMs = jobMs): Promise<Job> {
    let job = await this.describeJob(name);
    for (let waitedMs = 0; waitedMs < timeoutMs && !test(job); waitedMs += pollMs) {
      await sleep(pollMs);
      job = await this.describeJob(name);
    }
    if (!test(job)) throw new Error(`${name} is still ${job.TrainingJobStatus} ${job.SecondaryStatus} ${job.FailureReason}`);
    return job;
  }

  async endOf(name: string, timeoutMs = jobMs): Promise<Job> {
    return await this.until(name, (job) => ['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus ?? ''), timeoutMs);
  }

  async training(name: string): Promise<void> {
    await this.until(name, (job) => job.SecondaryStatus === 'Training');
  }

  async runJob(job: SageMaker.CreateTrainingJobCommandInput): Promise<Job> {
    await this.createJob(job);
    return await this.endOf(present(job.TrainingJobName, 'a job has a name'));
  }

  async logLines(jobName: string, host = 'algo-1'): Promise<string[]> {
    const { logStreams } = await this.logs.send(
      new Logs.DescribeLogStreamsCommand({ logGroupName: demo.logGroupName, logStreamNamePrefix: `${jobName}/${host}-` }),
    );
    const logStreamName = present(logStreams?.[0]?.logStreamName, 'the instance has a log stream');
    const { events } = await this.logs.send(new Logs.GetLogEventsCommand({ logGroupName: demo.logGroupName, logStreamName, startFromHead: true }));
    return (events ?? []).map(({ message }) => message ?? '');
  }

  /** Waits for the first line that an instance of a job prints. */
  async firstLine(jobName: string, host = 'algo-1'): Promise<string> {
    for (let waitedMs = 0; waitedMs < jobMs; waitedMs += pollMs) {
      const [line] = await this.logLines(jobName, host).catch(() => []);
      if (line !== undefined) return line;
      await sleep(pollMs);
    }
    throw new Error(`${jobName} printed nothing: ${(await this.describeJob(jobName)).FailureReason}`);
  }

  /** Packets by gate of a VPC, as the operator sees them. */
  async counters(vpcId: string): Promise<Map<string, number>> {
    const { counters } = await this.networkState(vpcId);
    return new Map(counters.map(({ name, packets }) => [name, packets]));
  }

  /** What the kernel counted of a VPC, and which packets it dropped. */
  async networkState(vpcId: string): Promise<NetworkState> {
    const path = `/_cloister/networks/${vpcId}`;
    const text = await this.signed('cloister', { method: 'GET', path, headers: {}, body: '' });
    const answer = await sendFromHost(this.onHost(text));
    if (answer.status !== 200) throw new Error(answer.text);
    return JSON.parse(bodyOf(answer.text)) as NetworkState;
  }

  /** The counters that rose during the work. */
  async counted<T>(vpcId: string, work: () => Promise<T>): Promise<{ result: T; rose: string[] }> {
    const before = await this.counters(vpcId);
    const result = await work();
    const after = await this.counters(vpcId);
    return { result, rose: [...after].filter(([name, packets]) => packets > (before.get(name) ?? 0)).map(([name]) => name) };
  }

  onHost(text: string): RawRequest {
    return { address: this.endpoint.hostname, port: Number(this.endpoint.port), text };
  }

  /** The bytes of a request that the SDK's signer signed for a service, with the root key unless another is given. */
  async signed(
    service: string,
    request: { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
    key: Key = this.rootKey,
  ): Promise<string> {
    const [path = '', text = ''] = request.path.split('?');
    const query = Object.fromEntries(new URLSearchParams(text));
    const headers = await sdkSign(service, region, key, { ...request, path, query, headers: { host: 'localhost', ...request.headers } });
    return rawText({ ...request, headers });
  }
}

/** A request as it goes over the wire. */
export function rawText(request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}): string {
  const length = request.body === '' ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
  const headers = Object.entries({ host: 'localhost', ...request.headers, ...length, connection: 'close' });
  return [`${request.method} ${request.path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', request.body].join('\r\n');
}

export const inVpc = (text: string): RawRequest => ({ address: s3Address, port: 80, text });
export const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/u.exec(text)?.[1] ?? 0);
const answerMs = 3_000;

export async function sendFromHost({ address, port, text }: RawRequest): Promise<RawAnswer> {
  const socket = connect({ host: address, port });
  socket.setTimeout(programMs, () => socket.destroy(new Error('no answer')));
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return { status: statusOf(answer), text: answer };
}

/** Sends requests one after the other from inside a namespace. */
export async function sendFrom(namespace: string, requests: readonly RawRequest[]): Promise<readonly RawAnswer[]> {
  const program = `
    let input = '';
    const ask = ({ address, port, text }) => new Promise((resolve) => {
      let answer = '';
      const socket = require('node:net').connect({ host: address, port });
      socket.setTimeout(${answerMs}, () => socket.destroy(new Error('no answer')));
      socket.on('error', (error) => resolve({ error: error.message }));
      socket.on('data', (chunk) => (answer += chunk));
      socket.on('close', () => resolve({ answer }));
      socket.write(text);
    });
    process.stdin.on('data', (chunk) => (input += chunk)).on('end', async () => {
      const answers = [];
      for (const request of JSON.parse(input)) answers.push(await ask(request));
      process.stdout.write(JSON.stringify(answers));
    });`;
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: programMs,
  });
  child.stdin.end(JSON.stringify(requests));
  const answers = (await json(child.stdout)) as { answer?: string; error?: string }[];
  return answers.map(({ answer = '', error }) => ({ status: statusOf(answer), text: error ?? answer }));
}

export interface Executed {
  readonly code: number;
  readonly stdout: string;
}

/** Runs a program of this machine. Its failure is an answer, too. */
export async function execute(argv: readonly [string, ...string[]]): Promise<Executed> {
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'ignore'], timeout: programMs });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('close', (code) => resolve(code ?? -1));
  return { code: await promise, stdout };
}
