import { withDeadline } from '../stdx/deadline.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';
import { TrainingJobContext, type TrainingServices } from './training/context.ts';
import { stopOverdue, takeTurn } from './training/queue.ts';
import { runTrainingJob } from './training/training-saga.ts';

interface Running {
  readonly context: TrainingJobContext;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** For steps to let go when the daemon ends. */
const stopDeadlineMs = 10_000;

/** Keeps one saga running for every job that has not given everything back yet. */
export class TrainingJobsReconciler implements Reconciler {
  readonly name = 'training-jobs';
  readonly #services: TrainingServices;
  readonly #instancesMax: number;
  readonly #onRoom: () => void;
  readonly #running = new Map<string, Running>();
  readonly #failures = new Map<string, string>();
  readonly #shutdown = new AbortController();
  #someoneWaits = false;

  /**
   * @param instancesMax that run at once; the jobs of the others wait in the order they were created
   * @param onRoom asks for another activation: a job that waits for its turn may run
   */
  constructor(services: TrainingServices, instancesMax: number, onRoom: () => void) {
    this.#services = services;
    this.#instancesMax = instancesMax;
    this.#onRoom = onRoom;
  }

  activate(): Promise<ReconcileStatus> {
    const { store } = this.#services;
    store.transact(() => stopOverdue(this.#services));
    const turn = takeTurn(this.#services, this.#running, this.#instancesMax);
    this.#someoneWaits = turn.waiting.length > 0;
    const due = this.#shutdown.signal.aborted ? [] : turn.running.filter((name) => !this.#running.has(name));
    for (const name of due) this.#start(name);
    for (const [name, { stop }] of this.#running) if (store.sagemaker.trainingJobs.get(name).stopRequestedAt !== undefined) stop.abort();
    return Promise.resolve({ changed: due.length, failures: [...this.#failures].map(([subject, message]) => ({ subject, message })) });
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
      this.#running.delete(name);
      // One that could not be released is not tried again at once.
      if (this.#someoneWaits && !this.#failures.has(name)) this.#onRoom();
    }
  }
}
