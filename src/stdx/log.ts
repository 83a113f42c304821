export type LogLevel = 'info' | 'warning' | 'error';

/** All that a line of the log may say beside its message: names and reasons, never what a user gave to be kept. */
export interface LogFields {
  /** Without one: `error` when there is an error, else `warning`. */
  readonly level?: LogLevel | undefined;
  readonly requestId?: string | undefined;
  readonly operation?: string | undefined;
  readonly job?: string | undefined;
  readonly jobs?: readonly string[] | undefined;
  /** Of a job's instance: `algo-1`. */
  readonly host?: string | undefined;
  readonly reconciler?: string | undefined;
  /** What a reconciler failed at: the id of a VPC, the name of a job. */
  readonly subject?: string | undefined;
  readonly path?: string | undefined;
  readonly blobId?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly reason?: string | undefined;
  readonly error?: unknown;
}

/** Tells operators. Programs may read the keys: they are these, and only these. */
export type Log = (message: string, fields: LogFields) => void;
