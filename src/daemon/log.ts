import { systemClock } from '../stdx/clock.ts';

/** One line of JSON on standard error. Callers never pass a secret. */
export function log(message: string, context: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${JSON.stringify({ time: systemClock.now().toISOString(), message, ...context })}\n`);
}
