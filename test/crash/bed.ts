import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DescribeNetworkInterfacesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { sharedImages } from '../../src/daemon/images/shared-images.ts';
import { parseDaemonOptions } from '../../src/daemon/options.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import { DaemonProcess } from '../clients/daemon-process.ts';
import { compilerImage, ensureCompilerImage } from '../fixtures/compiler-image.ts';
import { holdingsOf, type Holdings } from '../fixtures/holdings.ts';
import { DaemonLab, type Network } from '../kernel/daemon/lab.ts';
import type { TestDaemonSettings } from './daemon.ts';
import { sagaOf, type JobKind } from './cells.ts';
import type { JobState } from './jobs/bed-job.ts';
import { makeCompilationRole } from './jobs/compilation.ts';
import { bedJobOf } from './jobs/jobs.ts';
import { HaltingRegistry } from './jobs/registry.ts';
import { shortJob, trainingJob } from './jobs/training.ts';
import type { Plan } from './saboteur.ts';

/** The daemon of the tests, with its settings as its first parameter. */
const testDaemon = (settings: TestDaemonSettings): string[] => [resolve('test/crash/daemon.ts'), JSON.stringify(settings)];

const endMs = 200_000;

const open = new Set<Bed>();

/** When the tests are ended from outside. */
export async function disposeBeds(): Promise<void> {
  await Promise.allSettled([...open].map(async (bed) => await bed.dispose()));
}

export interface BedOptions {
  /** What is to run on it: what only some jobs need is there for these. */
  readonly jobs?: readonly JobKind[];
  /** Of the daemons' command line. */
  readonly parameters?: readonly string[];
}

/** A data directory with a network and data in it, the daemons that run on it one after the other, and clients of them. */
export class Bed {
  readonly daemon: DaemonProcess;
  readonly lab: DaemonLab;
  readonly network: Network;
  readonly registry: HaltingRegistry | undefined;

  private constructor(daemon: DaemonProcess, lab: DaemonLab, network: Network, registry: HaltingRegistry | undefined) {
    this.daemon = daemon;
    this.lab = lab;
    this.network = network;
    this.registry = registry;
    open.add(this);
  }

  static async make({ jobs = [], parameters = [] }: BedOptions = {}): Promise<Bed> {
    const registry = jobs.includes('registry') ? await HaltingRegistry.open() : undefined;
    const compilers = jobs.some((job) => sagaOf(job) === 'compilation') ? ['--compiler', `PYTORCH=${compilerImage}`] : [];
    let daemon: DaemonProcess | undefined;
    try {
      daemon = await DaemonProcess.start([...parameters, ...compilers, ...(registry?.parameters ?? [])]);
      const lab = labOf(daemon);
      await lab.makeDataAndRole();
      const network = await lab.makeNetwork();
      await lab.makeS3Endpoint(network);
      if (jobs.includes('encrypted')) await lab.allowMembers(network);
      if (compilers.length > 0) await Promise.all([makeCompilationRole(lab), compilerImageReady()]);
      return new Bed(daemon, lab, network, registry);
    } catch (error) {
      await daemon?.dispose();
      await registry?.close();
      throw error;
    }
  }

  /** What is held while nothing runs: the network of the VPC, and no more. */
  async atRest(jobs: readonly JobKind[] = []): Promise<Holdings> {
    // The first job of a directory finds folders that its predecessors did not need.
    await this.lab.runJob(this.job('at-rest'));
    // The network of jobs without VpcConfig stays for the next one.
    if (jobs.includes('managed network') || jobs.includes('managed compilation'))
      await this.lab.runJob(trainingJob('at-rest-managed', this.network, 'managed network'));
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

  job(name: string): CreateTrainingJobCommandInput {
    return trainingJob(name, this.network);
  }

  shortJob(name: string): CreateTrainingJobCommandInput {
    return shortJob(name, this.network);
  }

  async create(name: string, kind: JobKind, network = this.network): Promise<void> {
    await bedJobOf(kind).create(this, name, kind, network);
  }

  async makeNetwork(): Promise<Network> {
    const network = await this.lab.makeNetwork();
    await this.lab.makeS3Endpoint(network);
    return network;
  }

  /** The end of a job, which may wait for what is tried again. */
  async end(name: string, kind: JobKind = 'plain', { withinMs, lookMs } = { withinMs: endMs, lookMs: 200 }): Promise<JobState> {
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      const state = await bedJobOf(kind).state(this, name);
      if (state.status !== 'under way') return state;
      if (waitedMs >= withinMs) throw new Error(`${name} is still ${state.told}: ${this.daemon.errors.slice(-3_000)}`);
      await sleep(lookMs);
    }
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
    try {
      await this.lab.close();
    } finally {
      await this.registry?.close();
    }
  }
}

function labOf(daemon: DaemonProcess): DaemonLab {
  return DaemonLab.of({
    dataDirectory: daemon.dataDirectory,
    endpoint: daemon.endpoint,
    rootKey: daemon.credentials,
    restart: async () => await Promise.reject(new Error('a bed starts its own daemons')),
    stop: async () => await daemon.stop('SIGKILL'),
  });
}

let compilerMade: Promise<void> | undefined;

/** Once in this process: all daemons read one store of images. */
async function compilerImageReady(): Promise<void> {
  compilerMade ??= makeCompilerImage();
  await compilerMade;
}

async function makeCompilerImage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-compiler-'));
  try {
    await ensureCompilerImage(sharedImages(parseDaemonOptions([], process.env).imageStore), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
