import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateCompilationJobCommand,
  DescribeCompilationJobCommand,
  type DescribeCompilationJobCommandOutput,
  ListCompilationJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xgboostCases } from '../../../images/compiler/xgboost/cases.ts';
import { compilationEc2Actions } from '../../../src/model/job/needs.ts';
import { assert } from '../../../src/stdx/assert.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../../clients/demo-path.ts';
import { needsImage } from '../../fixtures/distribution-image.ts';
import { archiveOf, bomb, hostileArchives } from '../../fixtures/hostile-archives.ts';
import { hostileModels } from '../../fixtures/hostile-models.ts';
import { holdingsOf, lastingDifference, type Holdings } from '../../fixtures/holdings.ts';
import { DaemonLab, type Network } from '../daemon/lab.ts';

/** Hostile archives and models through real jobs: each fails by a sentence of its own, and leaves nothing. */

const image = needsImage('cloister/compiler');
const endsMs = 200_000;
const pollMs = 250;
const ended = new Set(['COMPLETED', 'FAILED', 'STOPPED']);

const forest = xgboostCases().find(({ name, release }) => name === 'softprob' && release.startsWith('3.'))?.models['json'] ?? Buffer.alloc(0);

let lab: DaemonLab;
let network: Network;
let before: Holdings;

beforeAll(async () => {
  if (image.missing()) return;
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  await lab.makeRole('neo', ...compilationEc2Actions, ...demo.dataActions, ...demo.logActions);
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  // A VPC has no namespaces until the first interface comes.
  await create('first', archiveOf({ 'xgboost-model': forest }), 'XGBOOST');
  await endOf('first');
  before = await holdingsOf(lab.dataDirectory);
}, 120_000);
afterAll(async () => void (await lab?.close()));

const target = { TargetPlatform: { Os: 'LINUX', Arch: process.arch === 'arm64' ? 'ARM64' : 'X86_64' } } as const;

async function create(name: string, model: Buffer, framework: 'XGBOOST' | 'ONNX'): Promise<void> {
  await lab.putObject(`models/${name}.tar.gz`, model);
  await lab.sagemaker.send(
    new CreateCompilationJobCommand({
      CompilationJobName: name,
      RoleArn: 'arn:aws:iam::000000000000:role/neo',
      InputConfig: { S3Uri: `s3://${demo.bucket}/models/${name}.tar.gz`, Framework: framework },
      OutputConfig: { S3OutputLocation: `s3://${demo.bucket}/compiled/${name}/`, ...target },
      StoppingCondition: { MaxRuntimeInSeconds: 120 },
      VpcConfig: { Subnets: [network.subnetId], SecurityGroupIds: [network.groupId] },
    }),
  );
}

/** Asked seldom: many jobs are waited for at once. */
async function endOf(name: string): Promise<DescribeCompilationJobCommandOutput> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const job = await lab.sagemaker.send(new DescribeCompilationJobCommand({ CompilationJobName: name }));
    if (ended.has(job.CompilationJobStatus ?? '')) return job;
    assert(waitedMs < endsMs, `${name} is still ${job.CompilationJobStatus}`);
    await sleep(pollMs);
  }
}

/** What code of a job could reach if it got out: places of this machine with their sizes and times. */
const watched = ['/etc/passwd', '/etc/shadow', '/etc/ld.so.preload', '/tmp/cloister-owned', '/root/.ssh', '/etc/cron.d'];
const seen = (): readonly string[] =>
  watched.map((path) =>
    existsSync(path) ? `${path} ${lstatSync(path).mode} ${statSync(path).mtimeMs} ${statSync(path).size}` : `${path} is not there`,
  );

interface Failing {
  readonly name: string;
  readonly framework: 'XGBOOST' | 'ONNX';
  readonly model: () => Buffer;
  readonly reason: RegExp;
}

const untar = 'ClientError: InputConfiguration: Unable to untar input model. Please confirm the model is a tar.gz file. ';
const ofArchives: readonly Failing[] = hostileArchives.map(({ name, bytes, reason }) => ({ name, framework: 'XGBOOST', model: bytes, reason }));

/** Through whole jobs one of each kind; test/kernel/container has all of them in the same container. */
const chosen = new Set([
  'a cycle',
  'ten million nodes in UBJSON',
  'ten million nodes',
  'half of a binary model',
  'half of a model',
  'an operator that would be C',
  'an objective that would be C',
]);
const ofModels: readonly Failing[] = hostileModels
  .filter(({ name }) => chosen.has(name))
  .map(({ name, framework, bytes, reason }) => ({
    name: `${name} (${framework})`,
    framework,
    model: () => archiveOf({ [framework === 'ONNX' ? 'model.onnx' : 'xgboost-model']: bytes() }),
    reason: new RegExp(reason.source.replace('^', '^ClientError: '), 'u'),
  }));

const ofContents: readonly Failing[] = [
  {
    name: 'two models',
    framework: 'XGBOOST',
    model: () => archiveOf({ a: forest, b: forest }),
    reason: /^ClientError: InputConfiguration: Invalid XGBoost model: only one XGBoost model file/u,
  },
  {
    name: 'two networks',
    framework: 'ONNX',
    model: () => archiveOf({ 'a.onnx': forest, 'b.onnx': forest }),
    reason: /^ClientError: InputConfiguration: Exactly one \.onnx file is allowed/u,
  },
  {
    name: 'no model',
    framework: 'XGBOOST',
    model: () => archiveOf({ 'folder/': Buffer.alloc(0) }),
    reason: /^ClientError: InputConfiguration: No model file found/u,
  },
  {
    name: 'no network',
    framework: 'ONNX',
    model: () => archiveOf({ readme: Buffer.from('x') }),
    reason: /^ClientError: InputConfiguration: No \.onnx file found/u,
  },
  {
    name: 'an empty model',
    framework: 'XGBOOST',
    model: () => archiveOf({ model: Buffer.alloc(0) }),
    reason: /^ClientError: InputConfiguration: Treelite failed .* the binary model ends at byte 0/u,
  },
  // Three hundred mebibytes in three hundred kilobytes.
  {
    name: 'a bomb',
    framework: 'XGBOOST',
    model: () => bomb(300),
    reason: /^ClientError: InputConfiguration: ModelSizeTooBig: the model has 314572800 bytes/u,
  },
];

describe('each fails by a sentence of its own', () => {
  it.each([
    ['archives', ofArchives, (reason: RegExp) => new RegExp(`^${untar.replaceAll('.', String.raw`\.`)}[^]*${reason.source}`, 'u')],
    ['what is in archives', ofContents, (reason: RegExp) => reason],
    ['models', ofModels, (reason: RegExp) => reason],
  ])(
    '%s',
    async (kind, cases, worded) => {
      const machine = seen();
      const name = (index: number): string => `${kind.replaceAll(' ', '-')}-${index}`;
      await Promise.all(cases.map(async ({ framework, model }, index) => await create(name(index), model(), framework)));
      const jobs = await Promise.all(cases.map(async (_, index) => await endOf(name(index))));
      const found = cases.map(({ name: what }, index) => [what, jobs[index]?.CompilationJobStatus, jobs[index]?.FailureReason]);
      expect(found).toEqual(cases.map(({ name: what, reason }) => [what, 'FAILED', expect.stringMatching(worded(reason)) as string]));
      for (const job of jobs) expect(job.ModelDigests).toBeUndefined();
      expect(seen()).toEqual(machine);
      expect(readdirSync(join(lab.dataDirectory, 'instances'))).toEqual([]);
    },
    endsMs + 60_000,
  );
});

it('and a good one afterwards is compiled: nothing is left of the others', async () => {
  await create('good', archiveOf({ 'xgboost-model': forest }), 'XGBOOST');
  const job = await endOf('good');
  expect([job.CompilationJobStatus, job.FailureReason]).toEqual(['COMPLETED', '']);
  const { CompilationJobSummaries = [] } = await lab.sagemaker.send(new ListCompilationJobsCommand({ StatusEquals: 'INPROGRESS' }));
  expect(CompilationJobSummaries).toEqual([]);
  expect(await lastingDifference(before, lab.dataDirectory)).toEqual({});
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(`${lab.dataDirectory}/instances`);
}, 120_000);
