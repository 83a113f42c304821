import { systemClock } from '../stdx/clock.ts';

/** Errors as operators need them. */
const readable = (value: unknown): unknown => (value instanceof Error ? (value.stack ?? String(value)) : value);

/** One line of JSON on standard error. Callers never pass a secret. */
export function log(message: string, context: Readonly<Record<string, unknown>>): void {
  process.stderr.write(
    `${JSON.stringify({ time: systemClock.now().toISOString(), message, ...Object.fromEntries(Object.entries(context).map(([key, value]) => [key, readable(value)])) })}\n`,
  );
}
