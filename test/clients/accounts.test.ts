import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../src/stdx/assert.ts';
import { DaemonProcess, region, type RootKey } from './daemon-process.ts';

/** Two accounts of one daemon, and who of the one may do what in the other. The tests go their way in order. */

const [firstId, secondId] = ['000000000000', '210987654321'];
const bucket = 'second-data';
const externalId = 'agreed-1';
const readerArn = `arn:aws:iam::${secondId}:role/reader`;
const workerArn = `arn:aws:iam::${firstId}:role/worker`;

interface SessionKey extends RootKey {
  readonly sessionToken?: string;
}

let daemon: DaemonProcess;
let first: RootKey;
let second: RootKey;
/** Users of the first account: `ann` may assume roles, `bob` may nothing. */
const users: Record<string, RootKey> = {};

const settings = (credentials: SessionKey) => ({ region, endpoint: daemon.endpoint, credentials, maxAttempts: 1 });
const iamOf = (key: SessionKey): IAMClient => new IAMClient(settings(key));
const s3Of = (key: SessionKey): S3Client => new S3Client({ ...settings(key), forcePathStyle: true });
const stsOf = (key: SessionKey): STSClient => new STSClient(settings(key));

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const may = (Action: string | readonly string[], Resource: string): object => ({ Effect: 'Allow', Action, Resource });
const trusts = (AWS: string | readonly string[], more: object = {}): object => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action: 'sts:AssumeRole',
  ...more,
});

async function assume(key: RootKey, RoleArn: string, more: { readonly ExternalId?: string } = {}): Promise<SessionKey> {
  const { Credentials } = await stsOf(key).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...more }));
  const { AccessKeyId, SecretAccessKey, SessionToken } = present(Credentials, 'a session has credentials');
  return { accessKeyId: AccessKeyId ?? '', secretAccessKey: SecretAccessKey ?? '', sessionToken: SessionToken ?? '' };
}

async function read(key: SessionKey): Promise<string> {
  const { Body } = await s3Of(key).send(new GetObjectCommand({ Bucket: bucket, Key: 'object' }));
  return await present(Body, 'an object has a body').transformToString();
}

async function makeUser(UserName: string): Promise<RootKey> {
  await iamOf(first).send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iamOf(first).send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

async function makeRole(key: RootKey, RoleName: string, AssumeRolePolicyDocument: string): Promise<void> {
  await iamOf(key).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = policy(may('s3:GetObject', `arn:aws:s3:::${bucket}/*`));
  await iamOf(key).send(new PutRolePolicyCommand({ RoleName, PolicyName: 'reads', PolicyDocument }));
}

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  first = daemon.credentials;
  users['ann'] = await makeUser('ann');
  users['bob'] = await makeUser('bob');
  const PolicyDocument = policy(may('sts:AssumeRole', '*'));
  await iamOf(first).send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'assumes', PolicyDocument }));
});
afterAll(async () => await daemon?.dispose());

const user = (name: 'ann' | 'bob'): RootKey => present(users[name], 'the user was made');

it('cloister account create prints the key of its root user, who fills it', async () => {
  const printed = await daemon.cloister('account', 'create', secondId, '--name', 'second');
  const valueOf = (name: string): string => present(new RegExp(`^export ${name}=(\\S+)$`, 'mu').exec(printed)?.[1], `${name} is printed`);
  second = { accessKeyId: valueOf('AWS_ACCESS_KEY_ID'), secretAccessKey: valueOf('AWS_SECRET_ACCESS_KEY') };
  const identity = await stsOf(second).send(new GetCallerIdentityCommand({}));
  expect([identity.Account, identity.Arn]).toEqual([secondId, `arn:aws:iam::${secondId}:root`]);

  await s3Of(second).send(new CreateBucketCommand({ Bucket: bucket }));
  await s3Of(second).send(new PutObjectCommand({ Bucket: bucket, Key: 'object', Body: 'of the second' }));
  const people = ['ann', 'bob'].map((name) => `arn:aws:iam::${firstId}:user/${name}`);
  await makeRole(second, 'reader', policy(trusts(people, { Condition: { StringEquals: { 'sts:ExternalId': externalId } } })));
});

it('a user of the first account assumes its role with the external id, and reads its bucket', async () => {
  expect(await read(await assume(user('ann'), readerArn, { ExternalId: externalId }))).toBe('of the second');
});

it.each([
  ['without the external id', 'ann', {}],
  ['with another external id', 'ann', { ExternalId: 'another' }],
  ['without a permission of its own', 'bob', { ExternalId: externalId }],
] as const)('a user %s is refused', async (_what, name, more) => {
  await expect(assume(user(name), readerArn, more)).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
    message: expect.stringContaining(
      `User: arn:aws:iam::${firstId}:user/${name} is not authorized to perform: sts:AssumeRole on resource: ${readerArn}`,
    ),
  });
});

it("its bucket's policy lets a role of the first account in, and nobody else, who is not told why", async () => {
  await makeRole(first, 'worker', policy(trusts(firstId)));
  const worker = await assume(user('ann'), workerArn);
  const refusal = { name: 'AccessDenied', message: 'Access Denied', $metadata: { httpStatusCode: 403 } };
  await expect(read(worker)).rejects.toMatchObject(refusal);
  const letsIn = { ...may('s3:GetObject', `arn:aws:s3:::${bucket}/*`), Principal: { AWS: workerArn } };
  await s3Of(second).send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy(letsIn) }));
  expect(await read(worker)).toBe('of the second');
  await expect(read(user('ann'))).rejects.toMatchObject(refusal);
  await expect(read(first)).rejects.toMatchObject(refusal);
});

it("the name of the other account's bucket is taken", async () => {
  const create = async (key: RootKey) => await s3Of(key).send(new CreateBucketCommand({ Bucket: bucket }));
  await expect(create(first)).rejects.toMatchObject({ name: 'BucketAlreadyExists', $metadata: { httpStatusCode: 409 } });
  expect(await read(await assume(user('ann'), workerArn))).toBe('of the second');
});

it('its root user is refused at EC2, with the reason', async () => {
  await expect(new EC2Client(settings(second)).send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
    message: expect.stringContaining(
      `Account ${secondId} has IAM, STS and S3 here. Networks, jobs and logs are of account ${firstId}: assume a role there.`,
    ),
    $metadata: { httpStatusCode: 403 },
  });
});

it('outlives its daemon, with its key, its role and its bucket', async () => {
  const { port } = new URL(daemon.endpoint);
  await daemon.stop('SIGKILL');
  await daemon.start(port);
  expect(await daemon.cloister('account', 'list')).toMatch(new RegExp(`${secondId} +second`, 'u'));
  expect((await stsOf(second).send(new GetCallerIdentityCommand({}))).Account).toBe(secondId);
  expect(await read(await assume(user('ann'), readerArn, { ExternalId: externalId }))).toBe('of the second');
  await expect(assume(user('ann'), readerArn)).rejects.toMatchObject({ name: 'AccessDenied' });
});
