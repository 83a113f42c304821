export interface ObjectKeyParts {
  /** Of the destination, without slashes around it; empty when there is none. */
  readonly prefix: string;
  readonly accountId: string;
  readonly region: string;
  readonly flowLogId: string;
  readonly hiveCompatiblePartitions: boolean;
  readonly perHourPartition: boolean;
  /** When its records end, to five minutes. */
  readonly slotMs: number;
  /** Eight hexadecimal digits that tell files of one slot apart. */
  readonly hash: string;
}

const slotLengthMs = 5 * 60_000;

/** Records that end in the same five minutes may be in one file. */
export const slotOf = (endMs: number): number => Math.floor(endMs / slotLengthMs) * slotLengthMs;

/** The account's folder in a bucket that deliveries are written to. */
export function accountFolder({
  prefix,
  accountId,
  hiveCompatiblePartitions,
}: Pick<ObjectKeyParts, 'prefix' | 'accountId' | 'hiveCompatiblePartitions'>): string {
  const folders = ['AWSLogs', hiveCompatiblePartitions ? `aws-account-id=${accountId}` : accountId];
  return (prefix === '' ? folders : [prefix, ...folders]).join('/');
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html */
export function objectKey(parts: ObjectKeyParts): string {
  const { accountId, region, flowLogId, hiveCompatiblePartitions: isHive, perHourPartition, slotMs, hash } = parts;
  const time = new Date(slotMs).toISOString();
  const [year = '', month = '', day = ''] = time.slice(0, 10).split('-');
  const [hour, minute] = [time.slice(11, 13), time.slice(14, 16)];
  const service = isHive ? ['aws-service=vpcflowlogs', `aws-region=${region}`] : ['vpcflowlogs', region];
  const days = isHive ? [`year=${year}`, `month=${month}`, `day=${day}`] : [year, month, day];
  const hours = perHourPartition ? [isHive ? `hour=${hour}` : hour] : [];
  const file = `${accountId}_vpcflowlogs_${region}_${flowLogId}_${year}${month}${day}T${hour}${minute}Z_${hash}.log.gz`;
  return [accountFolder(parts), ...service, ...days, ...hours, file].join('/');
}
