import { sleep } from '../../stdx/deadline.ts';
import { bucket, roleArn, type PrivateNetwork, type Story } from './story.ts';

export interface TrainingJobDescription {
  readonly TrainingJobName: string;
  readonly TrainingJobStatus: string;
  readonly SecondaryStatus: string;
  readonly FailureReason?: string;
  readonly ModelArtifacts: { readonly S3ModelArtifacts: string };
  readonly SecondaryStatusTransitions: readonly { readonly Status: string; readonly StatusMessage: string }[];
}

const pollMs = 250;
const jobDeadlineMs = 60_000;
const logGroupName = '/aws/sagemaker/TrainingJobs';

/** Of the built-in trainer. */
export const demoHyperParameters = { objective: 'binary:logistic', num_round: '12', max_depth: '4', peer_wait_seconds: '8' };

export interface DemoJob {
  readonly name: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly hyperParameters?: Readonly<Record<string, string>>;
  readonly channels: readonly string[];
  /** One unless said otherwise. */
  readonly instances?: number;
}

export async function createTrainingJob(story: Story, network: PrivateNetwork, job: DemoJob): Promise<void> {
  await story.api.json('sagemaker', 'CreateTrainingJob', {
    TrainingJobName: job.name,
    RoleArn: roleArn(story),
    AlgorithmSpecification: { TrainingImage: job.image, TrainingInputMode: 'File', ...(job.entrypoint && { ContainerEntrypoint: job.entrypoint }) },
    ...(job.hyperParameters && { HyperParameters: job.hyperParameters }),
    ...(job.channels.length > 0 && {
      InputDataConfig: job.channels.map((channel) => ({
        ChannelName: channel,
        ContentType: 'text/csv',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${channel}/`, S3DataDistributionType: 'FullyReplicated' } },
      })),
    }),
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/output` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: job.instances ?? 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 120 },
    VpcConfig: { Subnets: [network.subnetId], SecurityGroupIds: [network.groupId] },
  });
}

/** Follows a job to its end: tells each new status and each log line as they come. */
export async function followTrainingJob(story: Story, name: string, onLine: (line: string) => void): Promise<TrainingJobDescription> {
  let told = 0;
  let token: string | undefined;
  for (let waitedMs = 0; waitedMs < jobDeadlineMs; waitedMs += pollMs) {
    const job = (await story.api.json('sagemaker', 'DescribeTrainingJob', { TrainingJobName: name })) as TrainingJobDescription;
    for (const transition of job.SecondaryStatusTransitions.slice(told)) {
      if (!['Failed', 'Completed'].includes(transition.Status)) story.terminal.note(`${transition.Status}: ${transition.StatusMessage}`);
    }
    told = job.SecondaryStatusTransitions.length;
    token = await tellLogLines(story, name, token, onLine);
    if (['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus)) return job;
    await sleep(pollMs);
  }
  throw new Error(`training job ${name} did not end within ${jobDeadlineMs / 1000} s`);
}

async function tellLogLines(story: Story, name: string, token: string | undefined, onLine: (line: string) => void): Promise<string | undefined> {
  try {
    const { logStreams } = (await story.api.json('logs', 'DescribeLogStreams', { logGroupName, logStreamNamePrefix: `${name}/` })) as {
      logStreams: readonly { logStreamName: string }[];
    };
    const stream = logStreams[0];
    if (stream === undefined) return token;
    const page = (await story.api.json('logs', 'GetLogEvents', {
      logGroupName,
      logStreamName: stream.logStreamName,
      startFromHead: true,
      ...(token === undefined ? {} : { nextToken: token }),
    })) as { events: readonly { message: string }[]; nextForwardToken: string };
    for (const event of page.events) onLine(event.message);
    return page.nextForwardToken;
  } catch {
    return token; // The group exists only from the first line on.
  }
}

/** The built-in trainer on the data of the demo, from its request to its end. Keeps the lines of its log, and shows some. */
export async function train(
  story: Story,
  network: PrivateNetwork,
  job: Pick<DemoJob, 'name' | 'instances'>,
  lines: string[] = [],
  isShown: (line: string) => boolean = () => true,
): Promise<TrainingJobDescription> {
  const instances = job.instances === undefined ? '' : `--resource-config InstanceCount=${job.instances},… `;
  story.terminal.command(
    `aws sagemaker create-training-job --training-job-name ${job.name} ${instances}--vpc-config Subnets=${network.subnetId},SecurityGroupIds=${network.groupId} …`,
  );
  await createTrainingJob(story, network, {
    ...job,
    image: 'cloister/gbt',
    channels: ['train', 'validation'],
    hyperParameters: demoHyperParameters,
  });
  return await followTrainingJob(story, job.name, (line) => {
    lines.push(line);
    // XGBoost's tabs, as CloudWatch shows them.
    if (isShown(line)) story.terminal.log(line.replaceAll('#011', '  '));
  });
}

export async function modelArchive({ api }: Story, { ModelArtifacts }: TrainingJobDescription): Promise<Uint8Array> {
  const answer = await api.s3('GET', `/${ModelArtifacts.S3ModelArtifacts.slice('s3://'.length)}`);
  return await answer.bytes();
}
