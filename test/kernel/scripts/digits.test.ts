import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateCompilationJobCommand, DescribeCompilationJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, expect, it } from 'vitest';
import { compilationEc2Actions } from '../../../src/model/job/needs.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import * as demo from '../../clients/demo-path.ts';
import { digitFiles, digitsFolder, heldDigits } from '../../fixtures/digits/digits.ts';
import { needsImage } from '../../fixtures/distribution-image.ts';
import { answerers, digitsIn } from './digit-answers.ts';
import { archiveKey, ScriptLab, scriptMs } from './script-lab.ts';

/**
 * Networks that PyTorch trained on MNIST's digits in a training job and exported as ONNX, compiled as they are in another job of the
 * same private network: whoever runs them sees the same digit in each of the 10,000 images that nothing was trained on. The tests go in
 * order.
 */

const scripts = ScriptLab.ofFile('cloister/pytorch');
needsImage('cloister/compiler');
const folder = mkdtempSync(join(tmpdir(), 'digits-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const held = heldDigits();
const neo = 'arn:aws:iam::000000000000:role/neo';
const target = process.arch === 'arm64' ? 'ARM64' : 'X86_64';
const compileMs = 60_000;
const pollMs = 200;

async function train(network: string): Promise<{ readonly accuracy: number; readonly found: readonly number[] }> {
  const metrics = [{ Name: 'accuracy', Regex: 'accuracy=(.*?);' }];
  const job = await scripts().run({ name: network, script: 'digits.py', hyperparameters: { network }, channels: ['digits'], metrics });
  expect([job.TrainingJobStatus, job.FailureReason]).toEqual(['Completed', undefined]);
  const report = JSON.parse(await scripts().fileOf(network, 'output', 'report.json'));
  expect(job.FinalMetricDataList).toMatchObject([{ MetricName: 'accuracy', Value: expect.closeTo(report.accuracy, 4) }]);
  return report;
}

/** What the training job left goes into the compilation job as it is. Returns the archive that comes out. */
async function compile(network: string): Promise<Buffer> {
  const { lab, network: vpc } = scripts();
  await lab.sagemaker.send(
    new CreateCompilationJobCommand({
      CompilationJobName: network,
      RoleArn: neo,
      InputConfig: { S3Uri: `s3://${demo.bucket}/${archiveKey(network, 'model')}`, Framework: 'ONNX', DataInputConfig: "{'image': [1,1,28,28]}" },
      OutputConfig: { S3OutputLocation: `s3://${demo.bucket}/compiled/${network}/`, TargetPlatform: { Os: 'LINUX', Arch: target } },
      StoppingCondition: { MaxRuntimeInSeconds: 900 },
      VpcConfig: { Subnets: [vpc.subnetId], SecurityGroupIds: [vpc.groupId] },
    }),
  );
  for (let waitedMs = 0; waitedMs < compileMs; waitedMs += pollMs) {
    const { CompilationJobStatus: status, FailureReason: reason } = await lab.sagemaker.send(
      new DescribeCompilationJobCommand({ CompilationJobName: network }),
    );
    expect([status, reason]).not.toEqual(['FAILED', reason]);
    if (status === 'COMPLETED') return await lab.getObject(`compiled/${network}/model-LINUX_${target}.tar.gz`);
    await sleep(pollMs);
  }
  return expect.fail(`the network is not compiled after ${compileMs} ms`);
}

it('has the digits in its bucket, and a role that may compile', async () => {
  const { lab } = scripts();
  for (const name of digitFiles) await lab.putObject(`digits/${name}`, readFileSync(join(digitsFolder, name)));
  expect(await lab.makeRole('neo', ...compilationEc2Actions, ...demo.dataActions, ...demo.logActions)).toBe(neo);
});

it.each(['perceptron', 'convolutional'])(
  'a %s network is learnt, compiled, and sees the same digits by whatever runs it',
  async (network) => {
    const { accuracy, found } = await train(network);
    expect(accuracy).toBeGreaterThan(0.93);
    const here = join(folder, network);
    for (const part of ['model', 'compiled']) mkdirSync(join(here, part), { recursive: true });
    const unpack = (archive: Buffer, part: string): void =>
      void execFileSync('tar', ['--extract', '--gzip', '--directory', join(here, part)], { input: archive });
    unpack(await scripts().lab.getObject(archiveKey(network, 'model')), 'model');
    const archive = await compile(network);
    writeFileSync(join(here, 'compiled.tar.gz'), archive);
    unpack(archive, 'compiled');
    const given = { model: join(here, 'model/digits.onnx'), archive: join(here, 'compiled.tar.gz'), compiled: join(here, 'compiled'), folder: here };
    const right = found.filter((digit, image) => digit === held.labels[image]).length;
    expect(right / held.labels.length).toBeCloseTo(accuracy, 6);
    for (const [by, answers] of Object.entries(answerers)) {
      const digits = digitsIn(await answers(given, held.images));
      expect({ by, images: digits.length, different: digits.filter((digit, image) => digit !== found[image]).length }).toEqual({
        by,
        images: held.labels.length,
        different: 0,
      });
    }
  },
  scriptMs,
);
