import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import * as Logs from '@aws-sdk/client-cloudwatch-logs';
import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowLogPace } from '../../../src/reconcile/flow-logs/services.ts';
import { present } from '../../../src/stdx/assert.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, execute, type Network } from './lab.ts';

const logGroupName = '/vpc/flows';
const logActions = ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents', 'DescribeLogGroups', 'DescribeLogStreams'].map((name) => `logs:${name}`);
const [bucket, waitMs, pollMs] = ['flow-files', 20_000, 100];
const [firstScannedPort, scannedPorts] = [10_000, 1_000];
let lab: DaemonLab;
let DeliverLogsPermissionArn: string;

beforeAll(async () => {
  // Windows of a minute, which end early only when their interface goes.
  lab = await DaemonLab.composedOf({ flowLogPace: { ...flowLogPace, periodMs: 1_000, retryMs: 500 } });
  DeliverLogsPermissionArn = await makeFlowRole('flows', ...logActions);
});
afterAll(async () => {
  await lab.close();
});

async function until<T>(awaited: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += pollMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pollMs);
  }
  throw new Error(`${awaited}: not within ${waitMs} ms`);
}

async function makeFlowRole(RoleName: string, ...actions: readonly string[]): Promise<string> {
  const statement = { Effect: 'Allow', Principal: { Service: 'vpc-flow-logs.amazonaws.com' }, Action: 'sts:AssumeRole' };
  await lab.iam.send(
    new Iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }),
  );
  await allowRole(RoleName, ...actions);
  return `arn:aws:iam::000000000000:role/${RoleName}`;
}

async function allowRole(RoleName: string, ...actions: readonly string[]): Promise<void> {
  await lab.iam.send(new Iam.PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: demo.allowing(...actions) }));
}

async function createFlowLog(input: Omit<Ec2.CreateFlowLogsCommandInput, 'TrafficType'>): Promise<string> {
  const { FlowLogIds, Unsuccessful } = await lab.ec2.send(
    new Ec2.CreateFlowLogsCommand({ TrafficType: 'ALL', MaxAggregationInterval: 60, ...input }),
  );
  expect(Unsuccessful).toEqual([]);
  return present(FlowLogIds?.[0], 'a flow log has an id');
}

async function describeFlowLog(id: string): Promise<Ec2.FlowLog> {
  const { FlowLogs } = await lab.ec2.send(new Ec2.DescribeFlowLogsCommand({ FlowLogIds: [id] }));
  return present(FlowLogs?.[0], 'the flow log is there');
}

interface Pair {
  readonly network: Network;
  readonly client: Awaited<ReturnType<DaemonLab['makeInterface']>>;
  readonly server: Awaited<ReturnType<DaemonLab['makeInterface']>>;
}

async function makePair(network: Network): Promise<Pair> {
  return { network, client: await lab.makeInterface(network), server: await lab.makeInterface(network) };
}

/** One connection attempt, or a few packets of it. */
const connect = async ({ client, server }: Pair, port: number): Promise<number> =>
  (
    await execute([
      'ip',
      'netns',
      'exec',
      client.namespace,
      'timeout',
      '0.5',
      'bash',
      '--norc',
      '-c',
      `exec 3<>/dev/tcp/${server.address}/${port}; cat <&3 >/dev/null`,
    ])
  ).code;

async function serving<T>({ server }: Pair, port: number, work: () => Promise<T>): Promise<T> {
  const script = `require('node:net').createServer((socket) => socket.end('hello')).listen(${port}, () => console.log('ready'))`;
  const child = spawn('ip', ['netns', 'exec', server.namespace, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    return await work();
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function removePair({ client, server }: Pair): Promise<void> {
  for (const { id } of [client, server]) await lab.ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
}

/** The records of an interface, once there are some, without packets, bytes and times. */
async function records(id: string, group = logGroupName): Promise<string[]> {
  const messages = await until(`records of ${id}`, async () => {
    try {
      const { events } = await lab.logs.send(new Logs.GetLogEventsCommand({ logGroupName: group, logStreamName: `${id}-all`, startFromHead: true }));
      return events?.length === 0 ? undefined : events;
    } catch (error) {
      if (error instanceof Logs.ResourceNotFoundException) return undefined;
      throw error;
    }
  });
  return messages.map(({ message }) => message ?? '');
}

/** `10.0.0.4 10.0.0.5 7999 6 ACCEPT OK` */
const essence = (line: string): string => {
  const [, , , source, destination, sourcePort, destinationPort, protocol, , , , , action, status] = line.split(' ');
  const port = [sourcePort, destinationPort].find((one) => Number(one) < 32_768);
  return [source, destination, port, protocol, action, status].join(' ');
};

it('records of a refused and an accepted connection are in the log group as soon as their interfaces are gone', async () => {
  const network = await lab.makeNetwork();
  await createFlowLog({ ResourceIds: [network.vpcId], ResourceType: 'VPC', LogGroupName: logGroupName, DeliverLogsPermissionArn });
  const pair = await makePair(network);
  const { client, server } = pair;
  expect(await connect(pair, 7999)).not.toBe(0);
  await lab.allowMembers(network);
  await until('the rule is applied', async () => ((await serving(pair, 7998, async () => await connect(pair, 7998))) === 0 ? true : undefined));
  await removePair(pair);
  const ofClient = await records(client.id);
  expect(new Set(ofClient.map(essence))).toEqual(
    new Set([
      `${client.address} ${server.address} 7999 6 ACCEPT OK`,
      `${client.address} ${server.address} 7998 6 ACCEPT OK`,
      `${server.address} ${client.address} 7998 6 ACCEPT OK`,
    ]),
  );
  const ofServer = await records(server.id);
  expect(new Set(ofServer.map(essence))).toEqual(
    new Set([`${client.address} ${server.address} 7999 6 REJECT OK`, ...ofClient.map(essence).filter((text) => text.includes('7998'))]),
  );
  expect(ofServer.find((line) => line.includes('REJECT'))).toMatch(/^2 000000000000 eni-\w+ [\d.]+ [\d.]+ \d+ 7999 6 1 60 \d+ \d+ REJECT OK$/u);
});

it('says what it cannot deliver, and delivers it when it may', async () => {
  const network = await lab.makeNetwork('10.1.0.0/16');
  const powerless = await makeFlowRole('powerless', 'logs:DescribeLogGroups');
  const pair = await makePair(network);
  const { client } = pair;
  const other = '/vpc/others';
  const id = await createFlowLog({
    ResourceIds: [client.id],
    ResourceType: 'NetworkInterface',
    LogDestination: `arn:aws:logs:us-east-1:000000000000:log-group:${other}`,
    DeliverLogsPermissionArn: powerless,
    LogFormat: '${version} ${interface-id} ${subnet-id} ${tcp-flags} ${flow-direction} ${action}',
  });
  // A flow log counts from shortly after it was made: of three attempts it sees the last ones.
  for (const port of [7999, 7999, 7999]) await connect(pair, port);
  await removePair(pair);
  await until('the flow log has failed', async () => ((await describeFlowLog(id)).DeliverLogsStatus === 'FAILED' ? true : undefined));
  expect(await describeFlowLog(id)).toMatchObject({ DeliverLogsErrorMessage: 'Access error', FlowLogStatus: 'ACTIVE', LogGroupName: other });
  await allowRole('powerless', ...logActions);
  expect(new Set(await records(client.id, other))).toEqual(new Set([`5 ${client.id} ${network.subnetId} 2 egress ACCEPT`]));
});

it('writes files into a bucket whose policy lets the delivery service in', async () => {
  const network = await lab.makeNetwork('10.2.0.0/16');
  await lab.s3.send(new S3.CreateBucketCommand({ Bucket: bucket }));
  const id = await createFlowLog({
    ResourceIds: [network.subnetId],
    ResourceType: 'Subnet',
    LogDestinationType: 's3',
    LogDestination: `arn:aws:s3:::${bucket}/own/`,
  });
  const pair = await makePair(network);
  await connect(pair, 7999);
  await removePair(pair);
  const { Key } = await until('a file', async () => (await lab.s3.send(new S3.ListObjectsV2Command({ Bucket: bucket }))).Contents?.[0]);
  expect(Key).toMatch(
    new RegExp(
      `^own/AWSLogs/000000000000/vpcflowlogs/us-east-1/\\d{4}/\\d\\d/\\d\\d/000000000000_vpcflowlogs_us-east-1_${id}_\\d{8}T\\d\\d\\d[05]Z_[0-9a-f]{8}\\.log\\.gz$`,
      'u',
    ),
  );
  const { Body } = await lab.s3.send(new S3.GetObjectCommand({ Bucket: bucket, Key }));
  const [header, ...lines] = gunzipSync(await present(Body, 'a file has bytes').transformToByteArray())
    .toString()
    .trimEnd()
    .split('\n');
  expect(header).toBe('version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status');
  expect(lines.some((line) => line.endsWith(' ACCEPT OK'))).toBe(true);
  expect((await describeFlowLog(id)).DeliverLogsStatus).toBe('SUCCESS');
});

/** Packets of records of one action, by the port that was asked for. */
const counted = (lines: readonly string[], action: string): Map<number, number> => {
  const packets = new Map<number, number>();
  for (const line of lines.filter((one) => one.includes(` ${action} OK`))) {
    const [, , , , , , port, , count] = line.split(' ').map(Number);
    packets.set(port as number, (packets.get(port as number) ?? 0) + (count as number));
  }
  return packets;
};

it('every refused SYN of a scan is a REJECT, and what iperf3 says went over was accepted, within headers', async () => {
  const network = await lab.makeNetwork('10.3.0.0/16');
  await createFlowLog({ ResourceIds: [network.vpcId], ResourceType: 'VPC', LogGroupName: '/vpc/scan', DeliverLogsPermissionArn });
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 5201, ToPort: 5201, UserIdGroupPairs: [{ GroupId: network.groupId }] }];
  await lab.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId: network.groupId, IpPermissions }));
  const pair = await makePair(network);
  const { client, server } = pair;
  const scan = `
    const net = require('node:net');
    Promise.all(Array.from({ length: ${scannedPorts} }, (_, index) => new Promise((resolve) => {
      const socket = net.connect({ host: '${server.address}', port: ${firstScannedPort} + index });
      socket.on('error', resolve).setTimeout(600, () => socket.destroy()).on('close', resolve);
    }))).then(() => process.exit());`;
  await execute(['ip', 'netns', 'exec', client.namespace, process.execPath, '-e', scan]);
  const iperf = spawn('ip', ['netns', 'exec', server.namespace, 'iperf3', '--server', '--one-off', '--forceflush'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(iperf, 'exit');
  await once(iperf.stdout, 'data');
  const { stdout } = await execute(['ip', 'netns', 'exec', client.namespace, 'iperf3', '--client', server.address, '--time', '1', '--json']);
  await ended;
  const { sum_sent: sent, sum_received: received } = (JSON.parse(stdout) as { end: Record<'sum_sent' | 'sum_received', { bytes: number }> }).end;
  await removePair(pair);

  const ofServer = await records(server.id, '/vpc/scan');
  const refused = counted(ofServer, 'REJECT');
  expect(refused.size).toBe(scannedPorts);
  const ofClient = await records(client.id, '/vpc/scan');
  const left = counted(ofClient, 'ACCEPT');
  for (const [port, packets] of refused) expect([port, left.get(port)]).toEqual([port, packets]);
  const bytes = ofServer.filter((line) => line.split(' ')[6] === '5201').reduce((sum, line) => sum + Number(line.split(' ')[9]), 0);
  // Of what it has sent, the end may be in its own buffer when it stops. Headers are 3 % at most, where nothing is sent twice.
  expect(received.bytes).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(received.bytes);
  expect(bytes).toBeLessThan(sent.bytes * 1.05 + 100_000);
});

describe('a daemon that is killed', () => {
  const before = { lab: undefined as DaemonLab | undefined };
  beforeAll(async () => {
    before.lab = lab;
    lab = await DaemonLab.open('as a process');
  });
  afterAll(async () => {
    await lab.close();
    lab = present(before.lab, 'the lab of the other tests');
  });

  it('is followed by one that says what is missing, and counts what comes then once', async () => {
    const network = await lab.makeNetwork();
    const role = await makeFlowRole('flows', ...logActions);
    await createFlowLog({ ResourceIds: [network.vpcId], ResourceType: 'VPC', LogGroupName: logGroupName, DeliverLogsPermissionArn: role });
    const pair = await makePair(network);
    await connect(pair, 7999);
    await lab.restart();
    // A new interface: whoever opens it counts already.
    const later = { ...pair, client: await lab.makeInterface(network) };
    await connect(later, 7998);
    await removePair(later);
    const ofServer = await records(pair.server.id);
    expect(ofServer.filter((line) => line.endsWith(' - SKIPDATA'))).toHaveLength(1);
    const refused = counted(ofServer, 'REJECT');
    expect(refused.get(7998)).toBe(1);
    expect(counted(await records(later.client.id), 'ACCEPT').get(7998)).toBe(1);
  });
});
