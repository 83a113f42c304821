import { ListObjectsV2Command, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { createBucket, createJob, describeJob, jobEnd, jobRequest, logLine } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claimDenied, claimExplained, createRoleSession, onHost, type RoleSession, type S3Caller } from '../s3-callers.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import { signedRequest } from '../signed-program.ts';
import { withoutBucketPolicies } from '../without-policies.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  readonly session: RoleSession;
  readonly host: S3Caller;
  readonly jobName: string;
  /** What the object `secret` holds. */
  readonly secret: string;
}

/** Nothing at all may be done with the bucket, by anybody, but through this endpoint. */
const onlyThrough = (bucket: string, vpcEndpointId: string | undefined): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OnlyFromMyVpc',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { StringNotEquals: { 'aws:SourceVpce': vpcEndpointId } },
      },
    ],
  });

async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const jobName = world.name('t16');
  const secret = randomUUID();
  const session = await createRoleSession(daemon, jobName);
  const bucket = await createBucket(daemon, jobName, { secret });
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: onlyThrough(bucket, network.vpcEndpointId) }));
  return { daemon, network, bucket, session, host: onHost(world, daemon, session), jobName, secret };
}

const control = {
  without: 'the judging of bucket policies',
  setting: async (world: World) => await setting(world, await world.daemon(withoutBucketPolicies)),
};

const deny = 'with an explicit deny in a resource-based policy';

/** The job's code and the host ask for the same object, with the same role, at the same time. */
const atOnce = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole()),
  async assertion({ daemon, network, bucket, session, host, jobName, secret }) {
    const request = { word: 'T16', service: 's3', host: 's3.us-east-1.amazonaws.com', method: 'GET', path: `/${bucket}/secret`, body: '' };
    const { roleArn } = session;
    await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: signedRequest(request), bucket, roleArn }));
    const [line, refusal] = await Promise.all([
      logLine(daemon, jobName, 'T16'),
      claimDenied(
        host,
        'GetObject',
        { Bucket: bucket, Key: 'secret' },
        `is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${bucket}/secret" ${deny}`,
      ),
    ]);
    claim(/^200 \S+ /.test(line) && line.endsWith(secret), `the job's code got: ${line}`);
    const decided = ['OnlyFromMyVpc', `arn:aws:s3:::${bucket}`, 'aws:SourceVpce'];
    const told = await claimExplained(daemon, host, 'GetObject', { Bucket: bucket, Key: 'secret' }, decided);
    return `${roleArn} read secret from the job through ${network.vpcEndpointId}; from the host: ${refusal}; cloister explain: ${told}`;
  },
  control: { ...control, refutedBy: /^GetObject sagemaker-t16-\d+ secret from the host was done$/ },
});

const leavesModel = ['sh', '-c', 'echo weights > /opt/ml/model/weights'];

/** A whole job runs under it, and its creation is not refused for what only holds from inside. */
const wholeJob = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole()),
  async assertion({ daemon, network, bucket, session, host, jobName }) {
    const options = { name: jobName, entrypoint: leavesModel, bucket, roleArn: session.roleArn };
    await createJob(daemon, jobRequest(daemon, network, options));
    const { TrainingJobStatus: status, FailureReason: reason } = await jobEnd(daemon, jobName);
    claim(status === 'Completed', `${jobName} is ${status}: ${reason}`);
    const { ModelArtifacts } = await describeJob(daemon, jobName);
    const Key = `output/${jobName}/output/model.tar.gz`;
    claim(ModelArtifacts?.S3ModelArtifacts === `s3://${bucket}/${Key}`, `the model is at ${ModelArtifacts?.S3ModelArtifacts}`);
    await claimDenied(host, 'GetObject', { Bucket: bucket, Key }, deny);
    await claimDenied(host, 'ListObjectsV2', { Bucket: bucket }, deny);
    await claimDenied(host, 'PutObject', { Bucket: bucket, Key, Body: 'x' }, deny);
    const byRoot = await daemon.s3.send(new ListObjectsV2Command({ Bucket: bucket })).then(
      () => 'done',
      (error: Error) => error.name,
    );
    claim(byRoot === 'AccessDenied', `the root user's ListObjectsV2 from the host is ${byRoot}`);
    return `${jobName} Completed under Deny s3:* unless aws:SourceVpce is ${network.vpcEndpointId}; the role and the root user are refused on the host`;
  },
  control: { ...control, refutedBy: /^GetObject sagemaker-t16-\d+ output\/\S+ from the host was done$/ },
});

export const t16: SeedRow = {
  id: 'T16',
  client: 'JS SDK; HTTPS from the container',
  command: "PutBucketPolicy (Deny s3:* unless aws:SourceVpce), CreateTrainingJob; GetObject by the job's code and by the host at once",
  proofs: [atOnce, wholeJob],
};
