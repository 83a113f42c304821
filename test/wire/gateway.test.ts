import { request as httpRequest } from 'node:http';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand, ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { CreateVpcCommand, DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetBucketLocationCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../src/aws/aws-error.ts';
import type { Arrival } from '../../src/model/arrival.ts';
import { answeringDryRuns } from '../../src/services/ec2/dry-run.ts';
import type { OperationContext } from '../../src/services/operation.ts';
import { client, closeServers, demanding, refusal, region, setUp, signedFetch } from './gateway-clients.ts';
import { account, rootKey, sessionKey, userKey } from './gateway-fixture.ts';
import { type Key, sdkSign } from './sdk-signer.ts';

afterEach(closeServers);

const describeVpcs = { authorize: demanding('ec2:DescribeVpcs'), commit: () => ({ Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }] }) };

describe('RPC services', () => {
  it('answers an allowed call and writes one audit line for it', async () => {
    const { endpoint, audit, access } = setUp({ ec2: { DescribeVpcs: describeVpcs } });
    const { Vpcs } = await client(EC2Client, await endpoint()).send(new DescribeVpcsCommand({ VpcIds: ['vpc-1'] }));
    expect(Vpcs).toEqual([{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }]);
    expect(access.asked.map(({ demand }) => demand.action)).toEqual(['ec2:DescribeVpcs']);
    const line = {
      service: 'ec2',
      operation: 'DescribeVpcs',
      status: 200,
      accessKeyId: 'AKIAROOT',
      principal: `arn:aws:iam::${account}:root`,
      resources: ['*'],
    };
    expect(audit).toMatchObject([line]);
    expect(JSON.stringify(audit)).not.toContain('secret');
  });

  it('runs prepare, commit and after in that order, with what was prepared', async () => {
    const steps: unknown[] = [];
    const CreateVpc = {
      authorize: demanding('ec2:CreateVpc'),
      prepare: async () => {
        steps.push('prepare');
        return 'prepared';
      },
      commit: (input: any, context: OperationContext, prepared: string) => {
        steps.push(['commit', input.CidrBlock, prepared]);
        return { Vpc: { VpcId: context.newId('vpc') } };
      },
      after: (_output: unknown, prepared: string) => void steps.push(['after', prepared]),
    };
    const { endpoint } = setUp({ ec2: { CreateVpc } });
    const { Vpc } = await client(EC2Client, await endpoint()).send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    expect(steps).toEqual(['prepare', ['commit', '10.0.0.0/16', 'prepared'], ['after', 'prepared']]);
    expect(Vpc?.VpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
  });

  it('refuses in the words of each service, and records why', async () => {
    const operation = { authorize: demanding('x:Y', 'arn:aws:x:::y'), commit: () => ({}) };
    const registries = { ec2: { DescribeVpcs: operation }, sagemaker: { ListTrainingJobs: operation }, iam: { GetRole: operation } };
    const { endpoint, refusals } = setUp(registries);
    const url = await endpoint();
    const reason = `User: arn:aws:iam::${account}:user/ann is not authorized to perform: x:Y on resource: arn:aws:x:::y because no identity-based policy allows the x:Y action`;

    const ec2 = await refusal(client(EC2Client, url, userKey).send(new DescribeVpcsCommand({})));
    expect(ec2).toMatchObject({ name: 'UnauthorizedOperation', status: 403 });
    expect(ec2.message).toContain(`You are not authorized to perform this operation. ${reason}. Encoded authorization failure message: `);
    expect(await refusal(client(SageMakerClient, url, userKey).send(new ListTrainingJobsCommand({})))).toEqual({
      name: 'AccessDeniedException',
      message: reason,
      status: 400,
    });
    expect(await refusal(client(IAMClient, url, userKey).send(new GetRoleCommand({ RoleName: 'r' })))).toEqual({
      name: 'AccessDenied',
      message: reason,
      status: 403,
    });
    expect(refusals.map(({ service, refused, decision }) => [service, refused.demand.action, decision.missing])).toEqual([
      ['ec2', 'x:Y', 'identity'],
      ['sagemaker', 'x:Y', 'identity'],
      ['iam', 'x:Y', 'identity'],
    ]);
  });

  it('takes back everything of an operation that throws at its end, as EC2 answers DryRun', async () => {
    const CreateVpc = {
      authorize: demanding('ec2:CreateVpc'),
      commit: (_input: unknown, { newId }: OperationContext) => {
        made.push(newId('vpc'));
        return {};
      },
    };
    const made: string[] = [];
    const { endpoint, store } = setUp({ ec2: answeringDryRuns({ CreateVpc }) });
    const url = await endpoint();
    const command = new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true });
    const message = 'Request would have succeeded, but DryRun flag is set.';
    expect(await refusal(client(EC2Client, url).send(command))).toEqual({ name: 'DryRunOperation', message, status: 412 });
    expect(await refusal(client(EC2Client, url, userKey).send(command))).toMatchObject({ name: 'UnauthorizedOperation', status: 403 });
    // The id that was given inside the transaction was never given.
    expect(made.map((id) => store.transact(() => store.identifiers.spend(id)))).toEqual([true]);
  });

  it('names an operation that is not built, and refuses one that does not exist', async () => {
    const { endpoint } = setUp({});
    const url = await endpoint();
    const message = 'EC2 DescribeInstances is not implemented by Cloister.';
    expect(await refusal(client(EC2Client, url).send(new DescribeInstancesCommand({})))).toEqual({ name: 'NotImplemented', message, status: 501 });
    const target = { 'x-amz-target': 'SageMaker.MakeCoffee' };
    const unknown = await signedFetch(url, 'sagemaker', { method: 'POST', body: '{}', headers: target });
    expect([unknown.status, ((await unknown.json()) as any).__type]).toEqual([400, 'UnknownOperationException']);
    const form = await signedFetch(url, 'ec2', { method: 'POST', body: 'Action=MakeCoffee&Version=2016-11-15', headers: {} });
    expect([form.status, await form.text()]).toEqual([400, expect.stringContaining('<Code>InvalidAction</Code>')]);
  });

  it('validates before it authorises', async () => {
    const { endpoint, access } = setUp({
      sagemaker: { CreateTrainingJob: { authorize: demanding('sagemaker:CreateTrainingJob'), commit: () => ({}) } },
    });
    const input: any = { TrainingJobName: '-bad', RoleArn: `arn:aws:iam::${account}:role/r`, OutputDataConfig: { S3OutputPath: 's3://b' } };
    const { name, message } = await refusal(client(SageMakerClient, await endpoint()).send(new CreateTrainingJobCommand(input)));
    expect(name).toBe('ValidationException');
    expect(message).toBe(
      "1 validation error detected: Value '-bad' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
    );
    expect(access.asked).toEqual([]);
  });

  it('hides a bug behind an id, and logs it', async () => {
    const commit = (): never => {
      throw new TypeError('secret detail');
    };
    const { endpoint, logged, audit } = setUp({ sagemaker: { DescribeTrainingJob: { authorize: demanding('x:Y'), commit } } });
    const error = await refusal(client(SageMakerClient, await endpoint()).send(new DescribeTrainingJobCommand({ TrainingJobName: 'a' })));
    expect(error).toEqual({ name: 'InternalFailure', message: 'We encountered an internal error. Please try again.', status: 500 });
    expect(logged).toEqual(['internal-error: TypeError: secret detail']);
    expect(audit).toMatchObject([{ status: 500, errorCode: 'InternalFailure' }]);
  });

  it("gives a modelled error its own code's status", async () => {
    const commit = (): never => {
      throw new AwsError('NoSuchEntity', 'The role with name r cannot be found.');
    };
    const { endpoint } = setUp({ iam: { GetRole: { authorize: demanding('iam:GetRole'), commit } } });
    const error = await refusal(client(IAMClient, await endpoint()).send(new GetRoleCommand({ RoleName: 'r' })));
    expect(error).toEqual({ name: 'NoSuchEntityException', message: 'The role with name r cannot be found.', status: 404 });
  });
});

describe('identity', () => {
  const registries = { ec2: { DescribeVpcs: describeVpcs }, sagemaker: { ListTrainingJobs: { authorize: demanding('x:Y'), commit: () => ({}) } } };
  const wrong = { accessKeyId: rootKey.accessKeyId, secretAccessKey: 'guess' };
  const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };

  it.each([
    ['a wrong secret', wrong, 'AuthFailure', 401, 'InvalidSignatureException'],
    ['an unknown key', stranger, 'AuthFailure', 401, 'UnrecognizedClientException'],
    ['a key with the wrong token', { ...sessionKey, sessionToken: 'other' }, 'AuthFailure', 401, 'UnrecognizedClientException'],
  ])('refuses %s', async (_name, key, ec2Name, ec2Status, jsonName) => {
    const { endpoint } = setUp(registries);
    const url = await endpoint();
    expect(await refusal(client(EC2Client, url, key).send(new DescribeVpcsCommand({})))).toMatchObject({ name: ec2Name, status: ec2Status });
    expect(await refusal(client(SageMakerClient, url, key).send(new ListTrainingJobsCommand({})))).toMatchObject({ name: jsonName, status: 400 });
  });

  it('accepts a session with its token', async () => {
    const { endpoint, access } = setUp(registries);
    access.allowed = ({ principal }) => principal.type === 'user';
    await client(EC2Client, await endpoint(), sessionKey).send(new DescribeVpcsCommand({}));
    expect(access.asked).toHaveLength(1);
  });

  it('refuses unsigned calls, another region, and another service', async () => {
    const { endpoint } = setUp(registries);
    const url = await endpoint();
    const body = 'Action=DescribeVpcs&Version=2016-11-15';
    const unsigned = await fetch(`${url}/?${body}`);
    expect([unsigned.status, await unsigned.text()]).toEqual([403, expect.stringContaining('<Code>MissingAuthenticationToken</Code>')]);
    const elsewhere = await signedFetch(url, 'ec2', { method: 'POST', body, headers: {}, region: 'us-west-2' });
    expect([elsewhere.status, await elsewhere.text()]).toEqual([403, expect.stringContaining('Credential should be scoped to a valid region.')]);
    const target = { 'x-amz-target': 'SageMaker.ListTrainingJobs' };
    const other = await signedFetch(url, 'ec2', { method: 'POST', body: '{}', headers: target });
    expect([other.status, ((await other.json()) as any).message]).toEqual([400, "Credential should be scoped to correct service: 'sagemaker'."]);
    const none = await signedFetch(url, 'dynamodb', { method: 'POST', body: '{}', headers: {} });
    expect([none.status, await none.text()]).toEqual([501, expect.stringContaining('Cloister does not provide the service dynamodb.')]);
  });

  it('refuses a body other than the signed one', async () => {
    const { endpoint } = setUp(registries);
    const url = await endpoint();
    const body = 'Action=DescribeVpcs&Version=2016-11-15';
    const headers = await sdkSign('ec2', region, rootKey, { method: 'POST', path: '/', headers: { host: new URL(url).host }, body });
    // The header still states the hash of the first body: only S3 is taken at its word.
    const reply = await fetch(url, { method: 'POST', headers, body: `${body}&DryRun=true` });
    expect([reply.status, await reply.text()]).toEqual([401, expect.stringContaining('<Code>AuthFailure</Code>')]);
  });

  it.each(['host', 'authorization', 'x-amz-date', 'x-amz-content-sha256'])('refuses two %s headers', async (name) => {
    const { endpoint } = setUp(registries);
    const { hostname, port } = new URL(await endpoint());
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const request = httpRequest({ hostname, port, method: 'GET', path: '/?Action=DescribeVpcs&Version=2016-11-15', setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.setHeader('Host', name === 'host' ? ['a', 'b'] : 'a');
    if (name !== 'host') request.setHeader(name, ['a', 'b']);
    request.end();
    expect(await promise).toBe(400);
  });
});

describe('arrivals', () => {
  const registries = {
    ec2: { DescribeVpcs: describeVpcs },
    s3: { GetBucketLocation: { authorize: demanding('s3:GetBucketLocation'), commit: () => ({ LocationConstraint: region }) } },
  };
  const edge = (service: 's3' | 'ec2'): Arrival => ({ kind: 'edge', service, sourceIp: '10.0.0.1', secure: false });

  it('serves the one service of its listener', async () => {
    const { endpoint } = setUp(registries, edge('ec2'));
    const url = await endpoint();
    expect((await client(EC2Client, url).send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    const s3 = await signedFetch(url, 's3', { method: 'GET', path: '/b?location=', body: '', headers: {} });
    expect([s3.status, await s3.text()]).toEqual([403, expect.stringContaining("Credential should be scoped to correct service: 'ec2'.")]);
  });

  it('refuses other services at a listener of S3 as S3 refuses strangers', async () => {
    const { endpoint } = setUp(registries, edge('s3'));
    const url = await endpoint();
    expect(await refusal(client(EC2Client, url).send(new DescribeVpcsCommand({})))).toMatchObject({ status: 400 });
    const target = { 'x-amz-target': 'SageMaker.ListTrainingJobs' };
    const reply = await signedFetch(url, 'sagemaker', { method: 'POST', body: '{}', headers: target });
    expect([reply.status, await reply.text()]).toEqual([
      400,
      expect.stringContaining('incorrect service &quot;sagemaker&quot;. This endpoint belongs to &quot;s3&quot;.'),
    ]);
  });

  it('tells policies how the request arrived, whatever the request says', async () => {
    const arrival: Arrival = { kind: 'endpoint', service: 's3', vpcEndpointId: 'vpce-1', vpcId: 'vpc-1', sourceIp: '10.0.0.7', secure: true };
    const { endpoint, access } = setUp(registries, arrival);
    await client(S3Client, await endpoint()).send(new GetBucketLocationCommand({ Bucket: 'bkt' }));
    expect(access.asked.map((request) => request.arrival)).toEqual([arrival]);
  });

  it('serves the operator on the host only, and root only', async () => {
    const paths: string[] = [];
    const operatorPaths = async (head: { target: string }): Promise<any> => {
      paths.push(head.target);
      return head.target === '/_cloister/none' ? undefined : { status: 200, headers: {}, body: Buffer.from('ok') };
    };
    const { endpoint } = setUp({}, undefined, { operatorPaths });
    const url = await endpoint();
    const get = async (path: string, key: Key): Promise<number> =>
      (await signedFetch(url, 'cloister', { method: 'GET', path, body: '', headers: {}, key })).status;
    expect(await get('/_cloister/vpcs', rootKey)).toBe(200);
    expect(await get('/_cloister/none', rootKey)).toBe(404);
    expect(await get('/_cloister/vpcs', userKey)).toBe(403);
    expect((await fetch(`${url}/_cloister/vpcs`)).status).toBe(400);
    expect((await fetch(`${url}/_cloister/health`)).status).toBe(200);
    expect(paths).toEqual(['/_cloister/vpcs', '/_cloister/none', '/_cloister/health']);

    const inside = setUp({}, edge('s3'), { operatorPaths });
    const reply = await fetch(`${await inside.endpoint()}/_cloister/health`);
    expect([reply.status, await reply.text()]).toEqual([501, expect.stringContaining('S3 GetObject is not implemented')]);
    expect(paths).toHaveLength(3);
  });
});

describe('the open paths', () => {
  const answering = async (head: { method: string; target: string }): Promise<any> => ({
    status: 200,
    headers: {},
    body: Buffer.from(`the operator's ${head.method} ${head.target}`),
  });
  const asked = async (url: string, path: string, method: string): Promise<string> => await (await fetch(`${url}${path}`, { method })).text();

  it("are answered to anybody on the host, and stay S3's when a request is signed or asks for more", async () => {
    const { endpoint } = setUp({}, undefined, { operatorPaths: answering });
    const url = await endpoint();
    for (const [method, path] of [
      ['GET', '/metrics'],
      ['GET', '/_localstack/health'],
      ['POST', '/moto-api/reset'],
    ] as const) {
      expect(await asked(url, path, method)).toBe(`the operator's ${method} ${path}`);
      expect(await asked(url, `${path}?list-type=2`, method)).toContain('<Error>');
      const signed = await signedFetch(url, 's3', { method, path, body: '', headers: {}, key: rootKey });
      expect(await signed.text()).toContain('<Error>');
    }
    expect(await asked(url, '/metrics', 'POST')).toContain('<Error>');
    expect(await asked(url, '/metrics/', 'GET')).toContain('<Error>');
  });

  it("are none in a VPC, nor under a bucket's own name", async () => {
    const inside: Arrival = { kind: 'edge', service: 's3', sourceIp: '10.0.0.7', secure: false };
    const url = await setUp({}, inside, { operatorPaths: answering }).endpoint();
    for (const path of ['/metrics', '/_localstack/health', '/_cloister/health']) expect(await asked(url, path, 'GET')).toContain('<Error>');
    const { gateway } = setUp({}, undefined, { operatorPaths: answering });
    const arrival: Arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: false };
    const headers = [['host', 'metrics.s3.localhost']] as const;
    expect(await gateway.plan({ method: 'GET', target: '/metrics', headers, arrival })).toMatchObject({ kind: 'reply', reply: { status: 501 } });
  });
});

it('commits nothing when what it serves has ended meanwhile', async () => {
  const ended = new AbortController();
  let committed = 0;
  const commit = (): object => {
    committed += 1;
    return {};
  };
  const prepare = (): Promise<undefined> => {
    ended.abort();
    return Promise.resolve(undefined);
  };
  const { endpoint } = setUp({ s3: { ListBuckets: { authorize: () => [], prepare, commit } } }, undefined, { ended: ended.signal });
  await expect(client(S3Client, await endpoint()).send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  expect(committed).toBe(0);
});

describe('a plan', () => {
  const arrival: Arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: false };
  const head = (headers: Record<string, string>, target = '/'): any => ({
    method: 'POST',
    target,
    headers: Object.entries({ host: 'localhost', ...headers }),
    arrival,
  });

  it('is the reply itself when the body came with the head, and to collect it when it did not', async () => {
    const { gateway, audit } = setUp({});
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '8' };
    expect(await gateway.plan(head(form), Buffer.from('Action=X'))).toMatchObject({ kind: 'reply', reply: { status: 403 } });
    const plan = await gateway.plan(head(form));
    expect(plan).toMatchObject({ kind: 'collect', maxBytes: 2 * 1024 * 1024 });
    expect(audit).toHaveLength(1);
    const { ticket } = plan as { ticket: string };
    expect((await gateway.complete(ticket, { body: Buffer.from('Action=X') })).status).toBe(403);
    expect((await gateway.complete(ticket, { body: Buffer.from('Action=X') })).status).toBe(400);
    expect(audit).toHaveLength(2);
  });

  it('leaves its line when the body never comes', async () => {
    const { gateway, audit } = setUp({});
    const { ticket } = (await gateway.plan(head({ 'content-length': '8', 'content-type': 'application/x-www-form-urlencoded' }))) as {
      ticket: string;
    };
    gateway.abandon(ticket);
    gateway.abandon(ticket);
    expect(audit).toMatchObject([{ service: 'sts', errorCode: 'Abandoned' }]);
  });

  it('refuses a body that is too long before reading it', async () => {
    const { gateway } = setUp({});
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '2097153' };
    expect(await gateway.plan(head(form))).toMatchObject({ kind: 'reply', reply: { status: 413 } });
  });

  it("takes the operator's path under a bucket's name for a key", async () => {
    const { gateway, audit } = setUp({});
    await gateway.plan({ ...head({ host: 'bkt.localhost' }, '/_cloister/health'), method: 'GET' });
    expect(audit).toMatchObject([{ service: 's3', operation: 'GetObject' }]);
  });
});

describe('the door for Cloister itself', () => {
  const principal = { type: 'user', accountId: account, arn: `arn:aws:iam::${account}:user/ann`, userId: 'A', userName: 'ann' } as const;

  it('goes through the same chain, with its own arrival', async () => {
    const CreateVpc = { authorize: demanding('ec2:CreateVpc'), commit: (input: any) => ({ Vpc: { CidrBlock: input.CidrBlock } }) };
    const { gateway, access, audit } = setUp({ ec2: { CreateVpc } });
    access.allowed = () => true;
    const output = await gateway.call('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, principal, { servicePrincipal: 'sagemaker.amazonaws.com' });
    expect(output).toEqual({ Vpc: { CidrBlock: '10.0.0.0/16' } });
    expect(access.asked).toMatchObject([{ principal, arrival: { kind: 'service', servicePrincipal: 'sagemaker.amazonaws.com' } }]);
    expect(audit).toMatchObject([{ operation: 'CreateVpc', status: 200, principal: principal.arn }]);
    access.allowed = () => false;
    await expect(
      gateway.call('ec2', 'CreateVpc', { CidrBlock: 'x' }, principal, { servicePrincipal: 'sagemaker.amazonaws.com' }),
    ).rejects.toMatchObject({
      name: 'AwsError',
      code: 'UnauthorizedOperation',
    });
  });
});
