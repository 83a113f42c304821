import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { startDaemon, type Daemon } from '../../src/daemon/daemon.ts';
import { ensureImages } from '../../src/daemon/machine.ts';
import { defaults } from '../../src/daemon/options.ts';
import type { DaemonParts } from '../../src/daemon/parts.ts';
import type { NetworkDriver } from '../../src/drivers/network/network-driver.ts';
import type { LinkPlan } from '../../src/model/network/plan.ts';
import { run } from '../../src/drivers/process/process.ts';
import { compilerImage, withCompilerImage } from '../fixtures/compiler-image.ts';
import { replacing } from './replacing.ts';
import { Refuted } from './seed.ts';

const python = (program: string): string => new URL(`../../.venv/bin/${program}`, import.meta.url).pathname;
const clientMs = 60_000;

/** Once in this process: all daemons read one store of images. */
let imagesReady: Promise<void> | undefined;
const images = withCompilerImage(ensureImages);
const ensureImagesOnce: DaemonParts['ensureImages'] = async (store, workFolder) => await (imagesReady ??= images.ensure(store, workFolder));
/** The compiler of compilation jobs is in the store. */
export const compilerReady = images.ready;

/** Where jobs without a bucket of their own would put a model. */
export const outputBucket = 'sagemaker-output';

/** A daemon in this process, its account's role, and the unmodified clients that speak to it. */
export class SeedDaemon {
  readonly dataDirectory: string;
  readonly roleArn = `arn:aws:iam::${defaults.accountId}:role/seeds`;
  readonly ec2: EC2Client;
  readonly sagemaker: SageMakerClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly iam: IAMClient;
  /** Of a client on the host, with the root user's key. */
  readonly settings: { readonly endpoint: string; readonly region: string; readonly credentials: { accessKeyId: string; secretAccessKey: string } };
  readonly #daemon: Daemon;
  readonly #network: ObservedNetwork;

  private constructor(dataDirectory: string, daemon: Daemon, network: ObservedNetwork) {
    this.dataDirectory = dataDirectory;
    this.#daemon = daemon;
    this.#network = network;
    const { endpoint, accessKeyId, secretAccessKey } = daemon;
    this.settings = { endpoint, region: defaults.region, credentials: { accessKeyId, secretAccessKey } };
    const { settings } = this;
    this.ec2 = new EC2Client(settings);
    this.sagemaker = new SageMakerClient(settings);
    this.logs = new CloudWatchLogsClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.iam = new IAMClient(settings);
  }

  static async start(dataDirectory: string, parts: Partial<DaemonParts>): Promise<SeedDaemon> {
    const { host, region, accountId, imageStore } = defaults;
    const network = new ObservedNetwork();
    const options = {
      dataDirectory,
      host,
      port: 0,
      region,
      accountId,
      imageStore,
      ephemeral: false,
      allowChosenIds: true,
      endpointServices: [],
      imageNames: [],
      registries: [],
      strictLogs: false,
      compilers: [{ framework: 'PYTORCH', target: '*', image: compilerImage }],
      uplink: false,
    };
    const inner = parts.network ?? ((driver: NetworkDriver) => driver);
    const daemon = await startDaemon(options, { ensureImages: ensureImagesOnce, ...parts, network: (driver) => network.observe(inner(driver)) });
    const seedDaemon = new SeedDaemon(dataDirectory, daemon, network);
    await seedDaemon.#createRole();
    await seedDaemon.s3.send(new CreateBucketCommand({ Bucket: outputBucket }));
    return seedDaemon;
  }

  /** Runs the AWS CLI and returns its JSON. A refusal by the service is `Refuted`, with the CLI's words. */
  async aws(...parameters: readonly string[]): Promise<any> {
    return await this.#client([python('aws'), ...parameters, '--output', 'json']);
  }

  /** Runs a Python program that finds `boto3` and prints JSON. `input` is its standard input. */
  async boto3(program: string, input: unknown): Promise<any> {
    return await this.#client([python('python'), '-c', program], JSON.stringify(input));
  }

  async #client(argv: readonly [string, ...string[]], input = ''): Promise<any> {
    const { endpoint, accessKeyId, secretAccessKey } = this.#daemon;
    const environment = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: defaults.region,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    let text: string;
    try {
      text = await run(argv, { input, environment, timeoutMs: clientMs });
    } catch (error) {
      const refusal = /An error occurred \(\w+\) when calling .*/.exec(String(error))?.[0];
      if (refusal === undefined) throw error;
      throw new Refuted(refusal, { cause: error });
    }
    return text.trim() === '' ? undefined : JSON.parse(text);
  }

  /** The packets that a named gate of a VPC refused, as the kernel counts them. */
  async refusedPackets(vpcId: string, counter: string): Promise<number> {
    const number = this.#network.applied.get(vpcId);
    if (number === undefined) return 0;
    const counters = await this.#network.driver.counters(number);
    return counters.find(({ name }) => name === counter)?.packets ?? 0;
  }

  /** `/run/netns/…` of a VPC's router, once the kernel has it. */
  routerPath(vpcId: string): string | undefined {
    const number = this.#network.applied.get(vpcId);
    return number === undefined ? undefined : this.#network.driver.namespacePath({ kind: 'vpc', number });
  }

  /** Whether the kernel has an interface. */
  hasInterface(networkInterfaceId: string): boolean {
    return this.#network.owners.has(networkInterfaceId);
  }

  /** `/run/netns/…` of an interface that the kernel has. */
  interfacePath(networkInterfaceId: string): string {
    const owner = this.#network.owners.get(networkInterfaceId);
    if (owner === undefined) throw new Error(`the kernel has no ${networkInterfaceId}`);
    return this.#network.driver.namespacePath(owner);
  }

  async stop(): Promise<void> {
    for (const client of [this.ec2, this.sagemaker, this.logs, this.s3, this.iam]) client.destroy();
    await this.#daemon.stop();
  }

  async #createRole(): Promise<void> {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    await this.iam.send(new CreateRoleCommand({ RoleName: 'seeds', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess';
    await this.iam.send(new AttachRolePolicyCommand({ RoleName: 'seeds', PolicyArn }));
  }
}

/** Notes what the daemon applied, and changes nothing: counters are asked of the kernel by the VPC's number. */
class ObservedNetwork {
  readonly applied = new Map<string, number>();
  /** Of links, by AWS's id. */
  readonly owners = new Map<string, LinkPlan['owner']>();
  #driver: NetworkDriver | undefined;

  observe(driver: NetworkDriver): NetworkDriver {
    this.#driver = driver;
    return replacing(driver, {
      apply: async (plan, options) => {
        await driver.apply(plan, options);
        this.applied.set(plan.vpcId, plan.number);
        for (const { id, owner } of plan.links) this.owners.set(id, owner);
      },
    });
  }

  get driver(): NetworkDriver {
    if (this.#driver === undefined) throw new Error('a daemon takes its network driver when it starts');
    return this.#driver;
  }
}
