import { GetObjectCommand, ListObjectsV2Command, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { compile } from '../../../src/model/network/compile.ts';
import { createBucket, createJob, describeJob, jobRequest, logLine, until } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { noTableLeadsToS3 } from '../routes.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  /** What the object `code/secret` holds. */
  readonly secret: string;
}

/** A bucket whose objects are written and read through one endpoint alone, and whose `code/` everybody reads there. */
function policyOf(bucket: string, vpcEndpointId: string | undefined): string {
  const Resource = `arn:aws:s3:::${bucket}/*`;
  const through = (operator: string) => ({ [operator]: { 'aws:SourceVpce': vpcEndpointId } });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Principal: '*', Action: ['s3:GetObject', 's3:PutObject'], Resource, Condition: through('StringNotEquals') },
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/code/*`, Condition: through('StringEquals') },
    ],
  });
}

async function prepare(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const secret = randomUUID();
  const bucket = await createBucket(daemon, world.name('t15'), { 'code/secret': secret });
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policyOf(bucket, network.vpcEndpointId) }));
  return { daemon, network, bucket, secret };
}

interface JobSetting extends Setting {
  readonly jobName: string;
}

async function whole(world: World): Promise<JobSetting> {
  const made = await world.shared('t15', async () => await prepare(world, await world.whole()));
  return { ...made, jobName: world.name('t15') };
}

async function withoutRoutes(world: World): Promise<JobSetting> {
  const made = await world.shared('t15 without routes', async () => {
    const daemon = await world.daemon({ compile: (all, vpcId) => compile(noTableLeadsToS3(all), vpcId) });
    return await prepare(world, daemon);
  });
  return { ...made, jobName: world.name('t15') };
}

const control = { without: "the endpoint's routes", setting: withoutRoutes };

const leavesModel = ['sh', '-c', 'echo weights > /opt/ml/model/weights'];

/** The agent reads the input and writes the model. */
const byTheAgent = proofOf<JobSetting>({
  setting: whole,
  async assertion({ daemon, network, jobName, bucket }) {
    await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: leavesModel, bucket }));
    const job = await until(`${jobName} ends`, async () => {
      const refused = await daemon.refusedPackets(network.vpcId, `route.${network.routeTableId}`);
      claim(refused === 0, `the route gate refused ${refused} packets of ${jobName}`);
      const now = await describeJob(daemon, jobName);
      return now.TrainingJobStatus === 'InProgress' ? undefined : now;
    });
    claim(job.TrainingJobStatus === 'Completed', `${jobName} is ${job.TrainingJobStatus}: ${job.FailureReason}`);
    const Prefix = `output/${jobName}/output/model.tar.gz`;
    const { Contents = [] } = await daemon.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    claim((Contents[0]?.Size ?? 0) > 0, `${Prefix} is not there`);
    const fromHost = await daemon.s3.send(new GetObjectCommand({ Bucket: bucket, Key: Prefix })).then(
      () => 'read',
      (error: Error) => error.name,
    );
    claim(fromHost === 'AccessDenied', `the model is ${fromHost} from outside the VPC`);
    return `Completed, and ${Prefix} written, under Deny unless aws:SourceVpce is ${network.vpcEndpointId}; AccessDenied from the host`;
  },
  control: { ...control, refutedBy: /^the route gate refused \d+ packets of t15-\d+$/ },
});

const program =
  "fetch(process.argv[1],{signal:AbortSignal.timeout(2e3)}).then(async r=>console.log('T15',r.status,await r.text()),e=>console.log('T15',e.name))";

/** The job's own code reads an object through the algorithm's interface. */
const byCode = proofOf<JobSetting>({
  setting: whole,
  async assertion({ daemon, network, jobName, bucket, secret }) {
    const url = `http://${bucket}.s3.us-east-1.amazonaws.com/code/secret`;
    await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: ['node', '-e', program, url] }));
    const line = await logLine(daemon, jobName, 'T15');
    claim(line === `200 ${secret}`, `the code got: ${line}`);
    return `the code in the container read ${url} through ${network.vpcEndpointId}`;
  },
  control: { ...control, refutedBy: /^the code got: TimeoutError$/ },
});

export const t15: SeedRow = {
  id: 'T15',
  client: 'JS SDK; fetch in the container',
  command: 'CreateTrainingJob, ListObjectsV2, GetObject under a bucket policy for the endpoint alone',
  proofs: [byTheAgent, byCode],
};
