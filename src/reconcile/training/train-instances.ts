import { failureReasonCharactersMax } from '../../model/job/failure-reason.ts';
import type { SagaStep } from '../saga.ts';
import { besideTraining } from './beside-training.ts';
import { pipeChannels } from './channels.ts';
import { followLogs } from '../job/container-logs.ts';
import { fastFileLoss, fastFileTrouble, watchFastFile } from './fast-file.ts';
import type { TrainingJobContext } from './context.ts';
import { instanceAtEnd } from '../job/instance-at-end.ts';
import { JobFailure } from '../job/job-failure.ts';
import { openPipes } from './pipes.ts';
import { describeRefused } from '../job/refused-packets.ts';
import { startTogether } from '../job/start-together.ts';
import { type Exit, readWritten, stopQuietly, waitForAll } from '../job/job-containers.ts';
import { whenToStop } from '../job/when-to-stop.ts';
import { JobMetrics } from './job-metrics.ts';
import { tunnelLoss, watchTunnels } from './encrypt-traffic.ts';
import { watchUtilization } from './watch-utilization.ts';

/** Of containers whose input broke off: they wait for what never comes. */
const brokenGraceMs = 10_000;

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
    const logs = followLogs(context, (host) => {
      const metrics = new JobMetrics(context, host);
      return async (first, events) => await metrics.read(first, events);
    });
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
      await logs.end();
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

/** What the code said (the agent reads its file: the daemon opens no path that a container can write), and which of its packets were refused. */
async function failureOf(context: TrainingJobContext, { instance, exitCode }: Exit, signal: AbortSignal): Promise<JobFailure> {
  // At once: what the kernel knows of a container goes soon after it.
  const atEnd = await instanceAtEnd(context, instance);
  const failure = await readWritten(context, instance, 'output/failure', failureReasonCharactersMax, signal);
  const refusals = [await describeRefused(context, context.refusedBefore), await fastFileTrouble(context, instance)];
  const refusedPackets = refusals.filter((refusal) => refusal !== '').join('; ');
  return JobFailure.of({ kind: 'algorithm', exitCode, failure, instance: atEnd, refusedPackets });
}
