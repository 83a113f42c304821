import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateFlowLogsCommand } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { until } from './job.ts';
import type { Network } from './network.ts';
import { claim } from './seed.ts';
import type { SeedDaemon } from './seed-daemon.ts';

/** One record of a flow log. */
export interface FlowRecord {
  readonly interfaceId: string;
  readonly direction: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly packets: number;
  readonly action: string;
  readonly line: string;
}

const LogFormat = '${interface-id} ${flow-direction} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${packets} ${action}';

const document = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });

/** A flow log of a whole VPC, in a log group of its own, with the role that AWS's guide describes. Returns the group's name. */
export async function recordFlows({ ec2, iam }: SeedDaemon, { vpcId }: Network): Promise<string> {
  const RoleName = `flows-${vpcId}`;
  const trust = { Principal: { Service: 'vpc-flow-logs.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const actions = ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents', 'DescribeLogGroups', 'DescribeLogStreams'].map((name) => `logs:${name}`);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  const PolicyDocument = document({ Action: actions, Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'flows', PolicyDocument }));
  const LogGroupName = `/flows/${vpcId}`;
  const place = { LogGroupName, DeliverLogsPermissionArn: Role?.Arn };
  const { Unsuccessful = [] } = await ec2.send(
    new CreateFlowLogsCommand({ ResourceIds: [vpcId], ResourceType: 'VPC', TrafficType: 'ALL', LogFormat, ...place }),
  );
  claim(Unsuccessful.length === 0, `the flow log was not made: ${Unsuccessful[0]?.Error?.Message}`);
  return LogGroupName;
}

/** Every record of the group, once so many interfaces have one: those of a job are recorded when they go. */
export async function flowRecords({ logs }: SeedDaemon, logGroupName: string, interfaces: number): Promise<readonly FlowRecord[]> {
  return await until(`records of ${interfaces} interfaces in ${logGroupName}`, async () => {
    try {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
      const records = events.map(({ message = '' }) => readRecord(message));
      return new Set(records.map(({ interfaceId }) => interfaceId)).size >= interfaces ? records : undefined;
    } catch (error) {
      // The group comes with the first record.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  });
}

function readRecord(line: string): FlowRecord {
  const [interfaceId = '', direction = '', source = '', destination = '', sourcePort, destinationPort, packets, action = ''] = line.split(' ');
  const numbers = { sourcePort: Number(sourcePort), destinationPort: Number(destinationPort), packets: Number(packets) };
  return { interfaceId, direction, source, destination, ...numbers, action, line };
}
