import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { bodyOf, DaemonLab, inVpc, rawText, sendFrom, sendFromHost, type Network, type RawAnswer } from './lab.ts';

/** What the policies of endpoints and buckets say of a request is judged by the way that it really came. */

let lab: DaemonLab;
let network: Network;
let otherNetwork: Network;
let endpointId: string;
let otherEndpointId: string;
let namespace: string;
let otherNamespace: string;
const otherBucket = 'other-data';
const arnOf = (bucket: string): string[] => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

beforeAll(async () => {
  lab = await DaemonLab.open();
  [network, otherNetwork] = await Promise.all([lab.makeNetwork(), lab.makeNetwork('10.1.0.0/16')]);
  [endpointId, otherEndpointId] = await Promise.all([lab.makeS3Endpoint(network), lab.makeS3Endpoint(otherNetwork)]);
  await lab.makeDataAndRole();
  await lab.s3.send(new CreateBucketCommand({ Bucket: otherBucket }));
  await lab.s3.send(new PutObjectCommand({ Bucket: otherBucket, Key: 'secret', Body: 'of others' }));
  [{ namespace }, { namespace: otherNamespace }] = await Promise.all([lab.makeInterface(network), lab.makeInterface(otherNetwork)]);
});
afterEach(async () => {
  await lab.s3.send(new DeleteBucketPolicyCommand({ Bucket: demo.bucket }));
  await setEndpointPolicy(everything);
});
afterAll(async () => void (await lab?.close()));

async function setEndpointPolicy(policy: object): Promise<void> {
  await lab.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, PolicyDocument: JSON.stringify(policy) }));
}

async function setBucketPolicy(...statements: readonly object[]): Promise<void> {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await lab.s3.send(new PutBucketPolicyCommand({ Bucket: demo.bucket, Policy }));
}

/** Requests of the root user. */
const get = async (path: string): Promise<string> => await lab.signed('s3', { method: 'GET', path, headers: {}, body: '' });
const put = async (path: string): Promise<string> => await lab.signed('s3', { method: 'PUT', path, headers: {}, body: 'new' });
const anonymous = rawText({ method: 'GET', path: `/${demo.bucket}/train/train.csv`, headers: {}, body: '' });

const ask = async (from: string, ...texts: readonly string[]): Promise<readonly RawAnswer[]> => await sendFrom(from, texts.map(inVpc));
const messageOf = (answer: RawAnswer | undefined): string =>
  /<Message>(?<message>.*)<\/Message>/u.exec(answer?.text ?? '')?.groups?.['message']?.replaceAll('&quot;', '"') ?? `${answer?.status}`;
const root = 'User: arn:aws:iam::000000000000:root is not authorized to perform:';

it("lets through an endpoint what its policy allows, whoever asks, and nothing else; the host's port is no endpoint", async () => {
  const readOne = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: arnOf(demo.bucket) };
  await setEndpointPolicy({ Version: '2012-10-17', Statement: [readOne] });
  const requests = await Promise.all([get(`/${demo.bucket}/train/train.csv`), get(`/${otherBucket}/secret`), put(`/${demo.bucket}/planted`)]);
  const [read, readOther, written] = await ask(namespace, ...requests);
  expect([read?.status, readOther?.status, written?.status]).toEqual([200, 403, 403]);
  expect(messageOf(readOther)).toBe(
    `${root} s3:GetObject on resource: "arn:aws:s3:::${otherBucket}/secret" because no VPC endpoint policy allows the s3:GetObject action`,
  );
  expect(messageOf(written)).toBe(
    `${root} s3:PutObject on resource: "arn:aws:s3:::${demo.bucket}/planted" because no VPC endpoint policy allows the s3:PutObject action`,
  );
  await expect(lab.s3.send(new GetObjectCommand({ Bucket: demo.bucket, Key: 'planted' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  for (const text of requests) expect((await sendFromHost(lab.onHost(text))).status).toBe(200);
  // The endpoint of another VPC has its own policy.
  expect((await ask(otherNamespace, requests[1] ?? ''))[0]?.status).toBe(200);
});

it("fails a job whose transfers the endpoint's policy does not allow, in S3's words", async () => {
  const readOne = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: arnOf(demo.bucket) };
  await setEndpointPolicy({ Version: '2012-10-17', Statement: [readOne] });
  const list = await lab.runJob(demo.trainingJob('cannot-list', network));
  expect(list.TrainingJobStatus).toBe('Failed');
  expect(list.FailureReason).toMatch(/^ClientError: Data download failed:AccessDenied \(403\): User: arn:aws:sts::000000000000:assumed-role\//u);
  expect(list.FailureReason).toContain('because no VPC endpoint policy allows the s3:ListBucket action');

  const readBoth = { ...readOne, Action: ['s3:GetObject', 's3:ListBucket'] };
  await setEndpointPolicy({ Version: '2012-10-17', Statement: [readBoth] });
  const write = await lab.runJob(demo.trainingJob('cannot-write', network));
  expect(write.TrainingJobStatus).toBe('Failed');
  expect(write.FailureReason).toMatch(/^ClientError: Artifact upload failed:AccessDenied \(403\): /u);
  expect(write.FailureReason).toContain('because no VPC endpoint policy allows the s3:PutObject action');
});

it('keeps a bucket to one endpoint: not from the host, not through another endpoint', async () => {
  const onlyThrough = (id: string) => ({
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
    Resource: arnOf(demo.bucket),
    Condition: { StringNotEquals: { 'aws:SourceVpce': id } },
  });
  await setBucketPolicy(onlyThrough(endpointId));
  const request = await get(`/${demo.bucket}/train/train.csv`);
  const [inside] = await ask(namespace, request);
  const [elsewhere] = await ask(otherNamespace, request);
  const outside = await sendFromHost(lab.onHost(request));
  expect([inside?.status, elsewhere?.status, outside.status]).toEqual([200, 403, 403]);
  const denied = `${root} s3:GetObject on resource: "arn:aws:s3:::${demo.bucket}/train/train.csv" with an explicit deny in a resource-based policy`;
  expect([messageOf(elsewhere), messageOf(outside)]).toEqual([denied, denied]);

  const jobs = await Promise.all([lab.runJob(demo.trainingJob('inside', network)), lab.runJob(demo.trainingJob('elsewhere', otherNetwork))]);
  expect(jobs.map(({ TrainingJobStatus }) => TrainingJobStatus)).toEqual(['Completed', 'Failed']);
  expect(jobs[1].FailureReason).toMatch(/^ClientError: Data download failed:AccessDenied \(403\): User: arn:aws:sts::.*s3:ListBucket/u);
  expect(jobs[1].FailureReason).toContain('with an explicit deny in a resource-based policy');

  await setBucketPolicy(onlyThrough(otherEndpointId));
  const turned = await Promise.all([ask(namespace, request), ask(otherNamespace, request)]);
  expect(turned.map(([answer]) => answer?.status)).toEqual([403, 200]);
});

it('judges a stranger, and by the address inside the VPC', async () => {
  const [refused] = await ask(namespace, anonymous);
  expect([refused?.status, messageOf(refused)]).toEqual([403, 'Access Denied']);

  const toStrangers = (condition: object) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: arnOf(demo.bucket),
    Condition: condition,
  });
  await setBucketPolicy(toStrangers({ StringEquals: { 'aws:SourceVpc': network.vpcId }, IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/24' } }));
  const [allowed] = await ask(namespace, anonymous);
  const [stranger] = await ask(otherNamespace, anonymous);
  expect([allowed?.status, stranger?.status, (await sendFromHost(lab.onHost(anonymous))).status]).toEqual([200, 403, 403]);
  expect(bodyOf(allowed?.text ?? '')).toContain('1,17.99');

  // To S3 a private address says nothing about who asks: such a policy is public.
  await expect(setBucketPolicy(toStrangers({ IpAddress: { 'aws:VpcSourceIp': '10.0.9.0/24' } }))).rejects.toMatchObject({ name: 'AccessDenied' });
  await lab.s3.send(new DeletePublicAccessBlockCommand({ Bucket: demo.bucket }));
  await setBucketPolicy(toStrangers({ IpAddress: { 'aws:VpcSourceIp': '10.0.9.0/24' } }));
  expect((await ask(namespace, anonymous))[0]?.status).toBe(403);
  // `aws:SourceIp` is not there for what comes through an endpoint.
  await setBucketPolicy(toStrangers({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '127.0.0.0/8'] } }));
  expect((await ask(namespace, anonymous))[0]?.status).toBe(403);
  expect((await sendFromHost(lab.onHost(anonymous))).status).toBe(200);
});

it('believes no header about where a request comes from', async () => {
  await setBucketPolicy({
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: arnOf(demo.bucket),
    Condition: { StringEquals: { 'aws:SourceVpce': otherEndpointId } },
  });
  const headers = { 'x-amz-source-vpce': otherEndpointId, 'x-forwarded-for': '10.1.0.4', forwarded: 'for=10.1.0.4' };
  const path = `/${demo.bucket}/train/train.csv`;
  const byName = { host: `bucket.${otherEndpointId}.s3.us-east-1.vpce` };
  const answers = await ask(
    namespace,
    rawText({ method: 'GET', path, headers, body: '' }),
    rawText({ method: 'GET', path, headers: byName, body: '' }),
    rawText({ method: 'GET', path: `${path}?aws%3ASourceVpce=${otherEndpointId}`, headers: {}, body: '' }),
  );
  expect(answers.map((answer) => [answer.status, messageOf(answer)])).toEqual([
    [403, 'Access Denied'],
    [403, 'Access Denied'],
    [403, 'Access Denied'],
  ]);
  expect((await ask(otherNamespace, anonymous))[0]?.status).toBe(200);
});
