import { AwsError } from '../../aws/aws-error.ts';
import type { FlowLogBatchRow, FlowLogRow } from '../../store/flow-logs.ts';
import { CloudWatchDelivery } from './cloud-watch-delivery.ts';
import { S3Delivery } from './s3-delivery.ts';
import type { FlowLogServices } from './services.ts';

/** Batches of one flow log that wait. Of more, the oldest are given up. */
const waitingMax = 500;
/** At once: what is delivered is in memory. */
const batchesAtOnce = 50;

/** Brings batches to where their flow log sends them, in order, and says on the flow log whether that succeeds. */
export class Delivery {
  readonly #services: FlowLogServices;
  readonly #cloudWatch: CloudWatchDelivery;
  readonly #s3: S3Delivery;
  readonly #retryAtMs = new Map<string, number>();

  constructor(services: FlowLogServices) {
    this.#services = services;
    this.#cloudWatch = new CloudWatchDelivery(services);
    this.#s3 = new S3Delivery(services);
  }

  /** Delivers what waits. Returns the batches that were given up: their interfaces' records are incomplete. */
  async deliver(row: FlowLogRow, signal: AbortSignal): Promise<readonly Pick<FlowLogBatchRow, 'networkInterfaceId'>[]> {
    const { store, clock, pace } = this.#services;
    const { flowLogId } = row;
    const givenUp = this.#giveUp(flowLogId);
    if ((this.#retryAtMs.get(flowLogId) ?? 0) > clock.monotonicMs()) return givenUp;
    try {
      for (let ids = this.#waiting(flowLogId); ids.length > 0 && !signal.aborted; ids = this.#waiting(flowLogId)) {
        const batches = ids.slice(0, batchesAtOnce).map((id) => store.flowLogs.batches.get(id));
        await this.#send(row, batches);
        this.#retryAtMs.delete(flowLogId);
        this.#say(flowLogId, { deliverLogsStatus: 'SUCCESS' });
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#retryAtMs.set(flowLogId, clock.monotonicMs() + pace.retryMs);
      const isNew = this.#say(flowLogId, { deliverLogsStatus: 'FAILED', deliverLogsErrorMessage: messageOf(error) });
      if (isNew) this.#services.log('flow log records are not delivered', { subject: flowLogId, reason: error.message });
    }
    return givenUp;
  }

  forget(kept: ReadonlySet<string>): void {
    for (const id of this.#retryAtMs.keys()) if (!kept.has(id)) this.#retryAtMs.delete(id);
    this.#cloudWatch.forget(kept);
  }

  #waiting(flowLogId: string): string[] {
    return this.#services.store.flowLogs.batches.texts('batchId', { flowLogId });
  }

  async #send(row: FlowLogRow, batches: readonly FlowLogBatchRow[]): Promise<void> {
    const delivered = (ids: readonly string[]): void => {
      const { store } = this.#services;
      store.transact(() => ids.forEach((id) => store.flowLogs.batches.delete(id)));
    };
    const { destination } = row;
    if (destination.type === 's3') await this.#s3.send(row, destination, batches, delivered);
    else await this.#cloudWatch.send(row, destination, batches, delivered);
  }

  #giveUp(flowLogId: string): readonly Pick<FlowLogBatchRow, 'networkInterfaceId'>[] {
    const { store } = this.#services;
    const oldest = this.#waiting(flowLogId).slice(0, -waitingMax);
    const rows = oldest.map((id) => store.flowLogs.batches.get(id));
    store.transact(() => oldest.forEach((id) => store.flowLogs.batches.delete(id)));
    return rows;
  }

  /** False when it was said already. */
  #say(flowLogId: string, status: Pick<FlowLogRow, 'deliverLogsStatus' | 'deliverLogsErrorMessage'>): boolean {
    const { rows } = this.#services.store.flowLogs;
    return this.#services.store.transact(() => {
      const row = rows.find(flowLogId);
      if (row === undefined) return false;
      const { deliverLogsErrorMessage: before, ...rest } = row;
      if (row.deliverLogsStatus === status.deliverLogsStatus && before === status.deliverLogsErrorMessage) return false;
      rows.delete(flowLogId);
      rows.insert({ ...rest, ...status });
      return true;
    });
  }
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-troubleshooting.html */
function messageOf({ code, status }: AwsError): string {
  if (code.startsWith('AccessDenied')) return 'Access error';
  return code === 'LimitExceededException' || status === 503 ? 'Rate limited' : 'Unknown error';
}
