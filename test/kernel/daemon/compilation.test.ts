import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  CreateCompilationJobCommand,
  type CreateCompilationJobCommandInput,
  DeleteCompilationJobCommand,
  DescribeCompilationJobCommand,
  type DescribeCompilationJobCommandOutput,
  StopCompilationJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerDriver } from '../../../src/drivers/container/container-driver.ts';
import { ensureImages } from '../../../src/daemon/machine.ts';
import { compilationEc2Actions } from '../../../src/model/job/needs.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import { compilerImage, modelOf, tellingModel, withCompilerImage } from '../../fixtures/compiler-image.ts';
import { replacing } from '../../seeds/replacing.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** A compilation job really compiles, by a registered image, in the VPC of its VpcConfig. */

const pollMs = 100;
const jobMs = 60_000;
const roleArn = 'arn:aws:iam::000000000000:role/neo';
/** The daemon's own grace is 120 s; here the kernel's part of it is cut. */
const cutGrace = (driver: ContainerDriver): ContainerDriver =>
  replacing(driver, { stop: async (name, graceMs) => await driver.stop(name, Math.min(graceMs, 1_500)) });

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  const images = withCompilerImage(ensureImages);
  lab = await DaemonLab.composedOf({ ensureImages: images.ensure, containers: cutGrace }, ['--compiler', `PYTORCH=${compilerImage}`]);
  await lab.makeDataAndRole();
  await lab.makeRole('neo', ...compilationEc2Actions, ...demo.dataActions, ...demo.logActions);
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  await lab.putObject('models/model.tar.gz', tellingModel);
  await images.ready;
});
afterAll(async () => void (await lab?.close()));

type Change = Partial<CreateCompilationJobCommandInput> & { readonly key?: string };

async function create(name: string, { key = 'models/model.tar.gz', ...change }: Change = {}): Promise<void> {
  await lab.sagemaker.send(
    new CreateCompilationJobCommand({
      CompilationJobName: name,
      RoleArn: roleArn,
      InputConfig: { S3Uri: `s3://${demo.bucket}/${key}`, Framework: 'PYTORCH', DataInputConfig: "{'data': [1,3,224,224]}" },
      OutputConfig: {
        S3OutputLocation: `s3://${demo.bucket}/compiled/${name}/`,
        TargetDevice: 'ml_c5',
        CompilerOptions: "{'mcpu': 'skylake-avx512'}",
      },
      StoppingCondition: { MaxRuntimeInSeconds: 900 },
      VpcConfig: { Subnets: [network.subnetId], SecurityGroupIds: [network.groupId] },
      ...change,
    }),
  );
}

const describeJob = async (name: string) => await lab.sagemaker.send(new DescribeCompilationJobCommand({ CompilationJobName: name }));

async function until(name: string, test: (job: DescribeCompilationJobCommandOutput) => boolean | Promise<boolean>) {
  for (let waitedMs = 0; waitedMs < jobMs; waitedMs += pollMs) {
    const job = await describeJob(name);
    if (await test(job)) return job;
    await sleep(pollMs);
  }
  throw new Error(`${name} is still ${JSON.stringify(await describeJob(name))}`);
}

const endOf = async (name: string) =>
  await until(name, ({ CompilationJobStatus = '' }) => ['COMPLETED', 'FAILED', 'STOPPED'].includes(CompilationJobStatus));

const interfaces = async (): Promise<number> =>
  (await lab.ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [network.vpcId] }] }))).NetworkInterfaces?.length ??
  0;

async function lines(name: string): Promise<string[]> {
  const stream = { logGroupName: '/aws/sagemaker/CompilationJobs', logStreamName: name, startFromHead: true };
  const { events = [] } = await lab.logs.send(new GetLogEventsCommand(stream)).catch(() => ({ events: [] }));
  return events.map(({ message = '' }) => message);
}

/** The processes of this machine that were started with an argument. */
const processesWith = (argument: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/u.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      // It has ended.
      return false;
    }
  });

const putModel = async (name: string, script: string): Promise<{ key: string }> => {
  await lab.putObject(`models/${name}.tar.gz`, modelOf(script));
  return { key: `models/${name}.tar.gz` };
};

describe('a job whose compiler succeeds', () => {
  it("is completed: its archive is where AWS puts it, and the compiler was told what AWS's compilers are", async () => {
    await create('first');
    expect(await describeJob('first')).toMatchObject({
      FailureReason: '',
      ModelArtifacts: { S3ModelArtifacts: `s3://${demo.bucket}/compiled/first/model-ml_c5.tar.gz` },
    });
    const job = await endOf('first');
    expect([job.CompilationJobStatus, job.FailureReason]).toEqual(['COMPLETED', '']);
    const archive = await lab.getObject('compiled/first/model-ml_c5.tar.gz');
    expect(demo.fileOfArchive(archive, 'compiled.so')).toBe('code');
    expect(job.ModelDigests?.ArtifactDigest).toBe(createHash('blake2b512').update(archive).digest('hex'));
    const { env, input } = JSON.parse(demo.fileOfArchive(archive, 'told.json')) as { env: Record<string, string>; input: string[] };
    expect(env).toMatchObject({
      SM_NEO_EXECUTION_CONTEXT: '1',
      SM_NEO_INPUT_MODEL_DIR: '/opt/ml/model/input',
      SM_NEO_COMPILED_MODEL_DIR: '/opt/ml/model/compiled',
      SM_NEO_COMPILATION_ERROR_FILE: '/opt/ml/compilation/errors/errors.json',
      COMPILER_OPTIONS: '{"mcpu":"skylake-avx512"}',
      CLOISTER_NEO_FRAMEWORK: 'PYTORCH',
      CLOISTER_NEO_TARGET: 'ml_c5',
      CLOISTER_NEO_DATA_INPUT_CONFIG: '{"data":[1,3,224,224]}',
    });
    expect(Object.keys(env).filter((name) => /CREDENTIALS|SECRET|TOKEN|ACCESS_KEY/u.test(name))).toEqual([]);
    expect(input).toEqual(['compile.js', 'weights', 'weights/layer-1']);
    expect(await lines('first')).toEqual(['compiling for ml_c5']);
    expect(await interfaces()).toBe(0);
  });

  it('runs in the network that SageMaker manages when it has no VpcConfig', async () => {
    await create('managed', { VpcConfig: undefined, OutputConfig: platform('managed') });
    const job = await endOf('managed');
    expect([job.CompilationJobStatus, job.FailureReason]).toEqual(['COMPLETED', '']);
    const archive = await lab.getObject('compiled/managed/model-LINUX_X86_64.tar.gz');
    const { env } = JSON.parse(demo.fileOfArchive(archive, 'told.json')) as { env: Record<string, string> };
    expect(env['CLOISTER_NEO_TARGET']).toBe('LINUX X86_64');
  });

  it('may have the name of one that was deleted, whose log its own goes on behind', async () => {
    await lab.sagemaker.send(new DeleteCompilationJobCommand({ CompilationJobName: 'first' }));
    await create('first');
    expect((await endOf('first')).CompilationJobStatus).toBe('COMPLETED');
    expect(await lines('first')).toEqual(['compiling for ml_c5', 'compiling for ml_c5']);
  });
});

const platform = (name: string) => ({
  S3OutputLocation: `s3://${demo.bucket}/compiled/${name}`,
  TargetPlatform: { Os: 'LINUX' as const, Arch: 'X86_64' as const },
});

describe('a job fails with the words of AWS', () => {
  it.each([
    [
      'missing',
      { key: 'models/none.tar.gz' },
      `ClientError: InputConfiguration: S3 object does not exist. Bucket: ${demo.bucket}, Key: models/none.tar.gz`,
    ],
    [
      'no-archive',
      { key: 'train/train.csv' },
      'ClientError: InputConfiguration: Unable to untar input model. Please confirm the model is a tar.gz file. It is not compressed by gzip, or broken: incorrect header check.',
    ],
    [
      'no-compiler',
      { InputConfig: { S3Uri: `s3://${demo.bucket}/models/model.tar.gz`, Framework: 'TFLITE' as const } },
      'ClientError: CompilationError: Unable to compile model for ml_c5: no compiler is registered for framework TFLITE and this target. cloister up --compiler TFLITE=IMAGE registers one.',
    ],
    [
      'no-dictionary',
      { InputConfig: { S3Uri: `s3://${demo.bucket}/models/model.tar.gz`, Framework: 'PYTORCH' as const, DataInputConfig: '7' } },
      'ClientError: InputConfiguration: DataInputConfig is not dictionary or list.',
    ],
  ])('%s', async (name, change: Change, reason) => {
    await create(name, change);
    const job = await endOf(name);
    expect(job.CompilationJobStatus).toBe('FAILED');
    expect(job.FailureReason).toEqual(reason);
    expect(await interfaces()).toBe(0);
  });

  it('and those of its compiler', async () => {
    const script = `require('node:fs').writeFileSync(process.env.SM_NEO_COMPILATION_ERROR_FILE, JSON.stringify({ error: 'InputConfiguration: no .onnx file' })); process.exit(3)`;
    await create('refused', await putModel('refused', script));
    expect((await endOf('refused')).FailureReason).toBe('ClientError: InputConfiguration: no .onnx file');
    await create('silent', await putModel('silent', 'process.exit(3)'));
    expect((await endOf('silent')).FailureReason).toBe(
      'ClientError: CompilationError: Unable to compile model for ml_c5: the compiler ended with exit code 3 and says nothing',
    );
    await create('empty', await putModel('empty', ''));
    expect((await endOf('empty')).FailureReason).toBe('ClientError: CompilationError: Unable to compile model for ml_c5: it left nothing to upload');
  });

  it('when it takes longer than MaxRuntimeInSeconds, however deaf its processes are', async () => {
    const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
    const model = await putModel('slow', `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}]); ${deaf}`);
    await create('slow', { ...model, StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    const job = await endOf('slow');
    expect([job.CompilationJobStatus, job.FailureReason]).toEqual(['FAILED', expect.stringMatching(/^ClientError: TimeOut: /u)]);
  });
});

describe('a job that is stopped', () => {
  it('is told by SIGTERM, uploads nothing, and is stopped with all that it started', async () => {
    const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
    const mark = `child-of-stopped-${process.pid}`;
    const script = `process.on('SIGTERM', () => { console.log('told'); process.exit(0) });
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}, '${mark}'], { detached: true });
      require('node:fs').writeFileSync(process.env.SM_NEO_COMPILED_MODEL_DIR + '/half', 'half');
      console.log('runs'); setInterval(() => {}, 1000)`;
    await create('stopped', await putModel('stopped', script));
    await until('stopped', async () => (await lines('stopped')).includes('runs'));
    await expect.poll(() => processesWith(mark).length).toBe(1);
    await lab.sagemaker.send(new StopCompilationJobCommand({ CompilationJobName: 'stopped' }));
    expect((await describeJob('stopped')).CompilationJobStatus).toBe('STOPPING');
    const job = await endOf('stopped');
    expect([job.CompilationJobStatus, job.FailureReason, job.ModelDigests]).toEqual(['STOPPED', '', undefined]);
    expect(await lines('stopped')).toEqual(['runs', 'told']);
    expect(processesWith(mark)).toEqual([]);
    await expect(lab.getObject('compiled/stopped/stopped-ml_c5.tar.gz')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

it('a daemon that starts anew finds the compiler running, and completes its job', async () => {
  const script = `const { existsSync, writeFileSync } = require('node:fs');
    console.log('runs'); setTimeout(() => writeFileSync(process.env.SM_NEO_COMPILED_MODEL_DIR + '/once', 'x'), 4000)`;
  await create('restarted', await putModel('restarted', script));
  await until('restarted', async () => (await lines('restarted')).includes('runs'));
  await lab.restart();
  const job = await endOf('restarted');
  expect([job.CompilationJobStatus, job.FailureReason]).toEqual(['COMPLETED', '']);
  expect(await lines('restarted')).toEqual(['runs']);
});
