import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { ListUsersCommand } from '@aws-sdk/client-iam';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { bodyOf, DaemonLab, inVpc, rawText, sendFrom, sendFromHost, type Network } from './lab.ts';

/**
 * Through a gateway endpoint for S3 comes S3, and nothing else, whatever a request says of itself and whoever signed it.
 * Each request below is right in every byte: on the host's port it is obeyed.
 */

let lab: DaemonLab;
let network: Network;
let namespace: string;

beforeAll(async () => {
  lab = await DaemonLab.open();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  await lab.makeDataAndRole();
  [{ namespace }] = await Promise.all([lab.makeInterface(network), lab.createJob(demo.endlessJob('endless', network))]);
  await lab.training('endless');
});
afterAll(async () => void (await lab?.close()));

const form = 'application/x-www-form-urlencoded; charset=utf-8';
const query = (version: string, action: string, parameters: Record<string, string> = {}): string =>
  new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target });

interface Case {
  readonly name: string;
  readonly service: string;
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Requests to other services, and to the operator's paths. */
const others = (): readonly Case[] => [
  { name: 'EC2', service: 'ec2', headers: { 'content-type': form }, body: query('2016-11-15', 'CreateVpc', { CidrBlock: '10.7.0.0/16' }) },
  {
    name: 'EC2 by name',
    service: 'ec2',
    headers: { 'content-type': form, host: 'ec2.us-east-1.amazonaws.com' },
    body: query('2016-11-15', 'CreateVpc', { CidrBlock: '10.8.0.0/16' }),
  },
  {
    name: 'EC2 by query',
    service: 'ec2',
    method: 'GET',
    path: `/?${query('2016-11-15', 'CreateVpc', { CidrBlock: '10.9.0.0/16' })}`,
  },
  { name: 'IAM', service: 'iam', headers: { 'content-type': form }, body: query('2010-05-08', 'CreateUser', { UserName: 'mallory' }) },
  { name: 'STS', service: 'sts', headers: { 'content-type': form }, body: query('2011-06-15', 'GetCallerIdentity') },
  {
    name: 'STS by name',
    service: 'sts',
    headers: { 'content-type': form, host: 'sts.amazonaws.com' },
    body: query('2011-06-15', 'GetCallerIdentity'),
  },
  { name: 'Logs', service: 'logs', headers: json('Logs_20140328.CreateLogGroup'), body: '{"logGroupName":"from-inside"}' },
  {
    name: 'SageMaker by name',
    service: 'sagemaker',
    headers: { ...json('SageMaker.ListTrainingJobs'), host: 'api.sagemaker.us-east-1.amazonaws.com' },
    body: '{}',
  },
  { name: 'SageMaker', service: 'sagemaker', headers: json('SageMaker.StopTrainingJob'), body: '{"TrainingJobName":"endless"}' },
  {
    name: 'SageMaker, a new job',
    service: 'sagemaker',
    headers: json('SageMaker.CreateTrainingJob'),
    body: JSON.stringify(demo.endlessJob('from-inside', network)),
  },
  { name: "the operator's networks", service: 'cloister', method: 'GET', path: `/_cloister/networks/${network.vpcId}` },
  { name: "the operator's health", service: 'cloister', method: 'GET', path: '/_cloister/health' },
];

const bytesOf = async ({ service, method = 'POST', path = '/', headers = {}, body = '' }: Case): Promise<string> =>
  await lab.signed(service, { method, path, headers, body });

/** Everything that these requests would change. */
async function state(): Promise<unknown> {
  const [vpcs, users, groups, jobs, objects, job] = await Promise.all([
    lab.ec2.send(new DescribeVpcsCommand({})),
    lab.iam.send(new ListUsersCommand({})),
    lab.logs.send(new DescribeLogGroupsCommand({})),
    lab.sagemaker.send(new ListTrainingJobsCommand({})),
    lab.s3.send(new ListObjectsV2Command({ Bucket: demo.bucket })),
    lab.describeJob('endless'),
  ]);
  return {
    vpcs: vpcs.Vpcs?.map(({ VpcId }) => VpcId),
    users: users.Users,
    groups: groups.logGroups?.map(({ logGroupName }) => logGroupName),
    jobs: jobs.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName),
    objects: objects.Contents,
    job: [job.TrainingJobStatus, job.SecondaryStatus],
  };
}

it('answers an S3 request that is signed with the root key', async () => {
  const text = await lab.signed('s3', { method: 'GET', path: `/${demo.bucket}/train/train.csv`, headers: {}, body: '' });
  const [answer] = await sendFrom(namespace, [inVpc(text)]);
  expect(answer?.status).toBe(200);
  expect(bodyOf(answer?.text ?? '')).toContain('1,17.99');
});

it("refuses every other service's requests and the operator's, as S3 refuses a stranger; the host's port obeys them", async () => {
  const cases = others();
  const requests = await Promise.all(cases.map(bytesOf));
  const before = await state();
  const answers = await sendFrom(namespace, requests.map(inVpc));
  expect(await state()).toEqual(before);
  for (const [index, { name, service }] of cases.entries()) {
    expect([name, answers[index]?.status, answers[index]?.text]).toEqual([name, 400, expect.stringContaining('x-amz-id-2')]);
    expect(answers[index]?.text).toContain(`<Code>AuthorizationHeaderMalformed</Code>`);
    expect(answers[index]?.text).toContain(`incorrect service &quot;${service}&quot;`);
  }
  for (const [index, text] of requests.entries()) {
    const answer = await sendFromHost(lab.onHost(text));
    expect([cases[index]?.name, answer.status, bodyOf(answer.text)]).toEqual([cases[index]?.name, 200, expect.anything()]);
  }
  const changed = (await state()) as Record<string, unknown[]>;
  const unchanged = before as Record<string, unknown[]>;
  expect(changed['vpcs']).toHaveLength((unchanged['vpcs']?.length ?? 0) + 3);
  expect(changed['users']).toHaveLength(1);
  expect(changed['jobs']).toContain('from-inside');
  expect(changed['groups']).toContain('from-inside');
  expect(changed['job']?.[0]).not.toBe('InProgress');
  // What these began is over before the next test looks.
  await lab.stopJob('from-inside');
  await Promise.all([lab.endOf('endless'), lab.endOf('from-inside')]);
});

/** Requests that are signed for S3 and pretend to be something else. */
const disguised: readonly Case[] = [
  { name: 'a target at the root', service: 's3', headers: json('SageMaker.ListTrainingJobs'), body: '{}' },
  { name: 'a target on a bucket', service: 's3', path: `/${demo.bucket}`, headers: json('Logs_20140328.CreateLogGroup'), body: '{}' },
  {
    name: 'a form at the root',
    service: 's3',
    headers: { 'content-type': form },
    body: query('2016-11-15', 'CreateVpc', { CidrBlock: '10.5.0.0/16' }),
  },
  {
    name: 'the name of another service',
    service: 's3',
    headers: { 'content-type': form, host: 'ec2.us-east-1.amazonaws.com' },
    body: query('2016-11-15', 'CreateVpc', { CidrBlock: '10.5.0.0/16' }),
  },
  { name: "an operator's path", service: 's3', method: 'GET', path: '/_cloister/health' },
  { name: "another operator's path", service: 's3', method: 'GET', path: '/_cloister/networks/vpc-1' },
];

it('takes a request that is signed for S3 for one of S3, whatever it looks like', async () => {
  const requests = await Promise.all(disguised.map(bytesOf));
  const counters = `/_cloister/networks/${network.vpcId}`;
  // In absolute form, and from a stranger.
  requests.push(
    rawText({ method: 'GET', path: 'http://127.0.0.1/_cloister/health', headers: {}, body: '' }),
    rawText({ method: 'GET', path: '/_cloister/health', headers: {}, body: '' }),
    rawText({ method: 'GET', path: counters, headers: {}, body: '' }),
    rawText({ method: 'POST', path: '/', headers: { 'content-type': form }, body: query('2011-06-15', 'AssumeRoleWithWebIdentity') }),
  );
  const before = await state();
  const answers = await sendFrom(namespace, requests.map(inVpc));
  expect(await state()).toEqual(before);
  for (const { status, text } of answers) {
    expect([status, text]).toEqual([expect.toBeOneOf([400, 403, 404, 405]), expect.stringContaining('x-amz-id-2')]);
    expect(text).toMatch(/<Code>(?:MethodNotAllowed|NoSuchBucket|AccessDenied|InvalidBucketName|InvalidRequest|InvalidURI)<\/Code>/u);
    expect(text).not.toMatch(/reconcilers|counters|VpcId/u);
  }
  const health = await sendFromHost(lab.onHost(requests[7] ?? ''));
  expect([health.status, health.text]).toEqual([200, expect.stringContaining('reconcilers')]);
});

it('serves HTTP and HTTPS, and counts what knocks elsewhere', async () => {
  const before = await lab.counters(network.vpcId);
  const port = Number(lab.endpoint.port);
  const text = rawText({ method: 'GET', path: '/_cloister/health', headers: {}, body: '' });
  const [atEndpoint, atRouter] = await sendFrom(namespace, [
    { ...inVpc(text), port },
    { address: '10.0.0.1', port, text },
  ]);
  expect([atEndpoint?.status, atRouter?.status]).toEqual([0, 0]);
  const rose = [...(await lab.counters(network.vpcId))].filter(([name, packets]) => packets > (before.get(name) ?? 0)).map(([name]) => name);
  expect(rose).toContainEqual(expect.stringMatching(/^endpoint\.vpce-/u));
  expect(rose).toContainEqual(expect.stringMatching(/^(?:destination|router|route)/u));
});
