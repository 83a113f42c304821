import type { AgentOrder } from '../../model/job/agent-orders.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';
import { stopGraceMs } from './stop-conditions.ts';

const readWrittenMs = 10_000;

export interface Exit {
  readonly instance: InstanceRecord;
  readonly exitCode: number;
}

/**
 * Waits for every container. Returns the first that failed: the others were ended because of it, and their exit codes say
 * nothing. Nor do those of containers that are being stopped.
 */
export async function waitForAll(context: JobContext, isStopping: () => boolean, signal: AbortSignal): Promise<Exit | undefined> {
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

export function stopQuietly(context: JobContext, graceMs: number): void {
  stopAll(context, graceMs).catch((error: unknown) =>
    context.services.log('a container could not be stopped', { job: context.name, error: String(error) }),
  );
}

/** Those that have ended are left as they are. */
async function stopAll(context: JobContext, graceMs: number): Promise<void> {
  await Promise.all(context.instances.map(async ({ host }) => await context.services.containers.stop(context.instanceId(host), graceMs)));
}

/**
 * The beginning of a file that the code left; undefined when there is none. The agent reads it: the daemon opens no path that
 * a container can write.
 */
export async function readWritten(
  context: JobContext,
  instance: InstanceRecord,
  file: Extract<AgentOrder, { kind: 'read' }>['file'],
  charactersMax: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const agent = await context.agent(instance);
    const order = { kind: 'read', orderId: 'read-failure', file, charactersMax } as const;
    const result = await agent.order(order, AbortSignal.any([signal, AbortSignal.timeout(readWrittenMs)]));
    return result.ok ? result.text : undefined;
  } catch (error) {
    context.services.log('the failure file could not be read', { job: context.name, host: instance.host, error: String(error) });
    return undefined;
  }
}
