import { failureReasonCharactersMax } from '../../model/job/failure-reason.ts';
import { maxRuntimeDefaultSeconds } from '../../model/job/max-runtime.ts';
import type { SagaStep } from '../saga.ts';
import { besideTraining } from './beside-training.ts';
import { pipeChannels } from './channels.ts';
import { shipLogs } from './container-logs.ts';
import { fastFileLoss, fastFileTrouble, watchFastFile } from './fast-file.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';
import { instanceAtEnd } from './instance-at-end.ts';
import { JobFailure } from './job-failure.ts';
import { openPipes } from './pipes.ts';
import { describeRefused } from './refused-packets.ts';
import { startTogether } from './start-together.ts';
import { timerMsMax, type StopCause } from './stop-conditions.ts';
import { tunnelLoss, watchTunnels } from './encrypt-traffic.ts';
import { watchUtilization } from './watch-utilization.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html: SIGTERM, 120 s, SIGKILL. */
const stopGraceMs = 120_000;
/** Of containers whose input broke off: they wait for what never comes. */
const brokenGraceMs = 10_000;
const readFailureMs = 10_000;
const logsEndMs = 5_000;

/** Starts the containers and waits for all of them: the end of one with an error ends the others. */
export const trainInstances: SagaStep<TrainingJobContext> = {
  name: 'train-instances',
  runsWhenStopped: true,

  async run(context, signal) {
    if (context.row.trainingStartAt === undefined) context.signals.stop.throwIfAborted();
    await openLostPipes(context, signal);
    await startTogether(context);
    // A job that is stopping when a new daemon finds it stays so.
    if (context.row.trainingStartAt === undefined) {
      context.advance('Training', { trainingStartAt: context.services.clock.now().toISOString() });
    }
    const following = new AbortController();
    const logs = shipAllLogs(context, following.signal);
    const watching = new AbortController();
    const watched = watchUtilization(context, watching.signal);
    const early = whenToStop(context);
    const lost = (): void => stopQuietly(context, 0);
    const connectionsWatched = [watchFastFile, watchTunnels].map(async (watch) => await watch(context, lost, watching.signal));
    const beside = besideTraining(context, () => stopQuietly(context, brokenGraceMs));
    try {
      // Not the job's stop signal: a stopped job still waits for its container to end within the grace.
      const firstFailed = await waitForAll(context, () => early.cause() !== undefined || beside.broken() !== undefined, context.signals.shutdown);
      const ended = await Promise.allSettled([beside.end()]);
      context.signals.shutdown.throwIfAborted();
      // Data that broke off is why the code failed, and code that failed why there are no checkpoints.
      if (ended[0].status === 'rejected' && (firstFailed === undefined || beside.broken() !== undefined)) throw ended[0].reason;
      if (firstFailed !== undefined) throw fastFileLoss(context) ?? tunnelLoss(context) ?? (await failureOf(context, firstFailed, signal));
      return { stopCause: early.cause() };
    } finally {
      early.cancel();
      watching.abort();
      await Promise.all([watched, ...connectionsWatched]);
      // The last lines are still on their way. A daemon that ends does not wait for them: the next one reads on.
      const timer = setTimeout(() => following.abort(), context.signals.shutdown.aborted ? 0 : logsEndMs);
      await logs;
      clearTimeout(timer);
    }
  },
};

/** An agent that was lost before any code ran has lost nothing: another one may open the pipes. */
async function openLostPipes(context: TrainingJobContext, signal: AbortSignal): Promise<void> {
  // Asking podman takes as long as starting does: only jobs with pipes wait for it.
  if (pipeChannels(context.request, 0).length === 0) return;
  const states = await Promise.all(context.instances.map(async ({ host }) => await context.services.containers.inspect(context.instanceId(host))));
  if (!states.every((state) => state?.status === 'created')) return;
  await Promise.all(context.instances.map(async (instance) => await openPipes(context, instance, signal)));
}

/** Never rejects: a job does not fail by its log. */
async function shipAllLogs(context: TrainingJobContext, signal: AbortSignal): Promise<void> {
  const shipping = context.instances.map(async ({ host }) => {
    try {
      await shipLogs(context, host, signal);
    } catch (error) {
      context.services.log('log lines were lost', { job: context.name, host, error: String(error) });
    }
  });
  await Promise.all(shipping);
}

interface Exit {
  readonly instance: InstanceRecord;
  readonly exitCode: number;
}

/**
 * Waits for every container. Returns the first that failed: the others were ended because of it, and their exit codes say
 * nothing. Nor do those of containers that are being stopped.
 */
async function waitForAll(context: TrainingJobContext, isStopping: () => boolean, signal: AbortSignal): Promise<Exit | undefined> {
  const { containers } = context.services;
  let firstFailed: Exit | undefined;
  const waits = context.instances.map(async (instance) => {
    const exitCode = await containers.wait(context.instanceId(instance.host), signal);
    if (exitCode === 0 || firstFailed !== undefined || isStopping()) return;
    firstFailed = { instance, exitCode };
    await stopAll(context, stopGraceMs);
  });
  await Promise.all(waits);
  return firstFailed;
}

function stopQuietly(context: TrainingJobContext, graceMs: number): void {
  stopAll(context, graceMs).catch((error: unknown) =>
    context.services.log('a container could not be stopped', { job: context.name, error: String(error) }),
  );
}

/** Those that have ended are left as they are. */
async function stopAll(context: TrainingJobContext, graceMs: number): Promise<void> {
  await Promise.all(context.instances.map(async ({ host }) => await context.services.containers.stop(context.instanceId(host), graceMs)));
}

/** What the code said (the agent reads its file: the daemon opens no path that a container can write), and which of its packets were refused. */
async function failureOf(context: TrainingJobContext, { instance, exitCode }: Exit, signal: AbortSignal): Promise<JobFailure> {
  // At once: what the kernel knows of a container goes soon after it.
  const atEnd = await instanceAtEnd(context, instance);
  let failure: string | undefined;
  try {
    const agent = await context.agent(instance);
    const order = { kind: 'read', orderId: 'read-failure', file: 'output/failure', charactersMax: failureReasonCharactersMax } as const;
    const result = await agent.order(order, AbortSignal.any([signal, AbortSignal.timeout(readFailureMs)]));
    if (result.ok) failure = result.text;
  } catch (error) {
    context.services.log('the failure file could not be read', { job: context.name, host: instance.host, error: String(error) });
  }
  const refusals = [await describeRefused(context, context.refusedBefore), await fastFileTrouble(context, instance)];
  const refusedPackets = refusals.filter((refusal) => refusal !== '').join('; ');
  return JobFailure.of({ kind: 'algorithm', exitCode, failure, instance: atEnd, refusedPackets });
}

/**
 * Stops the containers once: when the job is asked to stop, or when MaxRuntimeInSeconds have passed since it started. The
 * end of the grace is that of the first daemon that stopped them: both times are stored.
 */
function whenToStop(context: TrainingJobContext): { cause(): StopCause | undefined; cancel(): void } {
  const { clock } = context.services;
  const seconds = context.request.StoppingCondition.MaxRuntimeInSeconds ?? maxRuntimeDefaultSeconds;
  const endsAt = Date.parse(context.row.trainingStartAt ?? clock.now().toISOString()) + seconds * 1_000;
  let cause: StopCause | undefined;
  let cancelled = false;
  const fire = (why: StopCause): void => {
    if (cause !== undefined || cancelled) return;
    cause = why;
    if (why === 'max-runtime') context.advance('Stopping');
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
