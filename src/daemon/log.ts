import { systemClock } from '../stdx/clock.ts';
import type { Log, LogFields, LogLevel } from '../stdx/log.ts';

/** In this order behind `time`, `level` and `message`. */
const keys: readonly Exclude<keyof LogFields, 'level'>[] = [
  'requestId',
  'operation',
  'job',
  'jobs',
  'host',
  'reconciler',
  'subject',
  'path',
  'blobId',
  'durationMs',
  'reason',
  'error',
];

/** Errors as operators need them. */
const readable = (value: unknown): unknown => (value instanceof Error ? (value.stack ?? String(value)) : value);

/** One line of JSON. A key that is not listed is left out, whoever gave it. */
export function logLine(now: Date, message: string, fields: LogFields): string {
  const level: LogLevel = fields.level ?? (fields.error === undefined ? 'warning' : 'error');
  const told = keys.flatMap((key) => (fields[key] === undefined ? [] : [[key, readable(fields[key])] as const]));
  return JSON.stringify({ time: now.toISOString(), level, message, ...Object.fromEntries(told) });
}

/** To standard error. */
export const log: Log = (message, fields) => void process.stderr.write(`${logLine(systemClock.now(), message, fields)}\n`);
