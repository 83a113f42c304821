import type { JobOutcome } from './training-job.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeCompilationJob.html */
export type CompilationJobStatus = 'STARTING' | 'INPROGRESS' | 'COMPLETED' | 'FAILED' | 'STOPPING' | 'STOPPED';

interface CompilationJobState {
  readonly status: CompilationJobStatus;
  readonly lastModifiedAt: string;
}

export function isCompilationEnded(status: CompilationJobStatus): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'STOPPED';
}

/** The state after a move. One that is stopping stays so until it has ended, and what has ended stays as it is. */
export function advanceCompilation(state: CompilationJobState, status: CompilationJobStatus, now: string): CompilationJobState {
  const { status: before, lastModifiedAt } = state;
  const stays = isCompilationEnded(before) || before === status || (before === 'STOPPING' && !isCompilationEnded(status));
  return stays ? { status: before, lastModifiedAt } : { status, lastModifiedAt: now };
}

/** A compilation that took too long is a failure, unlike a training job. */
export function compilationStatusOf(outcome: JobOutcome): CompilationJobStatus {
  switch (outcome.kind) {
    case 'completed':
      return 'COMPLETED';
    case 'failed':
    case 'max-runtime-exceeded':
      return 'FAILED';
    case 'stopped':
      return 'STOPPED';
  }
}
