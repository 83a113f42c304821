import { hostName } from '../../model/job/container-contract.ts';
import { compilationLogGroupName, trainingLogGroupName, trainingLogStreamName } from '../../model/job/log-stream.ts';
import { ApiError } from '../api.ts';
import type { PatientApi } from '../patient-api.ts';
import type { HostLine } from './line-merge.ts';

/** What is read of DescribeTrainingJob's answer; times are seconds. */
export interface DescribedJob {
  readonly TrainingJobStatus: string;
  readonly SecondaryStatus: string;
  readonly FailureReason?: string;
  readonly ModelArtifacts?: { readonly S3ModelArtifacts?: string };
  readonly CreationTime: number;
  readonly TrainingEndTime?: number;
  readonly ResourceConfig: { readonly InstanceCount: number };
  readonly SecondaryStatusTransitions: readonly { readonly Status: string; readonly StatusMessage?: string }[];
  /** Of a compilation job, whose only host this is. */
  readonly compiler?: true;
  readonly FinalMetricDataList?: readonly { readonly MetricName: string; readonly Value: number; readonly Timestamp: number }[];
}

export const hostsOf = ({ ResourceConfig: { InstanceCount }, compiler }: DescribedJob): readonly string[] =>
  compiler === true ? ['compiler'] : Array.from({ length: InstanceCount }, (_, index) => hostName(index));

/** What is read of DescribeCompilationJob's answer. */
interface DescribedCompilation {
  readonly CompilationJobStatus: string;
  readonly FailureReason: string;
  readonly CreationTime: number;
  readonly CompilationEndTime?: number;
}

/** The words of training jobs for its statuses: https://github.com/aws/sagemaker-python-sdk, session.py, maps them likewise. */
const trainingStatuses: Readonly<Record<string, string>> = {
  STARTING: 'InProgress',
  INPROGRESS: 'InProgress',
  STOPPING: 'Stopping',
  STOPPED: 'Stopped',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
};

function asTrainingJob(job: DescribedCompilation): DescribedJob {
  const status = trainingStatuses[job.CompilationJobStatus] ?? job.CompilationJobStatus;
  return {
    TrainingJobStatus: status,
    SecondaryStatus: job.CompilationJobStatus === 'STARTING' ? 'Starting' : job.CompilationJobStatus === 'INPROGRESS' ? 'Compiling' : status,
    ...(job.FailureReason !== '' && { FailureReason: job.FailureReason }),
    CreationTime: job.CreationTime,
    ...(job.CompilationEndTime !== undefined && { TrainingEndTime: job.CompilationEndTime }),
    ResourceConfig: { InstanceCount: 1 },
    SecondaryStatusTransitions: [],
    compiler: true,
  };
}

/** Not there, or not for this caller. */
const isUnseen = (error: unknown): boolean => error instanceof ApiError && ['ValidationException', 'AccessDeniedException'].includes(error.code);

export const hasEnded = ({ TrainingJobStatus }: DescribedJob): boolean => ['Completed', 'Failed', 'Stopped'].includes(TrainingJobStatus);

/** One job's log, by the operations that any client has. */
export class JobLog {
  readonly #api: Pick<PatientApi, 'json'>;
  readonly #name: string;
  readonly #since: Date | undefined;
  readonly #tokens = new Map<string, string>();
  #isCompilation = false;

  constructor(api: Pick<PatientApi, 'json'>, name: string, since: Date | undefined) {
    this.#api = api;
    this.#name = name;
    this.#since = since;
  }

  /** The training job of the name, or else the compilation job; also for a caller who may see jobs of one kind only. */
  async describe(): Promise<DescribedJob> {
    if (this.#isCompilation) return await this.#describeCompilation();
    try {
      return (await this.#api.json('sagemaker', 'DescribeTrainingJob', { TrainingJobName: this.#name })) as DescribedJob;
    } catch (error) {
      if (!isUnseen(error)) throw error;
      return await this.#describeCompilation().catch((other: unknown) => {
        throw isUnseen(other) ? error : other;
      });
    }
  }

  async #describeCompilation(): Promise<DescribedJob> {
    const job = (await this.#api.json('sagemaker', 'DescribeCompilationJob', { CompilationJobName: this.#name })) as DescribedCompilation;
    this.#isCompilation = true;
    return asTrainingJob(job);
  }

  /** A compilation job's stream has its name, and may hold what an earlier job of the name left. */
  #place(host: string, job: DescribedJob): { logGroupName: string; logStreamName: string; startTime?: number } {
    const created = new Date(job.CreationTime * 1_000);
    const since = this.#since?.getTime();
    if (job.compiler === true) {
      return { logGroupName: compilationLogGroupName, logStreamName: this.#name, startTime: Math.max(since ?? 0, created.getTime()) };
    }
    const place = { logGroupName: trainingLogGroupName, logStreamName: trainingLogStreamName(this.#name, host, created) };
    return since === undefined ? place : { ...place, startTime: since };
  }

  /** The next lines of a host; none when there are none now. */
  async next(host: string, job: DescribedJob): Promise<readonly HostLine[]> {
    const token = this.#tokens.get(host);
    try {
      const page = (await this.#api.json('logs', 'GetLogEvents', {
        ...this.#place(host, job),
        startFromHead: true,
        ...(token === undefined ? {} : { nextToken: token }),
      })) as { readonly events: readonly { readonly timestamp: number; readonly message: string }[]; readonly nextForwardToken: string };
      this.#tokens.set(host, page.nextForwardToken);
      return page.events.map(({ timestamp, message }) => ({ host, time: timestamp, text: message }));
    } catch (error) {
      // Group and stream are there from the first line on.
      if (error instanceof ApiError && error.code === 'ResourceNotFoundException') return [];
      throw error;
    }
  }
}
