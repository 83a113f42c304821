import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { compile } from '../../../src/model/network/compile.ts';
import { fetches } from '../internet.ts';
import { createBucket, createJob, jobEnd, jobRequest, logLine } from '../job.ts';
import { createNetwork } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly request: CreateTrainingJobCommandInput;
  readonly secret: string;
}

type Condition = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Who comes from a public address, and through no endpoint. */
const overInternet: Condition = { IpAddress: { 'aws:SourceIp': '198.19.0.0/16' }, Null: { 'aws:SourceVpce': 'true', 'aws:SourceVpc': 'true' } };

/** A job that reads an object which a bucket gives to everybody who comes in some way. */
async function setting(
  world: World,
  daemon: SeedDaemon,
  network: 'in a VPC with an endpoint' | 'by default',
  condition?: Condition,
): Promise<Setting> {
  const vpc = await createNetwork(daemon, { endpoint: 'in-table' });
  const name = world.name('t2');
  const secret = randomUUID();
  const bucket = await createBucket(daemon, name, { 'code/secret': secret });
  const Condition = condition ?? { StringEquals: { 'aws:SourceVpce': vpc.vpcEndpointId } };
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/code/*`, Condition }];
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  const entrypoint = fetches('T2', `http://${bucket}.s3.us-east-1.amazonaws.com/code/secret`);
  const { VpcConfig, ...request } = jobRequest(daemon, vpc, { name, entrypoint, bucket });
  return { daemon, request: network === 'by default' ? request : { ...request, VpcConfig }, secret };
}

async function got({ daemon, request }: Setting): Promise<string> {
  await createJob(daemon, request);
  const name = request.TrainingJobName ?? '';
  // What the job reads and writes itself takes the same way.
  const job = await jobEnd(daemon, name);
  claim(job.TrainingJobStatus === 'Completed', `${name} is ${job.TrainingJobStatus}: ${job.FailureReason}`);
  return await logLine(daemon, name, 'T2');
}

const reaches = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'by default', overInternet),
  async assertion(made) {
    const line = await got(made);
    claim(line === `200 ${made.secret}`, `the container got: ${line}`);
    return 'the container read an object that is for a public aws:SourceIp without aws:SourceVpce and aws:SourceVpc alone; its data and model took that way, too';
  },
  control: {
    without: 'the way to the internet edge: the network has no NAT gateway',
    setting: async (world) =>
      await setting(world, await world.daemon({ compile: (all, vpcId) => compile({ ...all, natGateways: [] }, vpcId) }), 'by default', overInternet),
    refutedBy: /^t2-\d+ is Failed: |: not within/,
  },
});

const isRefused = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'by default'),
  async assertion(made) {
    const line = await got(made);
    claim(line.startsWith('403 '), `the container got: ${line}`);
    return 'a bucket that is open to a VPC endpoint alone refuses a job without VpcConfig: 403';
  },
  control: {
    without: 'the default: the job is in a VPC with that endpoint',
    setting: async (world) => await setting(world, await world.whole(), 'in a VPC with an endpoint'),
    refutedBy: /^the container got: 200 /,
  },
});

export const t2: SeedRow = {
  id: 'T2',
  client: 'JS SDK; fetch in the container',
  command: 'CreateTrainingJob without VpcConfig; fetch of S3 in the container',
  proofs: [reaches, isRefused],
};
