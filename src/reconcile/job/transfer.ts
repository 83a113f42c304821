import { AgentLost } from '../../drivers/placement/placement-driver.ts';
import type { AgentOrder, AgentResult } from '../../model/job/agent-orders.ts';
import type { TransferDirection } from '../../model/job/failure-reason.ts';
import { sleep } from '../../stdx/deadline.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';
import { JobFailure } from './job-failure.ts';
import { transferFailure } from './transfer-failure.ts';

/** An outage of Cloister itself is retried, and never blamed on the user's routes. */
const attemptsMax = 3;
const attemptDelayMs = 1_000;

/** Gives an order to one instance's agent and waits. Throws `JobFailure` with the cause when the network or S3 refused it. `finish` is of an order that goes on until it is told. */
export async function transfer(
  context: JobContext,
  instance: InstanceRecord,
  direction: TransferDirection,
  order: AgentOrder,
  signal: AbortSignal,
  finish?: AbortSignal,
): Promise<Extract<AgentResult, { ok: true }>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const agent = await context.agent(instance);
      const result = await agent.order(order, signal, { ...(finish !== undefined && { finish }) });
      if (result.ok) return result;
      const cause = await transferFailure(context, direction, instance, result.observation);
      if (cause !== undefined) throw JobFailure.of(cause);
      if (attempt === attemptsMax) throw new Error(`${order.kind}: ${JSON.stringify(result.observation)}`);
    } catch (error) {
      // Nobody reads any more, and another agent could not go on.
      if (error instanceof AgentLost && order.kind === 'stream' && finish?.aborted === true) {
        return { orderId: order.orderId, ok: true, objects: 0, bytes: 0 };
      }
      if (error instanceof JobFailure || signal.aborted || attempt === attemptsMax) throw error;
      context.forgetAgent(instance.host);
    }
    await sleep(attemptDelayMs, signal);
  }
}
