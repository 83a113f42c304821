import { Collection, collectionsMigration, type CollectionShape } from './collection.ts';
import type { Database, Migration } from './database.ts';

export interface FlowLogRow {
  readonly flowLogId: string;
  readonly ownerId: string;
  readonly createdAt: string;
  readonly resourceType: 'VPC' | 'Subnet' | 'NetworkInterface';
  readonly resourceId: string;
  /** Of the resource. */
  readonly vpcId: string;
  readonly trafficType: 'ACCEPT' | 'REJECT' | 'ALL';
  readonly destination: CloudWatchDestination | S3Destination;
  /** As the request gave it. */
  readonly logDestination?: string;
  readonly logFormat: string;
  readonly maxAggregationIntervalSeconds: 60 | 600;
  readonly deliverLogsStatus: 'SUCCESS' | 'FAILED';
  readonly deliverLogsErrorMessage?: string;
  /** Until when what was seen is in batches. Absent: not since the flow log was made. */
  readonly recordedUntilMs?: number;
  readonly clientToken?: string;
  readonly creationSha256?: string;
}

export interface CloudWatchDestination {
  readonly type: 'cloud-watch-logs';
  readonly logGroupName: string;
  readonly deliverLogsPermissionArn: string;
}

export interface S3Destination {
  readonly type: 's3';
  readonly bucketName: string;
  /** Without slashes around it. */
  readonly prefix: string;
  readonly hiveCompatiblePartitions: boolean;
  readonly perHourPartition: boolean;
}

/** Records of one interface that wait to be delivered. */
export interface FlowLogBatchRow {
  /** In the order in which they are delivered. */
  readonly batchId: string;
  readonly flowLogId: string;
  readonly networkInterfaceId: string;
  /** When its window ended. */
  readonly endMs: number;
  /** The start of each record, in order, and its line. */
  readonly events: readonly { readonly timestamp: number; readonly message: string }[];
}

const shapes = {
  rows: { name: 'flow_logs', key: 'flowLogId', indexes: ['vpcId', 'resourceId', 'clientToken'], kept: true } satisfies CollectionShape<FlowLogRow>,
  batches: { name: 'flow_log_batches', key: 'batchId', indexes: ['flowLogId'] } satisfies CollectionShape<FlowLogBatchRow>,
};

export const flowLogMigrations: readonly Migration[] = [collectionsMigration('flow-logs-0001', Object.values(shapes))];

export class FlowLogStore {
  readonly rows: Collection<FlowLogRow>;
  readonly batches: Collection<FlowLogBatchRow>;

  constructor(database: Database) {
    this.rows = new Collection(database, shapes.rows);
    this.batches = new Collection(database, shapes.batches);
  }

  /** With what was not delivered yet. */
  delete(flowLogId: string): void {
    for (const batchId of this.batches.texts('batchId', { flowLogId })) this.batches.delete(batchId);
    this.rows.delete(flowLogId);
  }
}
