import { hostName } from '../../model/job/container-contract.ts';
import { trainingLogGroupName, trainingLogStreamName } from '../../model/job/log-stream.ts';
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
  readonly FinalMetricDataList?: readonly { readonly MetricName: string; readonly Value: number; readonly Timestamp: number }[];
}

export const hostsOf = ({ ResourceConfig: { InstanceCount } }: DescribedJob): readonly string[] =>
  Array.from({ length: InstanceCount }, (_, index) => hostName(index));

export const hasEnded = ({ TrainingJobStatus }: DescribedJob): boolean => ['Completed', 'Failed', 'Stopped'].includes(TrainingJobStatus);

/** One job's log, by the operations that any client has. */
export class JobLog {
  readonly #api: PatientApi;
  readonly #name: string;
  readonly #since: Date | undefined;
  readonly #tokens = new Map<string, string>();

  constructor(api: PatientApi, name: string, since: Date | undefined) {
    this.#api = api;
    this.#name = name;
    this.#since = since;
  }

  async describe(): Promise<DescribedJob> {
    return (await this.#api.json('sagemaker', 'DescribeTrainingJob', { TrainingJobName: this.#name })) as DescribedJob;
  }

  /** The next lines of a host; none when there are none now. */
  async next(host: string, job: DescribedJob): Promise<readonly HostLine[]> {
    const token = this.#tokens.get(host);
    try {
      const page = (await this.#api.json('logs', 'GetLogEvents', {
        logGroupName: trainingLogGroupName,
        logStreamName: trainingLogStreamName(this.#name, host, new Date(job.CreationTime * 1_000)),
        startFromHead: true,
        ...(this.#since === undefined ? {} : { startTime: this.#since.getTime() }),
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
