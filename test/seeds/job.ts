import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { sleep } from '../../src/stdx/deadline.ts';
import type { Network } from './network.ts';
import { Refuted } from './seed.ts';
import { outputBucket, type SeedDaemon } from './seed-daemon.ts';

const pollMs = 100;
/** Longer than anything that a row waits for. */
const waitMs = 90_000;

/** Asks again until there is an answer; `Refuted` with what was waited for when there is none in time. */
export async function until<T>(awaited: string, ask: () => Promise<T | undefined>, timeoutMs = waitMs): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pollMs);
  }
  throw new Refuted(`${awaited}: not within ${timeoutMs / 1000} s`);
}

export interface JobOptions {
  readonly name: string;
  /** What the container runs. Each item has at most 256 characters, as in AWS's model. */
  readonly entrypoint?: readonly string[];
  readonly instances?: number;
  /** A bucket with an object below `input/` that the job reads. Without one the job has no input. */
  readonly bucket?: string;
  /** The daemon's role when none is named. */
  readonly roleArn?: string;
}

/** The same request for every client: the AWS CLI, boto3 and the JS SDK take it as it is. */
export function jobRequest(daemon: SeedDaemon, network: Network, options: JobOptions): CreateTrainingJobCommandInput {
  const { name, entrypoint = endsAtOnce, instances = 1, bucket } = options;
  const source = { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/input/` } as const;
  return {
    TrainingJobName: name,
    RoleArn: options.roleArn ?? daemon.roleArn,
    AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: [...entrypoint] },
    ...(bucket === undefined ? {} : { InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: source } }] }),
    OutputDataConfig: { S3OutputPath: `s3://${bucket ?? outputBucket}/output` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: instances, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    VpcConfig: { Subnets: [...network.subnetIds], SecurityGroupIds: [...network.groupIds] },
  };
}

export const endsAtOnce: readonly string[] = ['sh', '-c', 'exit 0'];
/** Stays until the job is stopped. */
export const stays: readonly string[] = ['node', '-e', "process.on('SIGTERM',()=>process.exit(0));setInterval(()=>{},1e3)"];

export async function createJob(daemon: SeedDaemon, request: CreateTrainingJobCommandInput): Promise<void> {
  await daemon.sagemaker.send(new CreateTrainingJobCommand(request));
}

export async function describeJob({ sagemaker }: SeedDaemon, name: string): Promise<DescribeTrainingJobCommandOutput> {
  return await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
}

export async function jobEnd(daemon: SeedDaemon, name: string): Promise<DescribeTrainingJobCommandOutput> {
  return await until(`training job ${name} ends`, async () => {
    const job = await describeJob(daemon, name);
    return ['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus ?? '') ? job : undefined;
  });
}

/** The first line of a job's log that begins with a word, without that word. */
export async function logLine({ logs }: SeedDaemon, name: string, word: string): Promise<string> {
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  return await until(`a line of ${name} that begins with ${word}`, async () => {
    try {
      const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: `${name}/` }));
      const logStreamName = logStreams[0]?.logStreamName;
      if (logStreamName === undefined) return undefined;
      const { events = [] } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
      return events.find(({ message }) => message?.startsWith(`${word} `) === true)?.message?.slice(word.length + 1);
    } catch (error) {
      // The group and the stream come with the first job.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  });
}

/** A bucket with something to learn from. Its name is one that AmazonSageMakerFullAccess lets the role use. */
export async function createBucket({ s3 }: SeedDaemon, name: string, objects: Readonly<Record<string, string>> = {}): Promise<string> {
  const Bucket = `sagemaker-${name}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const [Key, Body] of Object.entries({ 'input/rows.csv': '1,2\n', ...objects })) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  }
  return Bucket;
}
