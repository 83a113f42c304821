import { withDeadline } from '../stdx/deadline.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';
import { TrainingJobContext, type TrainingServices } from './training/context.ts';
import { runTrainingJob } from './training/training-saga.ts';

interface Running {
  readonly context: TrainingJobContext;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Jobs that run at once on one machine; the others wait their turn in the order they were created. */
const jobsMax = 64;
/** For steps to let go when the daemon ends. */
const stopDeadlineMs = 10_000;

/** Keeps one saga running for every job that has not given everything back yet. */
export class TrainingJobsReconciler implements Reconciler {
  readonly name = 'training-jobs';
  readonly #services: TrainingServices;
  readonly #onRoom: () => void;
  readonly #running = new Map<string, Running>();
  readonly #failures = new Map<string, string>();
  readonly #shutdown = new AbortController();

  /** @param onRoom asks for another activation: a job that waits for its turn may run */
  constructor(services: TrainingServices, onRoom: () => void) {
    this.#services = services;
    this.#onRoom = onRoom;
  }

  activate(): Promise<ReconcileStatus> {
    const { store } = this.#services;
    const rows = store.sagemaker.trainingJobs.list({ saga: 'running' }).toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    let changed = 0;
    for (const row of rows) {
      const running = this.#running.get(row.trainingJobName);
      if (running === undefined && this.#running.size < jobsMax && !this.#shutdown.signal.aborted) {
        this.#start(row.trainingJobName);
        changed += 1;
      }
      if (row.stopRequestedAt !== undefined) this.#running.get(row.trainingJobName)?.stop.abort();
    }
    return Promise.resolve({ changed, failures: [...this.#failures].map(([subject, message]) => ({ subject, message })) });
  }

  /** The role's credentials for the code behind an algorithm's interface that knows its job's id; undefined when no running job has both. */
  credentialsOf(
    networkInterfaceId: string,
    credentialsId: string,
  ): (Omit<ReturnType<TrainingJobContext['credentials']>, 'expiration'> & { readonly expiration: Date }) | undefined {
    for (const { context } of this.#running.values()) {
      if (!context.instances.some((instance) => instance.algorithmInterfaceId === networkInterfaceId)) continue;
      if (context.row.credentialsId !== credentialsId || context.request.EnableNetworkIsolation === true) return undefined;
      const credentials = context.credentials();
      return { ...credentials, expiration: new Date(credentials.expiration) };
    }
    return undefined;
  }

  /** Leaves every job where it is, for the next daemon. False when a job was still in a step at the deadline. */
  async shutdown(): Promise<boolean> {
    this.#shutdown.abort();
    const ended = Promise.allSettled([...this.#running.values()].map((running) => running.ended));
    try {
      await withDeadline('jobsStopMs', stopDeadlineMs, ended);
      return true;
    } catch (error) {
      // Its journal says where it is, as after a crash.
      this.#services.log('a training job was left in the middle of a step', { jobs: [...this.#running.keys()], error: String(error) });
      return false;
    }
  }

  #start(name: string): void {
    const stop = new AbortController();
    const signals = { stop: stop.signal, shutdown: this.#shutdown.signal };
    const context = new TrainingJobContext(this.#services, name, this.#services.journal(name), signals);
    const ended = this.#run(context);
    this.#running.set(name, { context, stop, ended });
  }

  async #run(context: TrainingJobContext): Promise<void> {
    const { name } = context;
    try {
      await runTrainingJob(context);
      this.#failures.delete(name);
    } catch (error) {
      // Its release did not succeed: the next activation tries again, and `status` shows it meanwhile.
      this.#failures.set(name, String(error));
      this.#services.log('a training job could not be released', { job: name, error });
    } finally {
      const wasFull = this.#running.size >= jobsMax;
      this.#running.delete(name);
      // One that could not be released is not tried again at once.
      if (wasFull && !this.#failures.has(name)) this.#onRoom();
    }
  }
}
