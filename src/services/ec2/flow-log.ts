import type { FlowLog } from '@aws-sdk/client-ec2';
import type { FlowLogRow } from '../../store/flow-logs.ts';
import type { FilterTable } from './filters.ts';
import type { ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

export function wireFlowLog(context: ResourceContext, row: FlowLogRow): FlowLog {
  const { destination } = row;
  return {
    FlowLogId: row.flowLogId,
    FlowLogStatus: 'ACTIVE',
    CreationTime: new Date(row.createdAt),
    ResourceId: row.resourceId,
    TrafficType: row.trafficType,
    LogFormat: row.logFormat,
    MaxAggregationInterval: row.maxAggregationIntervalSeconds,
    LogDestinationType: destination.type,
    ...(row.logDestination === undefined ? {} : { LogDestination: row.logDestination }),
    DeliverLogsStatus: row.deliverLogsStatus,
    ...(row.deliverLogsErrorMessage === undefined ? {} : { DeliverLogsErrorMessage: row.deliverLogsErrorMessage }),
    ...(destination.type === 's3'
      ? {
          DestinationOptions: {
            FileFormat: 'plain-text',
            HiveCompatiblePartitions: destination.hiveCompatiblePartitions,
            PerHourPartition: destination.perHourPartition,
          },
        }
      : { LogGroupName: destination.logGroupName, DeliverLogsPermissionArn: destination.deliverLogsPermissionArn }),
    Tags: wireTags(context, row.flowLogId),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html */
export const flowLogFilters: FilterTable<FlowLogRow> = {
  'deliver-log-status': (row) => row.deliverLogsStatus,
  'log-destination-type': ({ destination }) => destination.type,
  'flow-log-id': (row) => row.flowLogId,
  'log-group-name': ({ destination }) => (destination.type === 'cloud-watch-logs' ? destination.logGroupName : undefined),
  'resource-id': (row) => row.resourceId,
  'traffic-type': (row) => row.trafficType,
};
