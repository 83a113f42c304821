/** The states of a training job, as AWS names and words them, and the only function that moves between them. */
export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
export type TrainingSecondaryStatus =
  | 'Starting'
  | 'Downloading'
  | 'Training'
  | 'Uploading'
  | 'Stopping'
  | 'Completed'
  | 'Failed'
  | 'Stopped'
  | 'MaxRuntimeExceeded';

export interface SecondaryTransition {
  readonly status: TrainingSecondaryStatus;
  readonly startTime: string;
  readonly endTime?: string;
  /** The SageMaker SDK prints it and fails without it. */
  readonly statusMessage: string;
}

/** How a job ends. `failureReason` is AWS's text first, then Cloister's. */
export type JobOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly failureReason: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'max-runtime-exceeded' };

export interface TrainingJobState {
  readonly status: TrainingJobStatus;
  readonly secondaryStatus: TrainingSecondaryStatus;
  readonly transitions: readonly SecondaryTransition[];
  readonly lastModifiedAt: string;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SecondaryStatusTransition.html */
export const statusMessages: Readonly<Record<TrainingSecondaryStatus, string>> = {
  Starting: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Uploading: 'Uploading generated training model',
  Stopping: 'Stopping the training job',
  Completed: 'Training job completed',
  Failed: 'Training job failed',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
};

const primaryOf: Readonly<Record<TrainingSecondaryStatus, TrainingJobStatus>> = {
  Starting: 'InProgress',
  Downloading: 'InProgress',
  Training: 'InProgress',
  Uploading: 'InProgress',
  Stopping: 'Stopping',
  Completed: 'Completed',
  Failed: 'Failed',
  Stopped: 'Stopped',
  MaxRuntimeExceeded: 'Stopped',
};

/** The state after a move to `secondaryStatus`: the open transition ends, a new one begins. Moving to where it is changes nothing. */
export function advance(state: TrainingJobState, secondaryStatus: TrainingSecondaryStatus, now: string, message?: string): TrainingJobState {
  if (isTerminal(state.status)) return state;
  const open = state.transitions.at(-1);
  if (open?.status === secondaryStatus && open.endTime === undefined) return state;
  const ended = open === undefined ? [] : [...state.transitions.slice(0, -1), { ...open, endTime: open.endTime ?? now }];
  const primary = primaryOf[secondaryStatus];
  // A stopping job still uploads what it has: its primary status stays Stopping.
  const status = state.status === 'Stopping' && primary === 'InProgress' ? 'Stopping' : primary;
  const next: SecondaryTransition = { status: secondaryStatus, startTime: now, statusMessage: message ?? statusMessages[secondaryStatus] };
  return {
    status,
    secondaryStatus,
    lastModifiedAt: now,
    transitions: [...ended, isTerminal(status) ? { ...next, endTime: now } : next],
  };
}

export function isTerminal(status: TrainingJobStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

export function terminalStatusOf(outcome: JobOutcome): TrainingSecondaryStatus {
  switch (outcome.kind) {
    case 'completed':
      return 'Completed';
    case 'failed':
      return 'Failed';
    case 'stopped':
      return 'Stopped';
    case 'max-runtime-exceeded':
      return 'MaxRuntimeExceeded';
  }
}
