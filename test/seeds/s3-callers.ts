import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createInterface } from 'node:readline';
import { run } from '../../src/drivers/process/process.ts';
import { present } from '../../src/stdx/assert.ts';
import { AttachCommand } from '../clients/cli-command.ts';
import type { Network } from './network.ts';
import { outcomeOf, type S3Call, type S3Outcome } from './s3-calls.ts';
import { claim } from './seed.ts';
import type { SeedDaemon } from './seed-daemon.ts';
import type { World } from './world.ts';

/** A session of a role, as clients take it. */
export interface RoleSession {
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Somebody who calls S3 from one place, by an unmodified client. */
export interface S3Caller {
  /** Where from, in words. */
  readonly place: string;
  call(operation: string, input: S3Call['input']): Promise<S3Outcome>;
  /** The same place, unsigned. */
  anonymously(operation: string, input: S3Call['input']): Promise<S3Outcome>;
}

const documentOf = (...statements: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** A new role that SageMaker and the account's users may assume and that may do anything in S3, with a session of it. */
export async function createRoleSession({ iam, settings, roleArn: other }: SeedDaemon, name: string): Promise<RoleSession> {
  const accountId = present(other.split(':')[4], 'a role is of an account');
  const Principal = { Service: 'sagemaker.amazonaws.com', AWS: accountId };
  const trust = documentOf({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const roleArn = present(Role?.Arn, 'a role has an ARN');
  await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess' }));
  const s3Policy = documentOf({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 's3', PolicyDocument: s3Policy }));
  await iam.send(new CreateUserCommand({ UserName: name }));
  const mayAssume = documentOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn });
  await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'assume', PolicyDocument: mayAssume }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  const sts = new STSClient({ ...settings, credentials });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'seeds' }));
  sts.destroy();
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = present(Credentials, 'a session is made');
  return { roleArn, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** A session of a role on the host: through no endpoint. */
export function onHost(world: World, { settings }: SeedDaemon, session: RoleSession): S3Caller {
  const common = { ...settings, forcePathStyle: true, maxAttempts: 1 };
  const signed = new S3Client({ ...common, credentials: session });
  const anonymous = new S3Client({ ...common, signer: { sign: async (request) => await Promise.resolve(request) } });
  world.onClose(async () => {
    signed.destroy();
    anonymous.destroy();
    await Promise.resolve();
  });
  return callerOf('the host', async (call, isSigned) => await outcomeOf(isSigned ? signed : anonymous, call));
}

/** The same session on an interface of a VPC, which reaches S3 by its own names and routes. It ends with this process. */
export async function inVpc(world: World, daemon: SeedDaemon, { vpcId, subnetIds, groupIds }: Network, session: RoleSession): Promise<S3Caller> {
  const program = new URL('s3-caller.ts', import.meta.url).pathname;
  const place = [subnetIds[0] ?? '', '--groups', groupIds.join(',')];
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', program];
  const environment = {
    AWS_REGION: daemon.settings.region,
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken,
  };
  const attached = new AttachCommand(['--data', daemon.dataDirectory, ...place, '--', ...command], { environment, timeoutMs: attachedMs });
  const { stdin, stdout } = attached.child;
  world.onClose(async () => {
    stdin?.end();
    await attached.end();
  });
  await attached.printed('ready');
  const answers = createInterface({ input: present(stdout, 'it has an output') })[Symbol.asyncIterator]();
  return callerOf(vpcId, async (call, signed) => {
    stdin?.write(`${JSON.stringify({ ...call, signed })}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error(`the caller in ${vpcId} has ended: ${attached.stderr}`);
    return JSON.parse(value) as S3Outcome;
  });
}

const attachedMs = 240_000;

const callerOf = (place: string, ask: (call: S3Call, signed: boolean) => Promise<S3Outcome>): S3Caller => ({
  place,
  call: async (operation, input) => await ask({ operation, input }, true),
  anonymously: async (operation, input) => await ask({ operation, input }, false),
});

const nameOf = (operation: string, { Bucket, Key }: S3Call['input']): string =>
  [operation, ...[Bucket, Key].filter((part) => typeof part === 'string')].join(' ');

/** The call is done. Returns what it read or made. */
export async function claimDone(from: S3Caller, operation: string, input: S3Call['input']): Promise<string> {
  const { done, text } = await from.call(operation, input);
  claim(done, `${nameOf(operation, input)} from ${from.place}: ${text}`);
  return text;
}

/** The call is refused, in these words. */
export async function claimDenied(from: S3Caller, operation: string, input: S3Call['input'], words: string): Promise<string> {
  const { done, text } = await from.call(operation, input);
  claim(!done, `${nameOf(operation, input)} from ${from.place} was done`);
  claim(text.startsWith('AccessDenied: ') && text.includes(words), `${nameOf(operation, input)} from ${from.place} was refused: ${text}`);
  return text;
}

const cli = new URL('../../src/cli/main.ts', import.meta.url).pathname;

/** `cloister explain` of the refused call says each of these. Returns what decided. */
export async function claimExplained(
  { dataDirectory }: SeedDaemon,
  from: S3Caller,
  operation: string,
  input: S3Call['input'],
  words: readonly string[],
): Promise<string> {
  const { requestId = '', text } = await from.call(operation, input);
  claim(requestId !== '', `${nameOf(operation, input)} from ${from.place} has no request id: ${text}`);
  const told = await run([process.execPath, '--disable-warning=ExperimentalWarning', cli, 'explain', requestId, '--data', dataDirectory]);
  for (const word of words)
    claim(told.includes(word), `cloister explain of ${nameOf(operation, input)} from ${from.place} does not say ${word}: ${told}`);
  return (
    told
      .split('\n')
      .find((line) => line.includes(words[0] ?? ''))
      ?.trim() ?? ''
  );
}
