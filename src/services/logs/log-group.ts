import type { Demand } from '../../model/policy/decision.ts';
import type { LogGroupRow, LogStreamRow } from '../../store/logs.ts';
import type { OperationContext } from '../operation.ts';
import { logsErrors } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
export const logGroupsMax = 1_000_000;
export const describedMax = 50;

export const logGroupArn = (context: OperationContext, logGroupName: string): string =>
  `arn:aws:logs:${context.region}:${context.accountId}:log-group:${logGroupName}`;

export const logStreamArn = (context: OperationContext, logGroupName: string, logStreamName: string): string =>
  `${logGroupArn(context, logGroupName)}:log-stream:${logStreamName}`;

/**
 * An action on a stream, or on a group, which policies and refusals name as a stream without a name
 * (`…:log-group:NAME:log-stream:`), so that `…:log-group:NAME:*` covers both.
 */
export const logsDemand = (context: OperationContext, action: string, logGroupName: string, logStreamName = ''): Demand => ({
  action,
  resource: logStreamArn(context, logGroupName, logStreamName),
});

/** The members by which reading operations name a group: one of the two. */
interface NamesGroup {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** The group's name. An ARN of another account or region names no group here. */
export function nameOfGroup({ logGroupName, logGroupIdentifier }: NamesGroup, context: OperationContext): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw logsErrors.invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  const name = logGroupName ?? logGroupIdentifier;
  if (name === undefined) throw logsErrors.invalidParameter('Must specify either logGroupName or logGroupIdentifier.');
  return name.startsWith('arn:') ? nameOfArn(name, context) : name;
}

/** The name in a group's ARN, with or without `:*` behind. */
export function nameOfArn(arn: string, context: OperationContext): string {
  const prefix = logGroupArn(context, '');
  if (!arn.startsWith(prefix)) throw logsErrors.logGroupNotFound();
  return arn.slice(prefix.length).replace(/:\*$/, '');
}

export function requireGroup(context: OperationContext, logGroupName: string): LogGroupRow {
  const group = context.store.logs.findGroup(context.accountId, logGroupName);
  if (group === undefined) throw logsErrors.logGroupNotFound();
  return group;
}

export function requireStream(context: OperationContext, group: LogGroupRow, logStreamName: string): LogStreamRow {
  const stream = context.store.logs.findStream(group.groupId, logStreamName);
  if (stream === undefined) throw logsErrors.logStreamNotFound();
  return stream;
}

/** The oldest time whose events the group still keeps. */
export const keptSince = ({ retentionInDays }: LogGroupRow, now: Date): number =>
  retentionInDays === null ? 0 : now.getTime() - retentionInDays * 86_400_000;

/** 56 digits, as AWS writes them. Nothing is checked against it. */
export const sequenceToken = ({ streamId }: LogStreamRow, sequence: number): string =>
  `49${String(streamId).padStart(27, '0')}${String(sequence).padStart(27, '0')}`;

/** Opaque to clients: where a listing goes on. */
export const writeToken = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The members of a token that this listing gave: those of `example`, of the same types. */
export function readToken<T extends Readonly<Record<string, string | number>>>(token: string, example: T): T {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString()) as T;
    if (Object.entries(example).every(([name, member]) => typeof value[name] === typeof member)) return value;
  } catch {
    // Told below.
  }
  throw logsErrors.invalidParameter('The specified nextToken is invalid.');
}
