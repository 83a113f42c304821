import { expect, it } from 'vitest';
import { accountId, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import { createFlowLogs } from '../ec2/operations/create-flow-logs.ts';

const DeliverLogsPermissionArn = `arn:aws:iam::${accountId}:role/Deliver`;
const ResourceIds = ['vpc-0123456789abcdef0'];
const request = { ResourceIds, ResourceType: 'VPC', TrafficType: 'ALL', LogGroupName: 'flows', DeliverLogsPermissionArn } as const;

/** May make flow logs, and pass roles to this service. */
const passingTo = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ec2:CreateFlowLogs', Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*', Condition: { StringEquals: { 'iam:PassedToService': service } } },
    ],
  });

it('a flow log is made by whoever may pass its role to the service that delivers it', () => {
  const { call, makeRole, sessionOf } = iamWorld();
  const create = (service: string, roleName: string) =>
    refusalOf(() => call(createFlowLogs, request, sessionOf(makeRole(roleName, passingTo(service)))));
  expect(create('sagemaker.amazonaws.com', 'Elsewhere')).toMatchObject({
    message: expect.stringContaining(`is not authorized to perform: iam:PassRole on resource: ${DeliverLogsPermissionArn}`),
  });
  // Allowed, it comes as far as the VPC, which is not there.
  expect(create('vpc-flow-logs.amazonaws.com', 'Passing').code).toBe('InvalidVpcID.NotFound');
});
