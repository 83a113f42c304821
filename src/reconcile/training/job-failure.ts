/** AWS's words for what is no fault of the user. */
export const internalError = 'InternalServerError: We encountered an internal error.  Please try again.';

/** The end of a job by a cause that its user can read: AWS's text first, then Cloister's. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly failureReason: string;
  constructor(failureReason: string, options: { readonly cause?: unknown } = {}) {
    super(failureReason, options);
    this.failureReason = failureReason;
  }
}
