import { AwsError } from '../../aws/aws-error.ts';
import type { AgentObservation } from '../../model/job/agent-orders.ts';
import type { InstanceRecord, JobContext } from './job-context.ts';
import { blockedPath } from './transfer-failure.ts';

/** One call to CloudWatch Logs. Throws `AwsError` for what the service refuses. @param orderId the same for the same call */
export type LogDelivery = (operation: string, input: Record<string, unknown>, orderId: string) => Promise<void>;

/** By the daemon itself, or strictly: by the instance's agent, through its interface. */
export function logDelivery(context: JobContext, instance: InstanceRecord): LogDelivery {
  if (!context.services.strictLogs) return async (operation, input) => void (await context.callAsRole('logs', operation, input));
  return async (operation, input, orderId) => {
    const agent = await context.agent(instance);
    const order = { kind: 'call-logs', orderId, operation, body: JSON.stringify(input) } as const;
    const result = await agent.order(order, context.signals.shutdown);
    if (!result.ok) throw refusalOf(context, instance, result.observation);
  };
}

function refusalOf(context: JobContext, { agentInterfaceId }: InstanceRecord, observation: AgentObservation): Error {
  const { kind, code = '', message = '', status = 0, host = '' } = observation;
  if (kind === 'http-status') return new AwsError(code, message, { status });
  // What was never sent met no gate.
  const wasSent = observation.address !== undefined;
  const cause = wasSent ? blockedPath(context, agentInterfaceId, observation, kind === 'lookup-failed' ? 'udp' : 'tcp') : undefined;
  return new Error(`${host === '' ? 'CloudWatch Logs' : host} was not reached from ${agentInterfaceId}: ${cause ?? (message || kind)}`);
}
