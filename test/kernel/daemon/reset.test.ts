import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as Ec2 from '@aws-sdk/client-ec2';
import * as Iam from '@aws-sdk/client-iam';
import * as S3 from '@aws-sdk/client-s3';
import * as SageMaker from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../../clients/demo-path.ts';
import { textOf } from '../../fixtures/holdings.ts';
import { heldBy } from './held.ts';
import { bodyOf, DaemonLab, sendFromHost } from './lab.ts';

/** A daemon whose state may be thrown away goes back to its first start, whatever runs; one that keeps its state does not. */

const jobs = ['one', 'two'] as const;
const objectCount = 100;

interface Answer {
  readonly status: number;
  readonly body: string;
}

const unsignedReset = async (lab: DaemonLab): Promise<Answer> => {
  const response = await fetch(new URL('/moto-api/reset', lab.endpoint), { method: 'POST' });
  return { status: response.status, body: await response.text() };
};
const signedReset = async (lab: DaemonLab): Promise<Answer> => {
  const text = await lab.signed('cloister', { method: 'POST', path: '/_cloister/reset', headers: {}, body: '' });
  const answer = await sendFromHost(lab.onHost(text));
  return { status: answer.status, body: bodyOf(answer.text) };
};
const done: Answer = { status: 200, body: '{"status": "ok"}' };

/** Two jobs that run, in one VPC, and what they need. Returns every id that was given. */
async function fill(lab: DaemonLab): Promise<string[]> {
  await lab.makeDataAndRole();
  const network = await lab.makeNetwork();
  const endpointId = await lab.makeS3Endpoint(network);
  await Promise.all(Array.from({ length: objectCount }, async (_, index) => await lab.putObject(`many/${index}`, `object ${index}`)));
  for (const job of jobs) await lab.createJob(demo.endlessJob(job, network));
  await Promise.all(jobs.map(async (job) => void (await lab.firstLine(job))));
  const { NetworkInterfaces } = await lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({}));
  expect(NetworkInterfaces).toHaveLength(2 * jobs.length);
  return [...Object.values(network), endpointId, ...(NetworkInterfaces ?? []).map(({ NetworkInterfaceId }) => NetworkInterfaceId ?? '')];
}

/** What the API, the machine and the data directory show of a state. */
async function shown(lab: DaemonLab) {
  const [vpcs, interfaces, endpoints, buckets, roles, trainingJobs, groups] = await Promise.all([
    lab.ec2.send(new Ec2.DescribeVpcsCommand({})).then(({ Vpcs }) => Vpcs),
    lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({})).then(({ NetworkInterfaces }) => NetworkInterfaces),
    lab.ec2.send(new Ec2.DescribeVpcEndpointsCommand({})).then(({ VpcEndpoints }) => VpcEndpoints),
    lab.s3.send(new S3.ListBucketsCommand({})).then(({ Buckets }) => Buckets ?? []),
    lab.iam.send(new Iam.ListRolesCommand({})).then(({ Roles }) => Roles),
    lab.sagemaker.send(new SageMaker.ListTrainingJobsCommand({})).then(({ TrainingJobSummaries }) => TrainingJobSummaries),
    lab.logs.send(new DescribeLogGroupsCommand({})).then(({ logGroups }) => logGroups),
  ]);
  const { processes, namespaces } = heldBy(lab);
  const commands = processes.map((pid) => `${pid} ${textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
  const folders = [join(lab.dataDirectory, 'blobs'), join(lab.dataDirectory, 'instances'), `/run/${lab.prefix}-containers/libpod/exits`];
  const files = folders.flatMap((path) => readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()));
  return { rows: [vpcs, interfaces, endpoints, buckets, roles, trainingJobs, groups], commands, namespaces, files };
}

const nothing = { rows: [[], [], [], [], [], [], []], commands: [], namespaces: [], files: [] };

describe('an ephemeral daemon', () => {
  let lab: DaemonLab;
  beforeAll(async () => {
    lab = await DaemonLab.open('in this process', ['--ephemeral']);
  });
  afterAll(async () => void (await lab?.close()));

  it('goes back to its first start, twice in a row, and works again afterwards', async () => {
    const given: string[] = [];
    for (const reset of [unsignedReset, signedReset]) {
      given.push(...(await fill(lab)));
      // Of each job the monitor and the algorithm: without input nobody needs an agent yet.
      expect(heldBy(lab).processes.length).toBeGreaterThanOrEqual(2 * jobs.length);
      expect(await reset(lab)).toEqual(done);
      // The root key, the port and the region are the ones that the clients have had from the start.
      await expect.poll(async () => await shown(lab), { timeout: 15_000 }).toEqual(nothing);
      const audit = readFileSync(join(lab.dataDirectory, 'audit', 'audit.jsonl'), 'utf8');
      expect(audit).not.toContain('CreateTrainingJob');
    }
    expect(new Set(given).size).toBe(given.length);
    await lab.makeDataAndRole();
    const network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network);
    expect((await lab.runJob(demo.trainingJob('one', network))).TrainingJobStatus).toBe('Completed');
    expect(await lab.logLines('one')).not.toEqual([]);
    expect(await unsignedReset(lab)).toEqual(done);
  });

  it('may be asked several times at once, while requests and jobs are under way', async () => {
    for (const afterMs of [0, 150, 600]) {
      await lab.makeDataAndRole();
      const network = await lab.makeNetwork();
      await lab.makeS3Endpoint(network);
      for (const job of jobs) await lab.createJob(demo.trainingJob(job, network));
      await sleep(afterMs);
      const stopped = new AbortController();
      const outcomes: string[] = [];
      const callers = Array.from({ length: 8 }, async (_, index) => {
        for (let round = 0; !stopped.signal.aborted; round += 1) {
          const put = lab.putObject(`race/${index}-${round}`, Buffer.alloc(300_000)).then(
            () => 'done',
            (error: Error) => error.name,
          );
          outcomes.push(await put);
        }
      });
      const resets = await Promise.all([unsignedReset(lab), signedReset(lab), unsignedReset(lab)]);
      stopped.abort();
      await Promise.all(callers);
      expect(resets).toEqual([done, done, done]);
      // Those that were asked again find no bucket; those that were cut were told so, or saw the connection end.
      const known = new Set(['done', 'NoSuchBucket', 'ServiceUnavailable', 'Error', 'TimeoutError', 'InternalError']);
      expect(outcomes.filter((outcome) => !known.has(outcome))).toEqual([]);
      await expect.poll(async () => await shown(lab), { timeout: 15_000 }).toEqual(nothing);
    }
  });

  it('is not reset by a page in a browser', async () => {
    await lab.s3.send(new S3.CreateBucketCommand({ Bucket: 'kept' }));
    const response = await fetch(new URL('/moto-api/reset', lab.endpoint), { method: 'POST', headers: { origin: 'http://example.com' } });
    expect([response.status, await response.json()]).toEqual([
      403,
      { status: 'refused', message: 'A reset is not for pages in a browser. Nothing was changed.' },
    ]);
    expect((await lab.s3.send(new S3.ListBucketsCommand({}))).Buckets).toHaveLength(1);
    expect((await fetch(new URL('/_cloister/reset', lab.endpoint), { method: 'POST' })).status).toBe(400);
    expect((await lab.s3.send(new S3.ListBucketsCommand({}))).Buckets).toHaveLength(1);
    await unsignedReset(lab);
  });
});

describe('a daemon that keeps its state', () => {
  let lab: DaemonLab;
  beforeAll(async () => {
    lab = await DaemonLab.open();
    await lab.makeDataAndRole();
  });
  afterAll(async () => void (await lab?.close()));

  it('refuses to be reset, with the reason, and changes nothing', async () => {
    const before = await shown(lab);
    const message = 'This daemon keeps its state: only one that was started with `cloister up --ephemeral` can be reset. Nothing was changed.';
    for (const reset of [unsignedReset, signedReset]) {
      const { status, body } = await reset(lab);
      expect([status, JSON.parse(body)]).toEqual([403, { status: 'refused', message }]);
    }
    expect(await shown(lab)).toEqual(before);
  });
});
