/** A refusal or failure in AWS's own words: what the caller sees. `context` goes to logs and `explain`, never to the caller. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  /** HTTP status. Where the shape tables model the error, theirs wins over the default 400. */
  readonly status: number;
  readonly context: Readonly<Record<string, unknown>>;
  /** Further members of the error that the caller sees: elements of S3's `<Error>` (`Key`, `Region`), members of a modelled error. */
  readonly detail: Readonly<Record<string, string>>;
  /** Headers of S3's answer beside its body. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly context?: Record<string, unknown>;
      readonly detail?: Record<string, string>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 400;
    this.context = options.context ?? {};
    this.detail = options.detail ?? {};
    this.headers = options.headers ?? {};
  }
}
