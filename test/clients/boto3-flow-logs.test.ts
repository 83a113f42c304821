import { afterAll, beforeAll, expect, it } from 'vitest';
import { runPython } from './boto3/run-python.ts';
import { DaemonProcess } from './daemon-process.ts';

let daemon: DaemonProcess;
let seen: any;

const flowLog = {
  TrafficType: 'REJECT',
  LogGroupName: 'flows',
  DeliverLogsPermissionArn: 'arn:aws:iam::000000000000:role/flows',
  MaxAggregationInterval: 60,
  LogFormat: '${version} ${interface-id} ${srcaddr} ${dstaddr} ${tcp-flags}',
  TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: [{ Key: 'team', Value: 'blue' }] }],
};

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  seen = await runPython(daemon, 'test/clients/boto3/flow_logs.py', { flowLog });
});
afterAll(async () => await daemon?.dispose());

it('makes a flow log and reads it back as it was asked for', () => {
  expect(seen.unsuccessful).toEqual([]);
  const { TagSpecifications, ...asked } = flowLog;
  expect(seen.described).toMatchObject([
    {
      ...asked,
      FlowLogId: seen.ids[0],
      ResourceId: seen.vpc,
      FlowLogStatus: 'ACTIVE',
      LogDestinationType: 'cloud-watch-logs',
      Tags: TagSpecifications[0]?.Tags,
    },
  ]);
});

it('is told of a bucket that is not there beside, and of a second one of the kind by an error', () => {
  expect(seen.missing).toEqual([{ ResourceId: seen.vpc, Error: { Code: '400', Message: 'LogDestination: nobody-has-this does not exist.' } }]);
  expect(seen.again).toBe('FlowLogAlreadyExists');
});

it('deletes it', () => {
  expect([seen.deleted, seen.left]).toEqual([[], []]);
});
