import type { Store } from '../../store/store.ts';
import type { MachineSize } from '../../model/job/instance-types.ts';
import type { SagaSignals } from '../saga.ts';
import type { JobContext, JobServices } from './job-context.ts';

/** A job that has not given everything back yet, as the queue sees it. */
export interface UnendedJob {
  readonly kind: JobKind;
  readonly sagaId: string;
  readonly name: string;
  readonly createdAt: string;
  readonly instances: number;
  readonly gpus: number;
  readonly isStopping: boolean;
  readonly pendingMaxSeconds: number | undefined;
}

/** In what the kinds of jobs differ for who decides which of them run. */
export interface JobKind {
  unended(store: Store): readonly UnendedJob[];
  /** In a transaction: what a job that has not begun says of itself. `before` are those that wait longer; undefined: it runs. */
  tellTurn(store: Store, name: string, before: number | undefined, machine: MachineSize): void;
  /** In a transaction: it was to wait no longer. */
  stopPending(store: Store, name: string, seconds: number, now: string): void;
  context(services: JobServices, name: string, signals: SagaSignals): JobContext;
  /** Takes one of its jobs to its end. */
  run(context: JobContext): Promise<void>;
}
