import type { FieldName, LogFormat } from './format.ts';
import type { FlowSide, LoggedInterface } from './sides.ts';

/** What is the same in all records of an interface. */
export interface RecordOwner extends LoggedInterface {
  readonly accountId: string;
  readonly region: string;
  /** `use1-az1` */
  readonly zoneId: string;
}

export interface WindowTime {
  readonly startMs: number;
  readonly endMs: number;
}

type Values = Partial<Readonly<Record<FieldName, string | number>>>;

/** One line. What a field has no value for is a dash. */
const line = ({ fields, version }: LogFormat, values: Values): string =>
  fields.map((field) => (field === 'version' ? version : (values[field] ?? '-'))).join(' ');

const seconds = (ms: number): number => Math.floor(ms / 1000);

const ownValues = ({ accountId, networkInterfaceId, vpcId, subnetId, region, zoneId }: RecordOwner): Values => ({
  'account-id': accountId,
  'interface-id': networkInterfaceId,
  'vpc-id': vpcId,
  'subnet-id': subnetId,
  region,
  'az-id': zoneId,
});

/** @param serviceOf the AWS service that an address is of: `S3` */
export function recordLine(format: LogFormat, owner: RecordOwner, side: FlowSide, serviceOf: (address: string) => string | undefined): string {
  const { source, destination, flowDirection, tcpFlags, trafficPath, startMs, endMs } = side;
  const sourceService = serviceOf(source);
  const destinationService = serviceOf(destination);
  return line(format, {
    ...ownValues(owner),
    // An interface's own side is its own address, whatever the packet's is.
    srcaddr: flowDirection === 'egress' ? owner.privateIpAddress : source,
    dstaddr: flowDirection === 'ingress' ? owner.privateIpAddress : destination,
    'pkt-srcaddr': source,
    'pkt-dstaddr': destination,
    srcport: side.sourcePort,
    dstport: side.destinationPort,
    protocol: side.protocol,
    packets: side.packets,
    bytes: side.bytes,
    start: seconds(startMs),
    end: seconds(endMs),
    action: side.action,
    'log-status': 'OK',
    ...(tcpFlags === undefined ? {} : { 'tcp-flags': tcpFlags }),
    type: 'IPv4',
    ...(sourceService === undefined ? {} : { 'pkt-src-aws-service': sourceService }),
    ...(destinationService === undefined ? {} : { 'pkt-dst-aws-service': destinationService }),
    'flow-direction': flowDirection,
    ...(trafficPath === undefined ? {} : { 'traffic-path': trafficPath }),
  });
}

/** That an interface had no traffic, or that some of it could not be recorded. */
export const statusLine = (format: LogFormat, owner: RecordOwner, status: 'NODATA' | 'SKIPDATA', { startMs, endMs }: WindowTime): string =>
  line(format, { ...ownValues(owner), start: seconds(startMs), end: seconds(endMs), 'log-status': status });
