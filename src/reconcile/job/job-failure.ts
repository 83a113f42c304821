import { failureReason, failureReasonCharactersMax, type JobFailureCause } from '../../model/job/failure-reason.ts';

/** The end of a job by a cause that its user can read: AWS's text first, then Cloister's. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly failureReason: string;
  constructor(reason: string, options: { readonly cause?: unknown } = {}) {
    super(reason, options);
    // An ARN alone may be longer.
    this.failureReason = reason.slice(0, failureReasonCharactersMax);
  }

  static of(cause: JobFailureCause, options: { readonly cause?: unknown } = {}): JobFailure {
    return new JobFailure(failureReason(cause), options);
  }
}
