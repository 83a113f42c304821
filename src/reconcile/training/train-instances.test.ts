import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { ContainerDriver, LogLine } from '../../drivers/container/container-driver.ts';
import type { TrainingJobContext } from './context.ts';
import { trainInstances } from './train-instances.ts';

/** A container that runs on and on, and says nothing. */
const running: Partial<ContainerDriver> = {
  inspect: async () => await Promise.resolve({ name: 'job.algo-1', labels: {}, status: 'running' }),
  size: () => ({ cpus: 2, memoryBytes: 1 << 30, gpus: 0 }),
  usage: async () => await Promise.resolve(undefined),
  // What runs already is left alone.
  start: async () => await Promise.resolve(),
  async wait(_name, signal) {
    await once(signal, 'abort');
    throw signal.reason as Error;
  },
  async *logs(_name, _fromLine, signal): AsyncGenerator<LogLine> {
    if (!signal.aborted) await once(signal, 'abort');
    yield* [];
  },
};

function contextOf(shutdown: AbortSignal): TrainingJobContext {
  const now = new Date(0);
  const context = {
    name: 'job',
    instances: [{ host: 'algo-1', agentInterfaceId: 'eni-1', algorithmInterfaceId: 'eni-2', uidBase: 1 }],
    row: { createdAt: now.toISOString(), trainingStartAt: now.toISOString() },
    request: { StoppingCondition: { MaxRuntimeInSeconds: 60 } },
    signals: { shutdown, stop: new AbortController().signal },
    codeStartAt: now.toISOString(),
    maxRuntimeSeconds: 60,
    tellOverdue: () => undefined,
    logDestination: () => ({ logGroupName: 'group', logStreamName: 'stream', eventsBefore: 0 }),
    instanceId: (host: string) => `job.${host}`,
    advance: () => undefined,
    callAsRole: async () => await Promise.resolve({}),
    services: {
      containers: running,
      clock: { now: () => now, monotonicMs: () => 0 },
      log: () => undefined,
      store: { logs: { findGroup: () => undefined } },
    },
  };
  return context as unknown as TrainingJobContext;
}

it('leaves a running container at once when the daemon ends', async () => {
  const shutdown = new AbortController();
  const step = trainInstances.run(contextOf(shutdown.signal), shutdown.signal);
  setTimeout(() => shutdown.abort(), 20);
  const startedMs = performance.now();
  await expect(step).rejects.toThrow('aborted');
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
