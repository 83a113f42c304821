import type { JobContext } from './job-context.ts';
import { stopQuietly } from './job-containers.ts';
import { stopGraceMs, timerMsMax, type StopCause } from './stop-conditions.ts';

/**
 * Stops the containers once: when the job is asked to stop, or when MaxRuntimeInSeconds have passed since it started. The
 * end of the grace is that of the first daemon that stopped them: both times are stored.
 */
export function whenToStop(context: JobContext): { cause(): StopCause | undefined; cancel(): void } {
  const { clock } = context.services;
  const endsAt = Date.parse(context.codeStartAt ?? clock.now().toISOString()) + context.maxRuntimeSeconds * 1_000;
  let cause: StopCause | undefined;
  let cancelled = false;
  const fire = (why: StopCause): void => {
    if (cause !== undefined || cancelled) return;
    cause = why;
    if (why === 'max-runtime') context.tellOverdue();
    const stoppingSince = why === 'max-runtime' ? endsAt : Date.parse(context.row.stopRequestedAt ?? clock.now().toISOString());
    const graceMs = Math.min(stopGraceMs, Math.max(0, stoppingSince + stopGraceMs - clock.now().getTime()));
    stopQuietly(context, graceMs);
  };
  const onStop = (): void => fire('requested');
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    const leftMs = endsAt - clock.now().getTime();
    timer = setTimeout(() => (leftMs > timerMsMax ? arm() : fire('max-runtime')), Math.max(0, Math.min(leftMs, timerMsMax)));
  };
  if (context.signals.stop.aborted) onStop();
  context.signals.stop.addEventListener('abort', onStop, { once: true });
  arm();
  return {
    cause: () => cause,
    cancel() {
      cancelled = true;
      clearTimeout(timer);
      context.signals.stop.removeEventListener('abort', onStop);
    },
  };
}
