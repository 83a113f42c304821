import { accountFolder } from './object-key.ts';

/** Who assumes the role of a flow log. */
export const flowLogsPrincipal = 'vpc-flow-logs.amazonaws.com';
/** Who writes into buckets. */
export const deliveryPrincipal = 'delivery.logs.amazonaws.com';
/** The ACL that AWS's own bucket policy asks for. */
export const deliveryAcl = 'bucket-owner-full-control';

interface Place {
  readonly region: string;
  readonly accountId: string;
}

export const flowLogArn = ({ region, accountId }: Place, flowLogId: string): string => `arn:aws:ec2:${region}:${accountId}:vpc-flow-log/${flowLogId}`;

/** What a delivery to a bucket says it is for (`aws:SourceArn`). */
export const deliverySourceArn = ({ region, accountId }: Place, flowLogId: string): string => `arn:aws:logs:${region}:${accountId}:${flowLogId}`;

/**
 * The statements that let the delivery service write, as AWS adds them to a bucket's policy
 * (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html), added to those that are there.
 */
export function withDelivery(
  policy: string | undefined,
  {
    region,
    accountId,
    bucketName,
    prefix,
    hiveCompatiblePartitions,
  }: Place & { bucketName: string; prefix: string; hiveCompatiblePartitions: boolean },
): string {
  const before = (policy === undefined ? {} : JSON.parse(policy)) as { Version?: string; Id?: string; Statement?: object | readonly object[] };
  const common = { Effect: 'Allow', Principal: { Service: deliveryPrincipal } };
  const source = { ArnLike: { 'aws:SourceArn': `arn:aws:logs:${region}:${accountId}:*` } };
  const folder = accountFolder({ prefix, accountId, hiveCompatiblePartitions });
  const statements = [
    {
      Sid: 'AWSLogDeliveryWrite',
      ...common,
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${bucketName}/${folder}/*`,
      Condition: { StringEquals: { 'aws:SourceAccount': accountId, 's3:x-amz-acl': deliveryAcl }, ...source },
    },
    {
      Sid: 'AWSLogDeliveryAclCheck',
      ...common,
      Action: 's3:GetBucketAcl',
      Resource: `arn:aws:s3:::${bucketName}`,
      Condition: { StringEquals: { 'aws:SourceAccount': accountId }, ...source },
    },
  ];
  return JSON.stringify({
    ...before,
    Version: '2012-10-17',
    Id: before.Id ?? 'AWSLogDeliveryWrite20150319',
    Statement: [
      ...[before.Statement ?? []].flat(),
      ...statements.map((statement) => ({ ...statement, Sid: sidBeside(before.Statement, statement.Sid) })),
    ],
  });
}

/** A policy names no two statements alike. */
function sidBeside(statements: object | readonly object[] | undefined, sid: string): string {
  const taken = new Set([statements ?? []].flat().map((statement) => ('Sid' in statement ? statement.Sid : undefined)));
  let candidate = sid;
  for (let number = 1; taken.has(candidate); number += 1) candidate = `${sid}${number}`;
  return candidate;
}
