import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { HeadObjectCommand, PutObjectCommand, type S3ServiceException } from '@aws-sdk/client-s3';
import {
  CreateCompilationJobCommand,
  type CreateCompilationJobCommandInput,
  DescribeCompilationJobCommand,
  type DescribeCompilationJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { modelOf } from '../fixtures/compiler-image.ts';
import { createBucket, until } from './job.ts';
import { createNetwork, type Network, type NetworkOptions } from './network.ts';
import { claim } from './seed.ts';
import { compilerReady, type SeedDaemon } from './seed-daemon.ts';
import type { World } from './world.ts';

/** Compiles at once. */
export const compiles = "require('node:fs').writeFileSync(process.env.SM_NEO_COMPILED_MODEL_DIR + '/compiled.so', 'code');";
/** Stays until the job is stopped. */
export const compilesOn = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);";

/** A compilation job of a model in a bucket, in a network. */
export interface CompilationSetting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  readonly jobName: string;
  readonly request: CreateCompilationJobCommandInput;
}

/** Everything that a job needs, and its request; the model's script is what its compiler does. */
export async function compilationIn<N extends Network>(
  daemon: SeedDaemon,
  network: N,
  jobName: string,
  script = compiles,
  roleArn = daemon.roleArn,
): Promise<CompilationSetting & { readonly network: N }> {
  await compilerReady;
  const bucket = await createBucket(daemon, jobName);
  await daemon.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'models/model.tar.gz', Body: modelOf(script) }));
  const request: CreateCompilationJobCommandInput = {
    CompilationJobName: jobName,
    RoleArn: roleArn,
    InputConfig: { S3Uri: `s3://${bucket}/models/model.tar.gz`, Framework: 'PYTORCH', DataInputConfig: '{"data": [1, 3]}' },
    OutputConfig: { S3OutputLocation: `s3://${bucket}/compiled`, TargetDevice: 'ml_c5' },
    StoppingCondition: { MaxRuntimeInSeconds: 300 },
    VpcConfig: { Subnets: [...network.subnetIds], SecurityGroupIds: [...network.groupIds] },
  };
  return { daemon, network, bucket, jobName, request };
}

/** The same, created, in a private network of its own. */
export async function compilation(
  world: World,
  daemon: SeedDaemon,
  word: string,
  options: NetworkOptions = { endpoint: 'in-table' },
  script = compiles,
): Promise<CompilationSetting> {
  const made = await compilationIn(daemon, await createNetwork(daemon, options), world.name(word), script);
  await createCompilation(made);
  return made;
}

export async function createCompilation({ daemon, request }: Pick<CompilationSetting, 'daemon' | 'request'>): Promise<void> {
  await daemon.sagemaker.send(new CreateCompilationJobCommand(request));
}

export async function describeCompilation({
  daemon,
  jobName,
}: Pick<CompilationSetting, 'daemon' | 'jobName'>): Promise<DescribeCompilationJobCommandOutput> {
  return await daemon.sagemaker.send(new DescribeCompilationJobCommand({ CompilationJobName: jobName }));
}

export async function compilationEnd(made: Pick<CompilationSetting, 'daemon' | 'jobName'>): Promise<DescribeCompilationJobCommandOutput> {
  return await until(`compilation job ${made.jobName} ends`, async () => {
    const job = await describeCompilation(made);
    return ['COMPLETED', 'FAILED', 'STOPPED'].includes(job.CompilationJobStatus ?? '') ? job : undefined;
  });
}

/** The job is COMPLETED, and its model is there. Returns the model's key. */
export async function claimCompiled(made: CompilationSetting): Promise<string> {
  const { daemon, bucket, jobName } = made;
  const { CompilationJobStatus: status, FailureReason: reason, ModelArtifacts, ModelDigests } = await compilationEnd(made);
  claim(status === 'COMPLETED', `${jobName} is ${status}: ${reason}`);
  const Key = 'compiled/model-ml_c5.tar.gz';
  claim(ModelArtifacts?.S3ModelArtifacts === `s3://${bucket}/${Key}`, `the model is at ${ModelArtifacts?.S3ModelArtifacts}`);
  const isThere = await daemon.s3.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
    ({ ContentLength = 0 }) => ContentLength > 0,
    // A bucket that is closed to the host: what was sent there has a digest.
    ({ $metadata }: S3ServiceException) => $metadata.httpStatusCode === 403 && ModelDigests?.ArtifactDigest !== undefined,
  );
  claim(isThere, `${Key} is not there`);
  return Key;
}

/** The first line of the compiler's log that begins with a word, without that word. */
export async function compilationLine({ daemon, jobName }: Pick<CompilationSetting, 'daemon' | 'jobName'>, word: string): Promise<string> {
  const stream = { logGroupName: '/aws/sagemaker/CompilationJobs', logStreamName: jobName, startFromHead: true };
  return await until(`a line of ${jobName} that begins with ${word}`, async () => {
    try {
      const { events = [] } = await daemon.logs.send(new GetLogEventsCommand(stream));
      return events.find(({ message }) => message?.startsWith(`${word} `) === true)?.message?.slice(word.length + 1);
    } catch (error) {
      // The group and the stream come with the first job.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  });
}

/** A script that asks a host of the VPC, and compiles when it is answered; else it fails, and says so. */
export const asksHost = (address: string, port: number): string => `const { writeFileSync } = require('node:fs');
  const refuse = (error) => { writeFileSync(process.env.SM_NEO_COMPILATION_ERROR_FILE, JSON.stringify({ error })); process.exit(1); };
  setTimeout(() => refuse('CompilationError: no answer of ${address}:${port}'), 5000).unref();
  const socket = require('node:net').connect(${port}, '${address}');
  socket.on('data', () => { ${compiles} process.exit(0); });
  socket.on('error', (error) => refuse('CompilationError: ' + error.code));`;
