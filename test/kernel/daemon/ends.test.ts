import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { replacing } from '../../seeds/replacing.ts';
import { DaemonLab, type Network } from './lab.ts';

/** Every end that a job can come to, of jobs that run side by side on one machine. */

const mib = 2 ** 20;
/** So that filling them is quick. What an instance is promised is compared with it, as on any machine that has less. */
const machine = { cpus: 2, memoryBytes: 192 * mib, gpus: 0 };
const volumeBytes = 64 * mib;

let lab: DaemonLab;
let network: Network;
beforeAll(async () => {
  lab = await DaemonLab.composedOf({
    containers: (driver) => replacing(driver, { size: () => machine }),
    placement: (driver) => replacing(driver, { prepare: async (spec) => await driver.prepare({ ...spec, volumeBytes }) }),
  });
  await lab.makeDataAndRole();
  await lab.putObject('big/one', Buffer.alloc(40 * mib));
  await lab.putObject('big/two', Buffer.alloc(40 * mib));
  network = await lab.makeNetwork();
  // What would be refused from wherever it came is refused when the job is created.
  const Condition = { StringEquals: { 'aws:SourceVpc': network.vpcId } };
  const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${demo.bucket}/forbidden/*`, Condition }];
  await lab.s3.send(new PutBucketPolicyCommand({ Bucket: demo.bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  await lab.makeS3Endpoint(network);
  for (const [name, { change }] of Object.entries(ends)) await lab.createJob({ ...demo.endlessJob(name, network), ...change });
}, 120_000);
afterAll(async () => await lab.close(), 60_000);

type Change = Partial<CreateTrainingJobCommandInput>;
interface End {
  readonly change: Change;
  readonly status: readonly [string, string];
  readonly reason: RegExp | undefined;
}

const started = (...ContainerEntrypoint: string[]): Pick<CreateTrainingJobCommandInput, 'AlgorithmSpecification'> => ({
  AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint },
});
const program = (...lines: readonly string[]): ReturnType<typeof started> => started('node', '-e', ["const fs=require('fs');", ...lines].join(''));
const resources = (InstanceCount: number): Change => ({ ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount, VolumeSizeInGB: 1 } });
const forever = 'setInterval(()=>{},1e3);';
const volumeOf = String.raw`The volume of algo-1 (is full:|has) \d\d MiB, as this machine had no more for it \(VolumeSizeInGB 1\)`;

const ends: Readonly<Record<string, End>> = {
  'exit-0': { change: program('process.exit(0)'), status: ['Completed', 'Completed'], reason: undefined },
  'exit-3-with-words': {
    change: program("fs.writeFileSync('/opt/ml/output/failure','no rows');process.exit(3)"),
    status: ['Failed', 'Failed'],
    reason: /^AlgorithmError: no rows, exit code: 3$/u,
  },
  'exit-4-without': { change: program('process.exit(4)'), status: ['Failed', 'Failed'], reason: /^AlgorithmError: , exit code: 4$/u },
  'no-such-program': {
    change: started('train'),
    status: ['Failed', 'Failed'],
    reason:
      /^ClientError: CannotStartContainerError\. Please make sure the container can be run with 'docker run cloister\/base train'\. It cannot start: train: executable file not found in \$PATH\.$/u,
  },
  'not-executable': {
    change: started('/etc/passwd'),
    status: ['Failed', 'Failed'],
    reason: /^ClientError: CannotStartContainerError\. .* It cannot start: \/etc\/passwd: permission denied\.$/u,
  },
  'killed-for-memory': {
    change: program('const a=[];for(;;)a.push(Buffer.alloc(1<<24,1));'),
    status: ['Failed', 'Failed'],
    reason:
      /^ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance\. The kernel killed a process of algo-1: all of its 192 MiB of memory \(ml\.m5\.large\) were in use\.$/u,
  },
  // The exit code alone says nothing of memory.
  'exit-137': { change: program('process.exit(137)'), status: ['Failed', 'Failed'], reason: /^AlgorithmError: , exit code: 137$/u },
  'time-over': {
    change: { ...program("process.on('SIGTERM',()=>process.exit(9));", forever), StoppingCondition: { MaxRuntimeInSeconds: 2 } },
    status: ['Stopped', 'MaxRuntimeExceeded'],
    reason: undefined,
  },
  stopped: { change: {}, status: ['Stopped', 'Stopped'], reason: undefined },
  'one-of-two': {
    change: {
      ...program(`if(process.env.CURRENT_HOST==='algo-2')process.exit(5);${forever}process.on('SIGTERM',()=>process.exit(0))`),
      ...resources(2),
    },
    status: ['Failed', 'Failed'],
    reason: /^AlgorithmError: , exit code: 5\. It was algo-2 of 2 instances; the others were ended\.$/u,
  },
  'upload-refused': {
    change: { ...program("fs.writeFileSync('/opt/ml/model/m','m')"), OutputDataConfig: { S3OutputPath: `s3://${demo.bucket}/forbidden` } },
    status: ['Failed', 'Failed'],
    reason:
      /^ClientError: Artifact upload failed:AccessDenied \(403\): .* with an explicit deny in a resource-based policy \((Put|CreateMultipartUpload|Upload).*forbidden/u,
  },
  'disk-filled': {
    change: program("fs.writeFileSync('/opt/ml/model/m',Buffer.alloc(80<<20))"),
    status: ['Failed', 'Failed'],
    reason: new RegExp(`^AlgorithmError: , exit code: 1\\. ${volumeOf}\\.$`, 'u'),
  },
  'data-too-large': {
    change: { ...program('process.exit(0)'), InputDataConfig: [demo.channel('big')] },
    status: ['Failed', 'Failed'],
    reason: new RegExp(`^ClientError: Data download failed:Insufficient disk space\\. ${volumeOf} \\(.*s3://${demo.bucket}/big/(one|two)\\)$`, 'u'),
  },
};

it.each(Object.entries(ends))('%s', { timeout: 120_000 }, async (name, { status, reason }) => {
  if (name === 'stopped') {
    await lab.firstLine(name);
    await lab.stopJob(name);
  }
  const job = await lab.endOf(name);
  const shown = [job.TrainingJobStatus, job.SecondaryStatus];
  expect(shown).toEqual(status);
  expect(job.FailureReason ?? '').toMatch(reason ?? /^$/u);
  const last = job.SecondaryStatusTransitions?.at(-1);
  expect(last?.StatusMessage).toBe(job.FailureReason ?? last?.StatusMessage);
});
