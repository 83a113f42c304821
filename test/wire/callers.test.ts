import { DescribeLogGroupsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, expect, it } from 'vitest';
import type { Principal } from '../../src/model/policy/principal.ts';
import { client, closeServers, refusal, setUp } from './gateway-clients.ts';
import { account, sessionKey } from './gateway-fixture.ts';

/** Whom the gateway turns away before any policy is looked at. */

afterEach(closeServers);

const other = '999988887777';
const rootOf = (accountId: string): Principal & { type: 'root' } => ({ type: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` });
const open = (output: object) => ({ authorize: () => [], commit: () => output });

async function clientsOf(principal: Principal) {
  const { access, endpoint } = setUp({
    ec2: { DescribeVpcs: open({ Vpcs: [] }) },
    iam: { GetRole: open({}) },
    logs: { DescribeLogGroups: open({ logGroups: [] }) },
    sagemaker: { ListTrainingJobs: open({ TrainingJobSummaries: [] }) },
    sts: { GetCallerIdentity: open({ Account: account }), GetSessionToken: open({}), GetAccessKeyInfo: open({ Account: account }) },
  });
  access.resolve = () => ({ secretAccessKey: sessionKey.secretAccessKey, principal });
  const url = await endpoint();
  const of = <C>(Client: new (options: any) => C): C => client(Client, url, sessionKey);
  return { ec2: of(EC2Client), iam: of(IAMClient), logs: of(CloudWatchLogsClient), sagemaker: of(SageMakerClient), sts: of(STSClient) };
}

it.each([
  ['root', rootOf(account)],
  ['a user', { type: 'user', accountId: account, arn: `arn:aws:iam::${account}:user/ann`, userId: 'A', userName: 'ann' }],
] as const)('temporary credentials of %s are not for IAM, and for two calls of STS only', async (_whose, longTerm) => {
  const { iam, sts, ec2 } = await clientsOf({ ...longTerm, issuedAt: '2026-11-01T12:00:00.000Z' });
  expect(await refusal(iam.send(new GetRoleCommand({ RoleName: 'r' })))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
  for (const [name, sent] of [
    ['GetSessionToken', sts.send(new GetSessionTokenCommand({}))],
    ['GetAccessKeyInfo', sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }))],
  ] as const) {
    expect(await refusal(sent)).toEqual({ name: 'AccessDenied', message: `Cannot call ${name} with session credentials`, status: 403 });
  }
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: account });
  expect(await ec2.send(new DescribeVpcsCommand({}))).toMatchObject({ Vpcs: [] });
  const asBefore = await clientsOf(longTerm);
  expect(await asBefore.iam.send(new GetRoleCommand({ RoleName: 'r' }))).toBeDefined();
});

it('a caller of another account has IAM and STS here, and is told so by the others', async () => {
  const { ec2, iam, logs, sagemaker, sts } = await clientsOf(rootOf(other));
  const reason = `Account ${other} has IAM, STS and S3 here. Networks, jobs and logs are of account ${account}: assume a role there.`;
  expect(await refusal(ec2.send(new DescribeVpcsCommand({})))).toEqual({
    name: 'UnauthorizedOperation',
    message: `You are not authorized to perform this operation. ${reason}`,
    status: 403,
  });
  for (const sent of [logs.send(new DescribeLogGroupsCommand({})), sagemaker.send(new ListTrainingJobsCommand({}))]) {
    expect(await refusal(sent)).toEqual({ name: 'AccessDeniedException', message: reason, status: 400 });
  }
  expect(await iam.send(new GetRoleCommand({ RoleName: 'r' }))).toBeDefined();
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: account });
});
