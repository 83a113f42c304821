import { algorithmFailure, failureReasonCharactersMax } from '../../model/job/container-contract.ts';
import type { SagaStep } from '../saga.ts';
import { shipLogs } from './container-logs.ts';
import { maxRuntimeDefaultSeconds } from './request.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';
import { JobFailure } from './job-failure.ts';
import { timerMsMax, type StopCause } from './stop-conditions.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html: SIGTERM, 120 s, SIGKILL. */
const stopGraceMs = 120_000;
const readFailureMs = 10_000;
const logsEndMs = 5_000;

/** Starts the containers together and waits for all of them: the end of one with an error ends the others. */
export const trainInstances: SagaStep<TrainingJobContext> = {
  name: 'train-instances',
  runsWhenStopped: true,

  async run(context, signal) {
    const { containers, clock } = context.services;
    if (context.row.trainingStartAt === undefined) context.signals.stop.throwIfAborted();
    await Promise.all(context.instances.map(async ({ host }) => await startOnce(context, host)));
    context.advance('Training', { trainingStartAt: context.row.trainingStartAt ?? clock.now().toISOString() });

    const following = new AbortController();
    const logs = Promise.all(context.instances.map(async ({ host }) => await shipLogs(context, host, following.signal)));
    const stopEarly = whenToStop(context, async (cause) => {
      context.stopCause = cause;
      if (cause === 'max-runtime') context.advance('Stopping');
      await Promise.all(context.instances.map(async ({ host }) => await containers.stop(context.instanceId(host), stopGraceMs)));
    });
    try {
      // Not the job's stop signal: a stopped job still waits for its container to end within the grace.
      const exits = await waitForAll(context, context.signals.shutdown);
      const failed = exits.find((exit) => exit.exitCode !== 0);
      if (failed !== undefined && context.stopCause === undefined) throw await failureOf(context, failed, signal);
      return { exits: exits.map(({ instance, exitCode }) => ({ host: instance.host, exitCode })) };
    } finally {
      stopEarly.cancel();
      // The next daemon goes on behind the last line that was sent.
      const timer = setTimeout(() => following.abort(), context.signals.shutdown.aborted ? 0 : logsEndMs);
      await logs.catch((error: unknown) => context.services.log('log lines were lost', { job: context.name, error: String(error) }));
      clearTimeout(timer);
    }
  },
};

/** A container that another daemon started is adopted; one that has ended keeps its exit code. */
async function startOnce(context: TrainingJobContext, host: string): Promise<void> {
  const { containers } = context.services;
  const state = await containers.inspect(context.instanceId(host));
  if (state === undefined || state.status === 'created') await containers.start(context.instanceId(host));
}

interface Exit {
  readonly instance: InstanceRecord;
  readonly exitCode: number;
}

async function waitForAll(context: TrainingJobContext, signal: AbortSignal): Promise<readonly Exit[]> {
  const { containers } = context.services;
  return await Promise.all(
    context.instances.map(async (instance) => {
      const exitCode = await containers.wait(context.instanceId(instance.host), signal);
      if (exitCode !== 0) {
        const others = context.instances.filter((other) => other !== instance);
        await Promise.all(others.map(async ({ host }) => await containers.stop(context.instanceId(host), stopGraceMs)));
      }
      return { instance, exitCode };
    }),
  );
}

/** The failure file is read by the agent: the daemon opens no path that a container can write. */
async function failureOf(context: TrainingJobContext, { instance, exitCode }: Exit, signal: AbortSignal): Promise<JobFailure> {
  let text = '';
  try {
    const agent = await context.agent(instance);
    const order = { kind: 'read', orderId: 'read-failure', file: 'output/failure', charactersMax: failureReasonCharactersMax } as const;
    const result = await agent.order(order, AbortSignal.any([signal, AbortSignal.timeout(readFailureMs)]));
    if (result.ok) text = result.text ?? '';
  } catch (error) {
    context.services.log('the failure file could not be read', { job: context.name, host: instance.host, error: String(error) });
  }
  return new JobFailure(algorithmFailure(text, exitCode));
}

/** Calls `stop` once: when the job is asked to stop, or when MaxRuntimeInSeconds have passed since it started. */
function whenToStop(context: TrainingJobContext, stop: (cause: StopCause) => Promise<void>): { cancel(): void } {
  const { clock, log } = context.services;
  const seconds = context.request.StoppingCondition.MaxRuntimeInSeconds ?? maxRuntimeDefaultSeconds;
  const endsAt = Date.parse(context.row.trainingStartAt ?? clock.now().toISOString()) + seconds * 1_000;
  let fired = false;
  const fire = (cause: StopCause): void => {
    if (fired) return;
    fired = true;
    stop(cause).catch((error: unknown) => log('a container could not be stopped', { job: context.name, error: String(error) }));
  };
  const onStop = (): void => fire('requested');
  if (context.signals.stop.aborted) onStop();
  context.signals.stop.addEventListener('abort', onStop, { once: true });
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = endsAt - clock.now().getTime();
    timer = setTimeout(() => (leftMs > timerMsMax ? arm() : fire('max-runtime')), Math.max(0, Math.min(leftMs, timerMsMax)));
  };
  arm();
  return {
    cancel() {
      clearTimeout(timer);
      context.signals.stop.removeEventListener('abort', onStop);
      fired = true;
    },
  };
}
