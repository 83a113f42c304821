import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { compilationEc2Actions } from '../../model/job/needs.ts';
import { sleep } from '../../stdx/deadline.ts';
import { makeImage } from '../commands/image.ts';
import { ForeignArtefact, openArtefact } from '../predict/artefact.ts';
import { readRows, shortest, type Rows } from '../predict/rows.ts';
import { buildPrivateNetwork, createEndpoint, modelOf, prepareDataAndRole, validationRows } from './prepare.ts';
import { bucket, expect, roleArn, roleName, type PrivateNetwork, type Story } from './story.ts';
import { modelArchive, train } from './training-job.ts';
import { marginByWalking } from './walk-trees.ts';

const pollMs = 250;
const compileDeadlineMs = 180_000;

interface Target {
  readonly what: string;
  readonly output: { readonly TargetDevice: string } | { readonly TargetPlatform: { readonly Os: 'LINUX'; readonly Arch: string } };
}

/** For this machine's processor as AWS calls one like it, and for the other kind. */
function targets(): readonly Target[] {
  const platform = (Arch: string): Target => ({ what: `LINUX ${Arch}`, output: { TargetPlatform: { Os: 'LINUX', Arch } } });
  if (process.arch === 'arm64') return [{ what: 'ml_c6g', output: { TargetDevice: 'ml_c6g' } }, platform('X86_64')];
  const hasWideVectors = /^flags\s*:.*\bavx512vl\b/mu.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return [hasWideVectors ? { what: 'ml_c5', output: { TargetDevice: 'ml_c5' } } : platform('X86_64'), platform('ARM64')];
}

/** Train, compile, predict: the model of the built-in trainer for two processors, and what each says of rows it never saw. */
export async function tellOfCompiling(story: Story): Promise<void> {
  const { terminal, api } = story;
  terminal.heading('1. A private VPC with an S3 endpoint, a bucket with real data, and a role');
  await prepareDataAndRole(story);
  const statement = { Effect: 'Allow', Action: compilationEc2Actions, Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await api.query('iam', 'PutRolePolicy', { RoleName: roleName, PolicyName: 'compilation', PolicyDocument });
  terminal.done(`${roleName} has the eleven ec2: actions of a compilation job, too`);
  const network = await buildPrivateNetwork(story);
  await createEndpoint(story, network);

  terminal.heading('2. Train');
  const trained = await train(story, network, { name: 'demo-train' });
  expect(trained.TrainingJobStatus === 'Completed', `the training completes, not ${trained.TrainingJobStatus}: ${trained.FailureReason ?? ''}`);
  const modelUri = trained.ModelArtifacts.S3ModelArtifacts;
  const model = await modelOf(await modelArchive(story, trained));
  terminal.done(`Completed. ${modelUri}`);

  terminal.heading('3. The compiler');
  terminal.command('./cloister image build compiler');
  await makeImage(terminal, api, { name: 'cloister/compiler', anew: false });
  const { rows, labels } = await held();
  const walked = Float32Array.from({ length: rows.count }, (_, row) => marginByWalking(model, featuresOf(rows, row)));
  for (const [index, target] of targets().entries()) {
    terminal.heading(`${index + 4}. Compile for ${target.what}, and predict`);
    const archive = await compile(story, network, modelUri, target);
    await predictWith(story, archive, target, { rows, walked });
  }
  const right = walked.reduce((count, margin, row) => count + Number(margin > 0 === (labels[row] === 1)), 0);
  terminal.done(`accuracy on rows it never saw: ${shortest(Math.fround(right / rows.count))}`);
}

/** The rows that were held back from training, the label first in each. */
async function held(): Promise<{ readonly rows: Rows; readonly labels: readonly number[] }> {
  const lines = validationRows().trimEnd().split('\n');
  const features = (lines[0] ?? '').split(',').length - 1;
  const text = lines.map((line) => line.slice(line.indexOf(',') + 1)).join('\n');
  for await (const rows of readRows(Readable.from([text]), features)) return { rows, labels: lines.map((line) => Number.parseFloat(line)) };
  throw new Error('there are rows');
}

const featuresOf = ({ rows, count }: Rows, row: number): Float32Array =>
  rows.subarray((row * rows.length) / count, ((row + 1) * rows.length) / count);

interface CompilationJob {
  readonly CompilationJobStatus: string;
  readonly FailureReason: string;
  readonly ModelArtifacts: { readonly S3ModelArtifacts: string };
}

/** A compilation job from its request to its archive. */
async function compile(story: Story, network: PrivateNetwork, modelUri: string, { what, output }: Target): Promise<Uint8Array> {
  const { api, terminal } = story;
  const name = `demo-${what.toLowerCase().replaceAll(/[^a-z0-9]/gu, '-')}`;
  const shown = 'TargetDevice' in output ? `TargetDevice=${output.TargetDevice}` : `TargetPlatform={Os=LINUX,Arch=${output.TargetPlatform.Arch}}`;
  terminal.command(
    `aws sagemaker create-compilation-job --compilation-job-name ${name} --output-config ${shown},… --vpc-config Subnets=${network.subnetId},SecurityGroupIds=${network.groupId} …`,
  );
  await api.json('sagemaker', 'CreateCompilationJob', {
    CompilationJobName: name,
    RoleArn: roleArn(story),
    InputConfig: { S3Uri: modelUri, Framework: 'XGBOOST' },
    OutputConfig: { S3OutputLocation: `s3://${bucket}/compiled/`, ...output },
    StoppingCondition: { MaxRuntimeInSeconds: 120 },
    VpcConfig: { Subnets: [network.subnetId], SecurityGroupIds: [network.groupId] },
  });
  const job = await ended(story, name);
  expect(job.CompilationJobStatus === 'COMPLETED', `the compilation completes, not ${job.CompilationJobStatus}: ${job.FailureReason}`);
  const uri = job.ModelArtifacts.S3ModelArtifacts;
  const archive = new Uint8Array(await (await api.s3('GET', `/${uri.slice('s3://'.length)}`)).arrayBuffer());
  terminal.done(`COMPLETED. ${uri}, ${archive.length} bytes`);
  return archive;
}

async function ended({ api, terminal }: Story, name: string): Promise<CompilationJob> {
  let told = '';
  for (let waitedMs = 0; waitedMs < compileDeadlineMs; waitedMs += pollMs) {
    const job = (await api.json('sagemaker', 'DescribeCompilationJob', { CompilationJobName: name })) as CompilationJob;
    if (['COMPLETED', 'FAILED', 'STOPPED'].includes(job.CompilationJobStatus)) return job;
    if (job.CompilationJobStatus !== told) terminal.note(job.CompilationJobStatus);
    told = job.CompilationJobStatus;
    await sleep(pollMs);
  }
  throw new Error(`compilation job ${name} did not end within ${compileDeadlineMs / 1000} s`);
}

/** Runs the archive as `cloister predict` does and holds every margin against the model's own. */
async function predictWith(
  { terminal }: Story,
  archive: Uint8Array,
  { what }: Target,
  { rows, walked }: { rows: Rows; walked: Float32Array },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-demo-compiled-'));
  const path = join(folder, `model-${what.replace(' ', '_')}.tar.gz`);
  terminal.command(`./cloister predict --margins ${basename(path)} < rows.csv`);
  writeFileSync(path, archive);
  try {
    const { features, runner, close } = openArtefact(path);
    try {
      const { values } = await runner.predict({ ...rows, features, margins: true });
      const equal = walked.every((margin, row) => Object.is(margin, values[row]));
      expect(values.length === walked.length && equal, `the margins of the model compiled for ${what} are those of its trees`);
      terminal.done(`${rows.count} rows that it never saw: every margin is that of a walk through the trees, bit for bit`);
    } finally {
      await close();
    }
  } catch (error) {
    if (!(error instanceof ForeignArtefact)) throw error;
    terminal.note(`compiled, and not run: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
