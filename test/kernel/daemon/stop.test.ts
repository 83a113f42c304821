import { readdirSync } from 'node:fs';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand, type DescribeTrainingJobCommandOutput, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyOperation } from '../../../src/daemon/parts.ts';
import type { ContainerDriver } from '../../../src/drivers/container/container-driver.ts';
import type { PlacementDriver } from '../../../src/drivers/placement/placement-driver.ts';
import { isTerminal } from '../../../src/model/job/training-job.ts';
import { withDeadline } from '../../../src/stdx/deadline.ts';
import type { Store } from '../../../src/store/store.ts';
import * as demo from '../../clients/demo-path.ts';
import { replacing } from '../../seeds/replacing.ts';
import { DaemonLab, type Network } from './lab.ts';

/**
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html: SIGTERM, 120 seconds, SIGKILL; what
 * was written by then is uploaded. MaxRuntimeInSeconds ends a job the same way.
 */

/** The daemon's own grace is 120 s; here the kernel's part of it is cut, and what was asked for is noted. */
const cutGraceMs = 2_000;
const graces: number[] = [];
const cutGrace = (driver: ContainerDriver): ContainerDriver =>
  replacing(driver, {
    stop: async (name, graceMs) => {
      graces.push(graceMs);
      await driver.stop(name, Math.min(graceMs, cutGraceMs));
    },
  });

const reachedMs = 40_000;

/** Keeps jobs in a status until they are let go. */
class Gate {
  #passed = Promise.withResolvers<void>();
  #reached = Promise.withResolvers<void>();
  held = '';

  async pass(call: string): Promise<void> {
    if (call !== this.held) return;
    this.#reached.resolve();
    await this.#passed.promise;
  }

  hold(call: string): void {
    this.#reached = Promise.withResolvers();
    this.#passed = Promise.withResolvers();
    this.held = call;
  }

  async reached(): Promise<void> {
    await withDeadline('reachedMs', reachedMs, this.#reached.promise);
  }

  letGo(): void {
    this.held = '';
    this.#passed.resolve();
  }
}
const gate = new Gate();
const gated = (driver: PlacementDriver): PlacementDriver =>
  replacing(driver, {
    prepare: async (spec) => {
      await gate.pass('prepare');
      await driver.prepare(spec);
    },
    startAgent: async (spec, credentials) => {
      const session = await driver.startAgent(spec, credentials);
      return replacing(session, {
        order: async (order, signal, options) => {
          await gate.pass(order.kind);
          return await session.order(order, signal, options);
        },
      });
    },
  });

/** Looks between any two things that the daemon does: a job that has ended holds no interface, in the account or in the kernel. */
const early: string[] = [];
let store: Store | undefined;
let prefix = '';
let isWatching = true;
function watchEnds(): void {
  for (const { trainingJobName: name, status } of store?.sagemaker.trainingJobs.list() ?? []) {
    if (!isTerminal(status)) continue;
    const own = store?.ec2.networkInterfaces.list().filter(({ description }) => description.includes(`job ${name}:`)) ?? [];
    if (own.length > 0) early.push(`${name} is ${status} and has ${own.length} interfaces`);
  }
  if (isWatching) setTimeout(watchEnds, 1);
}
const observed = (operation: AnyOperation): AnyOperation => ({
  ...operation,
  commit: (input, context, prepared) => {
    store = context.store;
    return operation.commit(input, context, prepared) as unknown;
  },
});

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.composedOf({
    containers: cutGrace,
    placement: gated,
    registries: (whole) => ({ ...whole, s3: { ...whole.s3, CreateBucket: observed(whole.s3['CreateBucket'] as AnyOperation) } }),
  });
  ({ prefix } = lab);
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  watchEnds();
});
afterAll(async () => {
  isWatching = false;
  await lab?.close();
});

/** Runs until it is told, and goes on: only SIGKILL ends it. */
const deaf =
  "const w=n=>require('fs').writeFileSync('/opt/ml/model/'+n,n);process.on('SIGTERM',()=>w('told'));w('first');console.log('runs');setInterval(()=>{},1e3)";
const programs = { obedient: undefined, deaf, brief: "require('fs').writeFileSync('/opt/ml/model/first','first')" } as const;

const jobOf = (name: string, program: keyof typeof programs = 'obedient', seconds = 120) => {
  const endless = demo.endlessJob(name, network);
  const text = programs[program];
  return {
    ...endless,
    // So that there is something to download.
    InputDataConfig: demo.trainingJob(name, network).InputDataConfig,
    AlgorithmSpecification:
      text === undefined ? endless.AlgorithmSpecification : { ...endless.AlgorithmSpecification, ContainerEntrypoint: ['node', '-e', text] },
    StoppingCondition: { MaxRuntimeInSeconds: seconds },
  };
};

const messages = {
  Starting: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Stopping: 'Stopping the training job',
  Uploading: 'Uploading generated training model',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
} as const;

/** Each transition once, with AWS's words, ended when the next begins. */
function expectTransitions(job: DescribeTrainingJobCommandOutput, ...statuses: readonly (keyof typeof messages)[]): void {
  const transitions = job.SecondaryStatusTransitions ?? [];
  expect(transitions.map(({ Status, StatusMessage }) => [Status, StatusMessage])).toEqual(statuses.map((status) => [status, messages[status]]));
  for (const [index, { EndTime }] of transitions.entries()) expect(EndTime).toEqual((transitions[index + 1] ?? transitions[index])?.StartTime);
  expect([job.SecondaryStatus, job.TrainingJobStatus]).toEqual([statuses.at(-1), 'Stopped']);
  expect(job.FailureReason).toBeUndefined();
}

async function keysOf(name: string): Promise<string[]> {
  const { Contents = [] } = await lab.s3.send(new ListObjectsV2Command({ Bucket: demo.bucket, Prefix: `output/${name}/` }));
  return Contents.map(({ Key }) => Key ?? '');
}

async function filesOf(name: string, ...files: readonly string[]): Promise<string[]> {
  const archive = await lab.getObject(`output/${name}/output/model.tar.gz`);
  return files.map((file) => demo.fileOfArchive(archive, file));
}

/** Of a job that ran: the seconds between start and end are what is paid for. */
function expectSeconds({
  TrainingStartTime: start,
  TrainingEndTime: end,
  TrainingTimeInSeconds: seconds,
  BillableTimeInSeconds: billed,
}: DescribeTrainingJobCommandOutput): void {
  expect(seconds).toBe(Math.max(1, Math.ceil(((end?.getTime() ?? 0) - (start?.getTime() ?? 0)) / 1_000)));
  expect(billed).toBe(seconds);
}

describe('a job that is asked to stop', () => {
  it.each([
    ['Starting', 'prepare', ['Starting', 'Stopping', 'Stopped']],
    ['Downloading', 'download', ['Starting', 'Downloading', 'Stopping', 'Stopped']],
  ] as const)(
    'while %s never runs, leaves nothing, and is paid for from when its instances began to get its data',
    async (status, call, transitions) => {
      const name = `stopped-${status}`;
      gate.hold(call);
      await lab.createJob(jobOf(name));
      await gate.reached();
      expect((await lab.describeJob(name)).SecondaryStatus).toBe(status);
      await lab.stopJob(name);
      expect(await lab.describeJob(name)).toMatchObject({ TrainingJobStatus: 'Stopping', SecondaryStatus: 'Stopping' });
      gate.letGo();
      const ended = await lab.endOf(name);
      expectTransitions(ended, ...transitions);
      // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html: the download is billed.
      const times = [ended.TrainingStartTime, ended.TrainingEndTime, ended.TrainingTimeInSeconds, ended.BillableTimeInSeconds];
      expect(times.map((time) => time !== undefined)).toEqual(Array(4).fill(status === 'Downloading'));
      expect(await keysOf(name)).toEqual([]);
    },
  );

  it('while Training is told by SIGTERM, has its 120 seconds, and what it wrote is uploaded', async () => {
    graces.length = 0;
    await lab.createJob(jobOf('stopped-Training'));
    await lab.firstLine('stopped-Training');
    await lab.stopJob('stopped-Training');
    const ended = await lab.endOf('stopped-Training');
    expectTransitions(ended, 'Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped');
    expectSeconds(ended);
    expect(await filesOf('stopped-Training', 'first', 'last')).toEqual(['first', 'last']);
    expect(graces).toHaveLength(1);
    expect(graces[0]).toBeGreaterThan(100_000);
    expect(graces[0]).toBeLessThanOrEqual(120_000);
  });

  it('while Uploading uploads to the end, and is stopped all the same', async () => {
    gate.hold('upload');
    await lab.createJob(jobOf('stopped-Uploading', 'brief'));
    await gate.reached();
    await lab.stopJob('stopped-Uploading');
    expect((await lab.describeJob('stopped-Uploading')).TrainingJobStatus).toBe('Stopping');
    gate.letGo();
    const ended = await lab.endOf('stopped-Uploading');
    expectTransitions(ended, 'Starting', 'Downloading', 'Training', 'Uploading', 'Stopping', 'Stopped');
    expectSeconds(ended);
    expect(await filesOf('stopped-Uploading', 'first')).toEqual(['first']);
  });

  it('is killed after the grace when it does not listen, and what it wrote is uploaded', async () => {
    await lab.createJob(jobOf('deaf', 'deaf'));
    await lab.firstLine('deaf');
    await lab.stopJob('deaf');
    const ended = await lab.endOf('deaf');
    expectTransitions(ended, 'Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped');
    expect(await filesOf('deaf', 'first', 'told')).toEqual(['first', 'told']);
  });

  it('may be asked twice, which changes nothing, and is refused when it has ended', async () => {
    graces.length = 0;
    await lab.createJob(jobOf('twice', 'deaf'));
    await lab.firstLine('twice');
    await lab.stopJob('twice');
    const first = await lab.describeJob('twice');
    await lab.stopJob('twice');
    const stoppings = ({ SecondaryStatusTransitions: all = [] }: DescribeTrainingJobCommandOutput) =>
      all.filter(({ Status }) => Status === 'Stopping');
    expect(stoppings(await lab.describeJob('twice'))).toMatchObject(stoppings(first).map(({ StartTime }) => ({ StartTime })));
    expectTransitions(await lab.endOf('twice'), 'Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped');
    expect(graces).toHaveLength(1);
    await lab.runJob(jobOf('completed', 'brief'));
    for (const [name, status] of [
      ['twice', 'Stopped'],
      ['completed', 'Completed'],
    ] as const) {
      const stop = lab.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
      await expect(stop).rejects.toMatchObject({
        name: 'ValidationException',
        message: `The request was rejected because the training job is in status ${status}.`,
      });
    }
  });
});

describe('a job that runs for longer than MaxRuntimeInSeconds', () => {
  it.each([
    ['listens', 'obedient', 'last'],
    ['does not listen', 'deaf', 'told'],
  ] as const)('and %s is stopped in the same way, says so, and is no failure', async (_how, program, left) => {
    graces.length = 0;
    const name = `too-long-${program}`;
    await lab.sagemaker.send(new CreateTrainingJobCommand(jobOf(name, program, 1)));
    const ended = await lab.endOf(name);
    expectTransitions(ended, 'Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'MaxRuntimeExceeded');
    expectSeconds(ended);
    expect(ended.TrainingTimeInSeconds).toBeGreaterThanOrEqual(1);
    expect(await filesOf(name, 'first', left)).toEqual(['first', left]);
    expect(graces).toHaveLength(1);
    expect(graces[0]).toBeGreaterThan(100_000);
  });
});

it('has given back its interfaces before its status says that it has ended', async () => {
  expect(store?.sagemaker.trainingJobs.list().filter(({ status }) => isTerminal(status)).length).toBeGreaterThanOrEqual(8);
  expect(early).toEqual([]);
  expect(readdirSync('/run/netns').filter((name) => name.startsWith(`${prefix}-e`))).toEqual([]);
});
