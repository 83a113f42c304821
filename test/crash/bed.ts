import { resolve } from 'node:path';
import { DescribeNetworkInterfacesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import type { CreateTrainingJobCommandInput, DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { isTerminal, type TrainingJobStatus } from '../../src/model/job/training-job.ts';
import { present } from '../../src/stdx/assert.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import { DaemonProcess } from '../clients/daemon-process.ts';
import * as demo from '../clients/demo-path.ts';
import { holdingsOf, type Holdings } from '../fixtures/holdings.ts';
import { DaemonLab, type Network } from '../kernel/daemon/lab.ts';
import type { TestDaemonSettings } from './daemon.ts';
import type { JobKind } from './cells.ts';
import type { Plan } from './saboteur.ts';

/** The daemon of the tests, with its settings as its first parameter. */
const testDaemon = (settings: TestDaemonSettings): string[] => [resolve('test/crash/daemon.ts'), JSON.stringify(settings)];

const instances = ['algo-1', 'algo-2'] as const;

/** Every instance says who it is and counts, a line every 100 ms, and leaves who it is in the model. */
const counting = (lines: number): string =>
  "const i=crypto.randomUUID(),fs=require('fs'),host=process.env.CURRENT_HOST;fs.writeFileSync('/opt/ml/model/'+host,i);" +
  "fs.writeFileSync('/opt/ml/checkpoints/'+host,i);" +
  // Of a channel that is streamed, and of one that is files.
  "const d='/opt/ml/input/data/train';if(fs.existsSync(d+'_0'))fs.createReadStream(d+'_0').resume();" +
  "if(fs.existsSync(d+'/train.csv'))fs.readFileSync(d+'/train.csv');" +
  `let n=0;const t=setInterval(()=>{console.log(i,++n);if(n===${lines})clearInterval(t)},100)`;

const short =
  "require('fs').writeFileSync('/opt/ml/model/m','m');console.log('runs');" +
  "require('net').connect(443,'203.0.113.10').on('error',()=>0).setTimeout(100,()=>process.exit(0))";

/** Those that are left alone in the middle still run when the next daemon is there. */
const linesOf = (job: string): number => (job.startsWith('train-instances-') ? 60 : 14);
const endMs = 200_000;

const open = new Set<Bed>();

/** When the tests are ended from outside. */
export async function disposeBeds(): Promise<void> {
  await Promise.allSettled([...open].map(async (bed) => await bed.dispose()));
}

/** A data directory with a network and data in it, the daemons that run on it one after the other, and clients of them. */
export class Bed {
  readonly daemon: DaemonProcess;
  readonly lab: DaemonLab;
  readonly network: Network;

  private constructor(daemon: DaemonProcess, lab: DaemonLab, network: Network) {
    this.daemon = daemon;
    this.lab = lab;
    this.network = network;
    open.add(this);
  }

  /** @param parameters of the daemons' command line */
  static async make(parameters: readonly string[] = []): Promise<Bed> {
    const daemon = await DaemonProcess.start(parameters);
    try {
      const lab = DaemonLab.of({
        dataDirectory: daemon.dataDirectory,
        endpoint: daemon.endpoint,
        rootKey: daemon.credentials,
        restart: async () => await Promise.reject(new Error('a bed starts its own daemons')),
        stop: async () => await daemon.stop('SIGKILL'),
      });
      await lab.makeDataAndRole();
      const network = await lab.makeNetwork();
      await lab.makeS3Endpoint(network);
      return new Bed(daemon, lab, network);
    } catch (error) {
      await daemon.dispose();
      throw error;
    }
  }

  /** What is held while nothing runs: the network of the VPC, and no more. */
  async atRest(jobs: readonly JobKind[] = []): Promise<Holdings> {
    // The first job of a directory finds folders that its predecessors did not need.
    await this.lab.runJob(this.job('at-rest'));
    // The network of jobs without VpcConfig stays for the next one.
    if (jobs.includes('managed network')) await this.lab.runJob(this.job('at-rest-managed', this.network, 'managed network'));
    return await holdingsOf(this.daemon.dataDirectory);
  }

  /** Ends the daemon that runs, if one does, and starts one that lets things happen. */
  async sabotage(plans: readonly Plan[]): Promise<void> {
    await this.daemon.stop('SIGKILL');
    await this.daemon.start(this.lab.endpoint.port, testDaemon({ plans }));
  }

  /** Ends the daemon that runs, and starts one that can be observed: see `TestDaemonSettings`. */
  async observed(observations: string): Promise<void> {
    await this.daemon.stop('SIGKILL');
    await this.daemon.start(this.lab.endpoint.port, ['--expose-gc', ...testDaemon({ plans: [], observations })]);
  }

  /** The product as it is. */
  async start(): Promise<void> {
    await this.daemon.start(this.lab.endpoint.port);
  }

  job(name: string, network: Network = this.network, kind: JobKind = 'plain'): CreateTrainingJobCommandInput {
    const { VpcConfig, InputDataConfig, ...job } = demo.trainingJob(name, network);
    const [train, ...others] = InputDataConfig;
    const InputMode = kind === 'FastFile' || kind === 'Pipe' ? kind : 'File';
    return {
      ...job,
      InputDataConfig: [{ ...present(train, 'there is a channel'), InputMode }, ...others],
      ...(kind !== 'managed network' && { VpcConfig }),
      ...(kind === 'isolated' && { EnableNetworkIsolation: true }),
      ...(kind === 'checkpoints' && { CheckpointConfig: { S3Uri: `s3://${demo.bucket}/checkpoints/${name}` } }),
      AlgorithmSpecification: {
        TrainingImage: 'cloister/base',
        TrainingInputMode: 'File',
        ContainerEntrypoint: ['node', '-e', 'eval(process.env.PROGRAM)'],
      },
      Environment: { PROGRAM: counting(linesOf(name)) },
      ResourceConfig: { ...job.ResourceConfig, InstanceCount: instances.length },
    };
  }

  /** One instance, no data, one line. One packet of it is refused. */
  shortJob(name: string): CreateTrainingJobCommandInput {
    const { InputDataConfig: _none, ...job } = this.job(name);
    return {
      ...job,
      AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: ['node', '-e', short] },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
    };
  }

  async makeNetwork(): Promise<Network> {
    const network = await this.lab.makeNetwork();
    await this.lab.makeS3Endpoint(network);
    return network;
  }

  /** The end of a job, which may wait for what is tried again. */
  async end(name: string, { withinMs, lookMs } = { withinMs: endMs, lookMs: 200 }): Promise<DescribeTrainingJobCommandOutput> {
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      const job = await this.lab.describeJob(name);
      if (isTerminal(job.TrainingJobStatus as TrainingJobStatus)) return job;
      if (waitedMs >= withinMs)
        throw new Error(`${name} is still ${job.TrainingJobStatus} ${job.SecondaryStatus}: ${this.daemon.errors.slice(-3_000)}`);
      await sleep(lookMs);
    }
  }

  /** What is wrong with the lines and the model of a job that completed: each instance ran once, whole, and was heard once. */
  async faultsOfRun(name: string, kind: JobKind = 'plain'): Promise<string[]> {
    const archive = await this.lab.getObject(`output/${name}/output/model.tar.gz`);
    const faults: string[] = [];
    const lines = linesOf(name);
    for (const host of instances) {
      const id = demo.fileOfArchive(archive, host);
      const heard = await this.lab.logLines(name, host).catch((error: unknown) => [String(error)]);
      const expected = Array.from({ length: lines }, (_, index) => `${id} ${index + 1}`);
      const kept = kind === 'checkpoints' ? await this.lab.getObject(`checkpoints/${name}/${host}`).then(String, String) : id;
      if (kept !== id) faults.push(`the checkpoint of ${host} is ${kept}, not ${id}`);
      if (heard.join('\n') !== expected.join('\n')) faults.push(`lines of ${host}: ${heard.length} of ${lines}, ${differs(heard, expected)}`);
    }
    return faults;
  }

  /** As the API tells them: interfaces that are there, and addresses that are taken. */
  async addresses(): Promise<{ interfaces: string[]; free: number }> {
    const { NetworkInterfaces = [] } = await this.lab.ec2.send(new DescribeNetworkInterfacesCommand({}));
    const { Subnets = [] } = await this.lab.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [this.network.subnetId] }));
    return { interfaces: NetworkInterfaces.map(({ Description }) => Description ?? ''), free: Subnets[0]?.AvailableIpAddressCount ?? 0 };
  }

  /** Ends the clients' connections, which they keep for a while. They can be used again. */
  hangUp(): void {
    const { ec2, iam, logs, s3, sagemaker } = this.lab;
    for (const client of [ec2, iam, logs, s3, sagemaker]) client.destroy();
  }

  async dispose(): Promise<void> {
    open.delete(this);
    await this.lab.close();
  }
}

function differs(heard: readonly string[], expected: readonly string[]): string {
  const at = expected.findIndex((line, index) => heard[index] !== line);
  return at < 0 ? `then ${heard[expected.length]}` : `${heard[at]} instead of ${expected[at]}`;
}
