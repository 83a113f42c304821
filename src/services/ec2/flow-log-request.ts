import { defaultLogFormat, parseLogFormat } from '../../model/flow-logs/format.ts';
import type { CloudWatchDestination, FlowLogRow, S3Destination } from '../../store/flow-logs.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import { networkInterfaceOf, subnetOf, vpcOf, type ResourceContext } from './resources.ts';
import { refuseUnsupported } from './unsupported.ts';

type Request = Ec2Input<'CreateFlowLogs'>;
type Wanted = Pick<FlowLogRow, 'resourceType' | 'trafficType' | 'destination' | 'logDestination' | 'logFormat' | 'maxAggregationIntervalSeconds'>;

const defaultIntervalSeconds = 600;

/** What a request asks for, whatever the resource. Refuses by name what is not recorded or delivered here. */
export function wantedFlowLog(input: Request, place: { readonly region: string; readonly accountId: string }): Wanted {
  const { TrafficType: trafficType, MaxAggregationInterval: interval = defaultIntervalSeconds } = input;
  refuseUnsupported(input, {
    DeliverCrossAccountRole: 'there is one account',
    TagFieldSpecifications: 'records have no fields of tags',
  });
  const resourceType = requestedResourceType(input);
  if (trafficType === undefined) throw errors.parameterRequired('trafficType');
  if (interval !== 60 && interval !== 600) throw errors.invalidAggregationInterval();
  return {
    resourceType,
    trafficType,
    maxAggregationIntervalSeconds: interval,
    logFormat: requestedFormat(input.LogFormat),
    destination: requestedDestination(input, place),
    ...(isGiven(input.LogDestination) ? { logDestination: input.LogDestination } : {}),
  };
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== '';

function requestedResourceType({ ResourceType: type }: Request): FlowLogRow['resourceType'] {
  if (type === 'VPC' || type === 'Subnet' || type === 'NetworkInterface') return type;
  throw errors.unsupported(`ResourceType ${type}`, 'there are only VPCs, subnets and network interfaces');
}

function requestedFormat(text: string | undefined): string {
  if (!isGiven(text)) return defaultLogFormat;
  const format = parseLogFormat(text);
  if (!('problem' in format)) return text;
  switch (format.problem.kind) {
    case 'malformed':
      throw errors.logFormatMalformed(text);
    case 'unknown':
      throw errors.logFormatUnknownFields(format.problem.fields);
    case 'foreign':
      throw errors.unsupported(`LogFormat with ${format.problem.fields.join(', ')}`, 'what these fields tell of does not exist here');
  }
}

function requestedDestination(input: Request, place: { readonly region: string; readonly accountId: string }): FlowLogRow['destination'] {
  const { LogDestinationType: type = 'cloud-watch-logs' } = input;
  if (type === 's3') return s3Destination(input);
  if (type !== 'cloud-watch-logs') throw errors.unsupported(`LogDestinationType ${type}`, 'records are delivered to CloudWatch Logs and to S3');
  refuseUnsupported(input, { DestinationOptions: 'they are of files in S3' });
  return cloudWatchDestination(input, place);
}

function cloudWatchDestination(
  input: Request,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): CloudWatchDestination {
  const { LogGroupName: logGroupName, LogDestination: logDestination, DeliverLogsPermissionArn: deliverLogsPermissionArn } = input;
  if (!isGiven(logGroupName) && !isGiven(logDestination)) {
    throw errors.invalidParameter("LogDestination can't be empty if LogGroupName is not provided.");
  }
  if (isGiven(logGroupName) && isGiven(logDestination)) {
    throw errors.invalidParameterCombination('LogDestination and LogGroupName are mutually exclusive.');
  }
  if (!isGiven(deliverLogsPermissionArn)) {
    throw errors.invalidParameter("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
  }
  if (isGiven(logGroupName)) return { type: 'cloud-watch-logs', logGroupName, deliverLogsPermissionArn };
  const prefix = `arn:aws:logs:${region}:${accountId}:log-group:`;
  const name = logDestination?.startsWith(prefix) === true ? logDestination.slice(prefix.length).replace(/:\*$/, '') : '';
  if (name === '' || name.includes(':')) throw errors.logDestinationInvalid(String(logDestination));
  return { type: 'cloud-watch-logs', logGroupName: name, deliverLogsPermissionArn };
}

function s3Destination(input: Request): S3Destination {
  const { LogDestination: logDestination, DestinationOptions: options = {} } = input;
  if (isGiven(input.LogGroupName)) throw errors.invalidParameter('LogDestination type must be cloud-watch-logs if LogGroupName is provided.');
  if (isGiven(input.DeliverLogsPermissionArn)) {
    throw errors.invalidParameter('DeliverLogsPermissionArn is not applicable for the LogDestinationType s3.');
  }
  if (!isGiven(logDestination)) throw errors.invalidParameter("LogDestination can't be empty if LogGroupName is not provided.");
  if (options.FileFormat === 'parquet') throw errors.unsupported('DestinationOptions.FileFormat parquet', 'files are plain text');
  const { bucketName, prefix } = /^arn:aws:s3:::(?<bucketName>[^/:]+)(?:\/(?<prefix>.*))?$/.exec(logDestination)?.groups ?? {};
  if (bucketName === undefined) throw errors.logDestinationInvalid(logDestination);
  const folder = (prefix ?? '').replace(/^\/+|\/+$/g, '');
  if (folder.split('/').includes('AWSLogs')) throw errors.invalidParameter('LogDestination: AWSLogs is a reserved name of a folder.');
  return {
    type: 's3',
    bucketName,
    prefix: folder,
    hiveCompatiblePartitions: options.HiveCompatiblePartitions ?? false,
    perHourPartition: options.PerHourPartition ?? false,
  };
}

/** The VPC of the resource. Throws its NotFound. */
export function vpcOfResource(context: ResourceContext, resourceType: FlowLogRow['resourceType'], id: string): string {
  const find = { VPC: vpcOf, Subnet: subnetOf, NetworkInterface: networkInterfaceOf }[resourceType];
  return find(context, id).vpcId;
}
