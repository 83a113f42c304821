import { sleep, withDeadline } from '../src/stdx/deadline.ts';
import * as demo from '../test/clients/demo-path.ts';
import type { DaemonLab, Network } from '../test/kernel/daemon/lab.ts';
import { openLab } from './lab.ts';
import type { Leftovers } from './leftovers.ts';

const jobMs = 5 * 60_000;
const [lookMs, jobsPerLook] = [100, 5];

/** Jobs whose code says what time it is. */
export class ShortJobs {
  /** What they run. */
  static readonly code = ['sh', '-c', 'date +%s%N'] as const;
  readonly lab: DaemonLab;
  readonly #network: Network;
  #jobs = 0;
  #open = 0;

  private constructor(lab: DaemonLab, network: Network) {
    this.lab = lab;
    this.#network = network;
  }

  static async open(leftovers: Leftovers, parameters: readonly string[] = []): Promise<ShortJobs> {
    const lab = await openLab(leftovers, parameters);
    await lab.makeDataAndRole();
    const network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network);
    const jobs = new ShortJobs(lab, network);
    // The first waits for the daemon to make the images, and podman runs the same ones.
    await jobs.run();
    return jobs;
  }

  /** With one small channel. Resolves when the job has ended, with its name. */
  async run(change: { readonly EnableNetworkIsolation?: boolean } = {}): Promise<string> {
    this.#jobs += 1;
    const TrainingJobName = `short-${this.#jobs}`;
    const { InputDataConfig, HyperParameters: _, ...job } = demo.trainingJob(TrainingJobName, this.#network);
    const AlgorithmSpecification = { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint: [...ShortJobs.code] };
    await this.lab.createJob({ ...job, ...change, AlgorithmSpecification, InputDataConfig: InputDataConfig.slice(0, 1) });
    this.#open += 1;
    try {
      await withDeadline('jobMs', jobMs, this.#ended(TrainingJobName));
    } finally {
      this.#open -= 1;
    }
    return TrainingJobName;
  }

  async #ended(name: string): Promise<void> {
    for (;;) {
      const { TrainingJobStatus = '', FailureReason } = await this.lab.describeJob(name);
      if (TrainingJobStatus === 'Completed') return;
      if (TrainingJobStatus !== 'InProgress') throw new Error(`${name}: ${TrainingJobStatus} ${FailureReason}`);
      // However many there are, asking is not the work.
      await sleep(lookMs * Math.ceil(this.#open / jobsPerLook));
    }
  }

  /** The time that a job's first line told. */
  async toldMs(name: string): Promise<number> {
    return toldMs((await this.lab.logLines(name)).join(''));
  }
}

export function toldMs(text: string): number {
  const nanoseconds = /^\d{19}$/.exec(text.trim())?.[0];
  if (nanoseconds === undefined) throw new Error(`the user's code told no time: ${text}`);
  return Number(nanoseconds) / 1e6;
}
