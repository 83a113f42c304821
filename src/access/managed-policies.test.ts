import { describe, expect, it } from 'vitest';
import { accountId, allowing, fromHost, iamWorld } from '../../test/fixtures/iam-world.ts';
import { parsePolicy } from '../model/policy/parse.ts';
import { iam } from '../services/iam/registry.ts';
import { documentInForce } from './attachable-policy.ts';
import { managedPolicies } from './managed-policies.ts';

const arnOf = (name: string): string => `arn:aws:iam::aws:policy/${name}`;

it.each([...managedPolicies])('%s is a policy', (arn, policy) => {
  expect(parsePolicy(documentInForce(policy), 'identity').problem).toBeUndefined();
  expect(policy.arn).toBe(arn);
});

it('no two managed policies have one id', () => {
  const ids = [...managedPolicies.values()].map(({ policyId }) => policyId);
  expect(new Set(ids).size).toBe(ids.length);
});

/** What a role with this policy, and nothing else, may do anywhere. */
function verdictsOf(name: string, actions: readonly string[], inline?: string): string[] {
  const { access, call, clock, makeRole, sessionOf } = iamWorld();
  const principal = sessionOf(makeRole('R', inline));
  call(iam.AttachRolePolicy, { RoleName: 'R', PolicyArn: arnOf(name) });
  const resource = `arn:aws:ec2:us-west-2:${accountId}:vpc/vpc-1`;
  return actions.map((action) => access.authorise({ principal, arrival: fromHost, demand: { action, resource }, now: clock.now() }).verdict);
}

describe('an AWS managed policy', () => {
  it.each([
    ['AmazonSageMakerReadOnly', 'sagemaker:DescribeTrainingJob', 'sagemaker:CreateTrainingJob'],
    ['AmazonVPCReadOnlyAccess', 'ec2:DescribeVpcs', 'ec2:CreateVpc'],
    ['AmazonVPCFullAccess', 'ec2:CreateVpcEndpoint', 'ec2:RunInstances'],
    ['AmazonVPCFullAccess', 'ec2:DescribeSubnets', 's3:GetObject'],
    ['AmazonEC2ReadOnlyAccess', 'ec2:DescribeInstances', 'ec2:RunInstances'],
    ['IAMFullAccess', 'iam:CreateRole', 's3:GetObject'],
    ['IAMReadOnlyAccess', 'iam:GetRole', 'iam:CreateRole'],
    ['CloudWatchLogsFullAccess', 'logs:DeleteLogGroup', 'ec2:DescribeVpcs'],
    ['CloudWatchLogsReadOnlyAccess', 'logs:GetLogEvents', 'logs:PutLogEvents'],
  ])('%s allows %s and not %s', (name, allowed, refused) => {
    expect(verdictsOf(name, [allowed, refused])).toEqual(['allow', 'deny']);
  });

  it('AWSDenyAll takes everything away', () => {
    expect(verdictsOf('AWSDenyAll', ['ec2:DescribeVpcs'], allowing('*'))).toEqual(['deny']);
  });
});
