import { expect, it } from 'vitest';
import { accountId, ec2Account, now } from '../../../test/services/ec2-context.ts';
import type { Ec2Input } from './ec2-operation.ts';

type Request = Ec2Input<'CreateFlowLogs'>;

const DeliverLogsPermissionArn = `arn:aws:iam::${accountId}:role/flows`;

function network() {
  const account = ec2Account();
  const VpcId = account.createVpc();
  const request = {
    ResourceIds: [VpcId],
    ResourceType: 'VPC',
    TrafficType: 'ALL',
    LogGroupName: 'flows',
    DeliverLogsPermissionArn,
  } satisfies Request;
  const create = (change: Partial<Request> = {}): readonly string[] => account.call('CreateFlowLogs', { ...request, ...change }).FlowLogIds ?? [];
  const createBucket = (bucketName: string): void => {
    const bucket = { bucketName, ownerId: accountId, region: 'us-east-1', createdAt: now.toISOString(), tags: {} };
    account.store.transact(() => account.store.s3.buckets.insert(bucket));
  };
  const toS3 = {
    ResourceIds: [VpcId],
    ResourceType: 'VPC',
    TrafficType: 'REJECT',
    LogDestinationType: 's3',
    LogDestination: 'arn:aws:s3:::files/own/',
  } satisfies Request;
  return { ...account, VpcId, request, create, createBucket, toS3 };
}

it('is made for each resource, and described as it was asked for', () => {
  const { create, call, createSubnet, createInterface, VpcId, woken } = network();
  const subnetId = createSubnet(VpcId);
  const other = createSubnet(VpcId, '10.0.2.0/24');
  const [ofSubnet = '', ofOther = ''] = create({
    ResourceIds: [subnetId, other],
    ResourceType: 'Subnet',
    TrafficType: 'REJECT',
    MaxAggregationInterval: 60,
    LogFormat: '${version} ${vpc-id}',
    TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: [{ Key: 'team', Value: 'blue' }] }],
  });
  const [ofVpc = ''] = create();
  const [ofInterface = ''] = create({ ResourceIds: [createInterface(subnetId)], ResourceType: 'NetworkInterface' });
  expect(woken.filter((name) => name === 'flow-logs')).toHaveLength(3);
  expect(call('DescribeFlowLogs', { FlowLogIds: [ofSubnet] }).FlowLogs).toEqual([
    {
      FlowLogId: ofSubnet,
      FlowLogStatus: 'ACTIVE',
      CreationTime: now,
      ResourceId: subnetId,
      TrafficType: 'REJECT',
      LogFormat: '${version} ${vpc-id}',
      MaxAggregationInterval: 60,
      LogDestinationType: 'cloud-watch-logs',
      LogGroupName: 'flows',
      DeliverLogsPermissionArn,
      DeliverLogsStatus: 'SUCCESS',
      Tags: [{ Key: 'team', Value: 'blue' }],
    },
  ]);
  const found = (Name: string, value: string) =>
    call('DescribeFlowLogs', { Filter: [{ Name, Values: [value] }] }).FlowLogs?.map(({ FlowLogId }) => FlowLogId);
  expect(found('traffic-type', 'REJECT')).toEqual([ofSubnet, ofOther].toSorted());
  expect(found('resource-id', VpcId)).toEqual([ofVpc]);
  expect(found('log-group-name', 'flows')).toEqual([ofSubnet, ofOther, ofVpc, ofInterface].toSorted());
  expect(found('tag:team', 'blue')).toHaveLength(2);
  expect(found('deliver-log-status', 'FAILED')).toEqual([]);
  expect(call('DescribeFlowLogs', { FlowLogIds: [ofVpc] }).FlowLogs?.[0]).toMatchObject({
    MaxAggregationInterval: 600,
    LogFormat:
      '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}',
  });
});

it('is deleted with what was not delivered, all or none', () => {
  const { create, call, refusal, store } = network();
  const [id = ''] = create();
  store.transact(() => store.flowLogs.batches.insert({ batchId: 'b', flowLogId: id, networkInterfaceId: 'eni-1', endMs: 0, events: [] }));
  expect(refusal('DeleteFlowLogs', { FlowLogIds: [id, 'fl-0'] })).toMatchObject({
    code: 'InvalidFlowLogId.NotFound',
    message: 'These flow log ids in the input list are not found: [TotalCount: 1] fl-0',
  });
  expect(call('DeleteFlowLogs', { FlowLogIds: [id] })).toEqual({ Unsuccessful: [] });
  expect(store.flowLogs.batches.count()).toBe(0);
  expect(refusal('DescribeFlowLogs', { FlowLogIds: [id] }).code).toBe('InvalidFlowLogId.NotFound');
});

it('of the same kind is made once, and two of a resource at most', () => {
  const { create, refusal, request } = network();
  const [id] = create({ ClientToken: 'once' });
  expect(create({ ClientToken: 'once' })).toEqual([id]);
  expect(refusal('CreateFlowLogs', { ...request, ClientToken: 'once', TrafficType: 'ACCEPT' }).code).toBe('IdempotentParameterMismatch');
  expect(refusal('CreateFlowLogs', request)).toMatchObject({
    code: 'FlowLogAlreadyExists',
    message: 'Error. There is an existing Flow Log with the same configuration and log destination.',
  });
  create({ TrafficType: 'ACCEPT' });
  expect(refusal('CreateFlowLogs', { ...request, TrafficType: 'REJECT' }).code).toBe('FlowLogsLimitExceeded');
});

it('is judged on the resource, the role that is handed over, and for S3 on the delivery', () => {
  const { demands, request, toS3, VpcId } = network();
  const asked = (input: Request) => demands('CreateFlowLogs', input).map(({ action, resource }) => `${action} ${resource}`);
  const arn = `arn:aws:ec2:us-east-1:${accountId}:`;
  const creation = [`ec2:CreateFlowLogs ${arn}vpc-flow-log/*`, `ec2:CreateFlowLogs ${arn}vpc/${VpcId}`];
  expect(asked(request)).toEqual([...creation, `iam:PassRole ${DeliverLogsPermissionArn}`]);
  expect(asked(toS3)).toEqual([...creation, 'logs:CreateLogDelivery *']);
});

it.each<[string, Partial<Request>, string, string | RegExp]>([
  ['no such VPC', { ResourceIds: ['vpc-00000000'] }, 'InvalidVpcID.NotFound', /does not exist/],
  ['a transit gateway', { ResourceType: 'TransitGateway' }, 'UnsupportedOperation', /ResourceType TransitGateway/],
  ['no traffic', { TrafficType: undefined }, 'MissingParameter', /trafficType/],
  ['another interval', { MaxAggregationInterval: 90 }, 'InvalidParameter', 'Invalid Flow Log Max Aggregation Interval'],
  ['no place', { LogGroupName: undefined }, 'InvalidParameter', "LogDestination can't be empty if LogGroupName is not provided."],
  ['two places', { LogDestination: 'arn:aws:logs:us-east-1:123456789012:log-group:x' }, 'InvalidParameterCombination', /mutually exclusive/],
  [
    'no role',
    { DeliverLogsPermissionArn: undefined },
    'InvalidParameter',
    "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
  ],
  [
    'another region',
    { LogGroupName: undefined, LogDestination: 'arn:aws:logs:eu-west-1:123456789012:log-group:x' },
    'InvalidParameter',
    /not a valid ARN/,
  ],
  ['a stream of Firehose', { LogDestinationType: 'kinesis-data-firehose' }, 'UnsupportedOperation', /LogDestinationType kinesis-data-firehose/],
  ['a format that is none', { LogFormat: 'version' }, 'InvalidParameter', /'logFormat' has an invalid format/],
  ['an unknown field', { LogFormat: '${colour}' }, 'InvalidParameter', 'Unknown fields provided: [colour]'],
  ['a field of ECS', { LogFormat: '${ecs-task-id}' }, 'UnsupportedOperation', /ecs-task-id/],
  ['a role of another account', { DeliverCrossAccountRole: 'arn:x' }, 'UnsupportedOperation', /DeliverCrossAccountRole/],
  [
    'parquet',
    {
      LogGroupName: undefined,
      DeliverLogsPermissionArn: undefined,
      LogDestinationType: 's3',
      LogDestination: 'arn:aws:s3:::files',
      DestinationOptions: { FileFormat: 'parquet' },
    },
    'UnsupportedOperation',
    /parquet/,
  ],
  [
    "AWS's own folder",
    { LogGroupName: undefined, DeliverLogsPermissionArn: undefined, LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::files/AWSLogs/' },
    'InvalidParameter',
    /AWSLogs/,
  ],
])('refuses %s', (_name, change, code, message) => {
  const { refusal, request } = network();
  const given = Object.fromEntries(Object.entries({ ...request, ...change }).filter(([, value]) => value !== undefined)) as unknown as Request;
  const refused = refusal('CreateFlowLogs', given);
  expect(refused.code).toBe(code);
  expect(refused.message).toMatch(message);
});

it('to a bucket that is not there is reported, not thrown', () => {
  const { call, toS3, VpcId } = network();
  expect(call('CreateFlowLogs', toS3)).toEqual({
    FlowLogIds: [],
    ClientToken: undefined,
    Unsuccessful: [{ ResourceId: VpcId, Error: { Code: '400', Message: 'LogDestination: files does not exist.' } }],
  });
});

it('to a bucket says how its files are laid out', () => {
  const { call, toS3, createBucket } = network();
  createBucket('files');
  const DestinationOptions = { FileFormat: 'plain-text', HiveCompatiblePartitions: true, PerHourPartition: false } as const;
  call('CreateFlowLogs', { ...toS3, DestinationOptions });
  expect(call('DescribeFlowLogs', {}).FlowLogs).toMatchObject([
    { LogDestinationType: 's3', LogDestination: toS3.LogDestination, DestinationOptions },
  ]);
});
