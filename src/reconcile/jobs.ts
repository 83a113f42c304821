import { withDeadline } from '../stdx/deadline.ts';
import type { Reconciler, ReconcileStatus } from './loop.ts';
import { compilationKind } from './compilation/compilation-kind.ts';
import type { JobContext, JobServices } from './job/job-context.ts';
import type { JobKind, UnendedJob } from './job/job-kind.ts';
import { TrainingJobContext } from './training/context.ts';
import { stopOverdue, takeTurn } from './job/queue.ts';
import { trainingKind } from './training/training-kind.ts';

interface Running {
  readonly context: JobContext;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** For steps to let go when the daemon ends. */
const stopDeadlineMs = 10_000;

const kinds: readonly JobKind[] = [trainingKind, compilationKind];

/** Keeps one saga running for every job that has not given everything back yet. */
export class JobsReconciler implements Reconciler {
  readonly name = 'jobs';
  readonly #services: JobServices;
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
  constructor(services: JobServices, instancesMax: number, onRoom: () => void) {
    this.#services = services;
    this.#instancesMax = instancesMax;
    this.#onRoom = onRoom;
  }

  activate(): Promise<ReconcileStatus> {
    const { store } = this.#services;
    store.transact(() => stopOverdue(this.#services, kinds));
    const turn = takeTurn(this.#services, kinds, this.#running, this.#instancesMax);
    this.#someoneWaits = turn.waiting.length > 0;
    const due = this.#shutdown.signal.aborted ? [] : turn.running.filter(({ sagaId }) => !this.#running.has(sagaId));
    for (const job of due) this.#start(job);
    for (const { context, stop } of this.#running.values()) if (context.row.stopRequestedAt !== undefined) stop.abort();
    return Promise.resolve({ changed: due.length, failures: [...this.#failures].map(([subject, message]) => ({ subject, message })) });
  }

  /** The role's credentials for the code behind an algorithm's interface that knows its job's id; undefined when no running job has both. */
  credentialsOf(
    networkInterfaceId: string,
    credentialsId: string,
  ): (Omit<ReturnType<JobContext['credentials']>, 'expiration'> & { readonly expiration: Date }) | undefined {
    for (const { context } of this.#running.values()) {
      if (!context.instances.some((instance) => instance.algorithmInterfaceId === networkInterfaceId)) continue;
      // A compiler is given none.
      if (!(context instanceof TrainingJobContext) || context.isIsolated || context.row.credentialsId !== credentialsId) return undefined;
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
      this.#services.log('a job was left in the middle of a step', { jobs: [...this.#running.keys()], error: String(error) });
      return false;
    }
  }

  #start({ kind, sagaId, name }: UnendedJob): void {
    const stop = new AbortController();
    const signals = { stop: stop.signal, shutdown: this.#shutdown.signal };
    const context = kind.context(this.#services, name, signals);
    const ended = this.#run(kind, context);
    this.#running.set(sagaId, { context, stop, ended });
  }

  async #run(kind: JobKind, context: JobContext): Promise<void> {
    const { sagaId, noun, name } = context;
    try {
      await kind.run(context);
      this.#failures.delete(sagaId);
    } catch (error) {
      // Its release did not succeed: the next activation tries again, and `status` shows it meanwhile.
      this.#failures.set(sagaId, String(error));
      this.#services.log(`a ${noun} could not be released`, { job: name, error });
    } finally {
      this.#running.delete(sagaId);
      // One that could not be released is not tried again at once.
      if (this.#someoneWaits && !this.#failures.has(sagaId)) this.#onRoom();
    }
  }
}
