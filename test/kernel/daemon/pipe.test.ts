import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as Iam from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { layout } from '../../../src/daemon/layout.ts';
import { DaemonLab, type Network } from './lab.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html: Pipe mode. */

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  for (const name of ['a', 'b', 'c', 'd']) await lab.putObject(`lines/${name}`, `${name}\n`);
  await lab.putObject('packed/a.gz', gzipSync('packed\n'));
});
afterAll(async () => void (await lab?.close()));

const channelOf = (name: string, change: object = {}) => ({ ...demo.channel(name), InputMode: 'Pipe' as const, ...change });

const jobOf = (name: string, program: string, channels: readonly object[]) => ({
  ...demo.endlessJob(name, network),
  AlgorithmSpecification: {
    TrainingImage: 'cloister/base',
    TrainingInputMode: 'File' as const,
    ContainerEntrypoint: ['node', '-e', 'eval(process.env.PROGRAM)'],
  },
  Environment: { PROGRAM: program },
  InputDataConfig: channels as ReturnType<typeof demo.channel>[],
});

/** Reads pipes one after the other. */
const reading = (pipes: readonly string[]): string =>
  [
    `const fs=require('fs');for(const p of ${JSON.stringify(pipes)})`,
    "console.log(p+' '+JSON.stringify(fs.readFileSync('/opt/ml/input/data/'+p,'latin1')));",
    "console.log(JSON.parse(fs.readFileSync('/opt/ml/input/config/inputdataconfig.json')).lines.TrainingInputMode)",
  ].join('');

/** Reads so many bytes every so often. */
const slowly = (pipe: string, bytes: number, everyMs: number): string =>
  [
    `const fs=require('fs');const f=fs.openSync('/opt/ml/input/data/${pipe}');let n=0;const b=Buffer.alloc(${bytes});console.log('open');`,
    `const t=setInterval(()=>{const r=fs.readSync(f,b);n+=r;if(r===0){clearInterval(t);console.log('bytes '+n)}},${everyMs})`,
  ].join('');

it('streams every epoch anew, unpacked where it is packed, beside channels of files', async () => {
  const pipes = ['lines_0', 'packed_0', 'lines_1'];
  const channels = [channelOf('lines'), channelOf('packed', { CompressionType: 'Gzip' }), demo.channel('train')];
  const ended = await lab.runJob(jobOf('streams', reading(pipes), channels));
  expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
  expect(await lab.logLines('streams')).toEqual(['lines_0 "a\\nb\\nc\\nd\\n"', 'packed_0 "packed\\n"', 'lines_1 "a\\nb\\nc\\nd\\n"', 'Pipe']);
});

it('gives every instance its share, in another order in every epoch', async () => {
  const source = { ...demo.channel('lines').DataSource.S3DataSource, S3DataDistributionType: 'ShardedByS3Key' };
  const channels = [channelOf('lines', { DataSource: { S3DataSource: source }, ShuffleConfig: { Seed: 7 } })];
  const job = jobOf('shares', reading(['lines_0']), channels);
  await lab.runJob({ ...job, ResourceConfig: { ...job.ResourceConfig, InstanceCount: 2 } });
  const texts = await Promise.all(['algo-1', 'algo-2'].map(async (host) => (await lab.logLines('shares', host))[0] ?? ''));
  expect(texts.map((text) => text.match(/[abcd]/gu)?.length)).toEqual([2, 2]);
  expect(
    texts
      .join('')
      .replaceAll(/lines_0|\\n|[" ]/gu, '')
      .split('')
      .toSorted(),
  ).toEqual(['a', 'b', 'c', 'd']);
});

it('goes on while the daemon is replaced, and hangs for nobody who opens none', async () => {
  await lab.createJob(jobOf('outlives', slowly('train_0', 1_000, 40), [channelOf('train'), channelOf('lines')]));
  expect(await lab.firstLine('outlives')).toBe('open');
  await lab.restart();
  const ended = await lab.endOf('outlives');
  expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
  expect(await lab.logLines('outlives')).toEqual(['open', `bytes ${readFileSync(demo.trainRows).length}`]);
});

it('fails the job clearly when the agent is killed in the middle', async () => {
  await lab.createJob(jobOf('loses', slowly('train_0', 10, 500), [channelOf('train')]));
  expect(await lab.firstLine('loses')).toBe('open');
  const directory = join(layout(lab.dataDirectory).instances, readdirSync(layout(lab.dataDirectory).instances)[0] ?? '');
  const { process: agent } = JSON.parse(readFileSync(join(directory, 'agent.json'), 'utf8')) as { process: { pid: number } };
  execFileSync('kill', ['-KILL', String(agent.pid)]);
  const ended = await lab.endOf('loses');
  expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Failed', expect.stringContaining('The program that streamed the input ended')]);
});

it('fails the job with the words of S3 when a policy refuses an object in the middle', async () => {
  const denied = { Effect: 'Deny', Action: 's3:GetObject', Resource: `arn:aws:s3:::${demo.bucket}/lines/c` };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [denied] });
  await lab.iam.send(new Iam.PutRolePolicyCommand({ RoleName: demo.roleName, PolicyName: 'denies', PolicyDocument: policy }));
  const ended = await lab.runJob(jobOf('refused', reading(['lines_0']), [channelOf('lines')]));
  expect(ended.TrainingJobStatus).toBe('Failed');
  expect(ended.FailureReason).toMatch(
    /^ClientError: Data download failed:AccessDenied \(403\): User: .* \(GetObject s3:\/\/private-data\/lines\/c\)$/u,
  );
});
