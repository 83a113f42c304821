import type { IssuedCredentials } from '../../access/access.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { flowLogArn, flowLogsPrincipal } from '../../model/flow-logs/delivery.ts';
import type { CloudWatchDestination, FlowLogBatchRow, FlowLogRow } from '../../store/flow-logs.ts';
import type { FlowLogServices } from './services.ts';

/** Of one millisecond. */
const eventsLookedAtMax = 10_000;
const sessionName = 'FlowLogs';
const sessionSeconds = 3_600;
const sessionRenewMs = 15 * 60_000;

/** To CloudWatch Logs, as the flow log's role: a stream per interface. */
export class CloudWatchDelivery {
  readonly #services: FlowLogServices;
  readonly #sessions = new Map<string, IssuedCredentials>();
  /** Flow logs whose first batch of this daemon was looked for where an earlier one may have put it. */
  readonly #resumed = new Set<string>();

  constructor(services: FlowLogServices) {
    this.#services = services;
  }

  async send(
    row: FlowLogRow,
    { logGroupName, deliverLogsPermissionArn }: CloudWatchDestination,
    batches: readonly FlowLogBatchRow[],
    delivered: (batchIds: readonly string[]) => void,
  ): Promise<void> {
    const call = async (operation: string, input: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const { principal } = this.#session(row, deliverLogsPermissionArn);
      const sourceArn = flowLogArn(this.#services, row.flowLogId);
      return await this.#services.call('logs', operation, { logGroupName, ...input }, principal, { servicePrincipal: flowLogsPrincipal, sourceArn });
    };
    for (const { batchId, networkInterfaceId, events } of batches) {
      const logStreamName = `${networkInterfaceId}-${row.trafficType.toLowerCase()}`;
      if (!this.#wasPut(row.flowLogId, logGroupName, logStreamName, events)) await put(call, logStreamName, events);
      delivered([batchId]);
    }
  }

  forget(kept: ReadonlySet<string>): void {
    for (const id of this.#sessions.keys()) if (!kept.has(id)) this.#sessions.delete(id);
    for (const id of this.#resumed) if (!kept.has(id)) this.#resumed.delete(id);
  }

  /** A daemon that was killed may have put its last batch and not have noted that. */
  #wasPut(flowLogId: string, logGroupName: string, logStreamName: string, events: FlowLogBatchRow['events']): boolean {
    if (this.#resumed.has(flowLogId)) return false;
    this.#resumed.add(flowLogId);
    const { store, accountId } = this.#services;
    const group = store.logs.findGroup(accountId, logGroupName);
    const stream = group === undefined ? undefined : store.logs.findStream(group.groupId, logStreamName);
    const last = events.at(-1);
    if (stream === undefined || last === undefined) return false;
    const range = { start: last.timestamp, end: last.timestamp + 1 };
    const found = store.logs.listEventsFrom(stream.streamId, { timestamp: last.timestamp, sequence: 0 }, range, eventsLookedAtMax);
    return found.some(({ message }) => message === last.message);
  }

  #session(row: FlowLogRow, roleArn: string): IssuedCredentials {
    const { store, access, clock } = this.#services;
    const now = clock.now();
    const before = this.#sessions.get(row.flowLogId);
    if (before !== undefined && before.expiration.getTime() - now.getTime() >= sessionRenewMs) return before;
    const request = {
      roleArn,
      sessionName,
      durationSeconds: sessionSeconds,
      sessionPolicies: [],
      sourceArn: flowLogArn(this.#services, row.flowLogId),
    };
    const session = store.transact(() => access.assumeRole({ type: 'service', service: flowLogsPrincipal }, request, now));
    this.#sessions.set(row.flowLogId, session);
    return session;
  }
}

type LogsCall = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Makes the group and the stream when they are missing. */
async function put(call: LogsCall, logStreamName: string, logEvents: FlowLogBatchRow['events']): Promise<void> {
  const putEvents = async (): Promise<unknown> => await call('PutLogEvents', { logStreamName, logEvents });
  try {
    await putEvents();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
    await made(call, 'CreateLogGroup', {});
    await made(call, 'CreateLogStream', { logStreamName });
    await putEvents();
  }
}

async function made(call: LogsCall, operation: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await call(operation, input);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
  }
}
