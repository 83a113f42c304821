import { trainingEndpointPolicy } from '../../fixtures/guide-policies.ts';
import { createBucket, createJob, jobEnd, jobRequest } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claimDenied, claimDone, claimExplained, createRoleSession, inVpc, onHost, type RoleSession, type S3Caller } from '../s3-callers.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  readonly session: RoleSession;
  readonly inside: S3Caller;
  readonly host: S3Caller;
  readonly jobName: string;
}

async function setting(world: World, endpointPolicy?: object): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table', ...(endpointPolicy === undefined ? {} : { endpointPolicy }) });
  const jobName = world.name('t17');
  const session = await createRoleSession(daemon, jobName);
  const bucket = await createBucket(daemon, jobName);
  const inside = await inVpc(world, daemon, network, session);
  return { daemon, network, bucket, session, inside, host: onHost(world, daemon, session), jobName };
}

const silent = (action: string): string => `because no VPC endpoint policy allows the ${action} action`;

/** A model of more than one part. */
const leavesModel = ['sh', '-c', 'head -c 20000000 /dev/urandom > /opt/ml/model/weights'];

async function callsOfThePolicy({ inside, bucket: Bucket }: Setting): Promise<void> {
  await claimDone(inside, 'PutObject', { Bucket, Key: 'a', Body: 'a' });
  await claimDone(inside, 'GetObject', { Bucket, Key: 'a' });
  await claimDone(inside, 'ListObjectsV2', { Bucket });
  await claimDone(inside, 'GetBucketLocation', { Bucket });
  const UploadId = await claimDone(inside, 'CreateMultipartUpload', { Bucket, Key: 'b' });
  await claimDone(inside, 'UploadPart', { Bucket, Key: 'b', UploadId, PartNumber: 1, Body: 'b' });
  await claimDone(inside, 'ListParts', { Bucket, Key: 'b', UploadId });
  await claimDone(inside, 'AbortMultipartUpload', { Bucket, Key: 'b', UploadId });
  await claimDone(inside, 'DeleteObject', { Bucket, Key: 'a' });
}

export const t17: SeedRow = {
  id: 'T17',
  client: 'JS SDK, on the host and in the VPC',
  command: "CreateVpcEndpoint with the guide's policy, CreateTrainingJob; its seven actions and others in the VPC",
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, JSON.parse(trainingEndpointPolicy) as object),
      async assertion(made) {
        const { daemon, network, bucket, session, inside, host, jobName } = made;
        const Tagging = { TagSet: [{ Key: 'k', Value: 'v' }] };
        const object = { Bucket: bucket, Key: 'input/rows.csv' };
        const refusal = await claimDenied(inside, 'PutObjectTagging', { ...object, Tagging }, silent('s3:PutObjectTagging'));
        const decided = [`endpoint policy of ${network.vpcEndpointId}`, 's3:PutObjectTagging'];
        await claimExplained(daemon, inside, 'PutObjectTagging', { ...object, Tagging }, decided);
        await claimDenied(inside, 'CreateBucket', { Bucket: `${bucket}-2` }, silent('s3:CreateBucket'));
        await claimDenied(inside, 'ListMultipartUploads', { Bucket: bucket }, silent('s3:ListBucketMultipartUploads'));
        await claimDone(host, 'PutObjectTagging', { ...object, Tagging });
        await callsOfThePolicy(made);
        const options = { name: jobName, entrypoint: leavesModel, bucket, roleArn: session.roleArn };
        await createJob(daemon, jobRequest(daemon, network, options));
        const { TrainingJobStatus: status, FailureReason: reason } = await jobEnd(daemon, jobName);
        claim(status === 'Completed', `${jobName} is ${status}: ${reason}`);
        return `${jobName} Completed, its model uploaded in parts; all seven actions work in ${network.vpcId}; ${refusal}`;
      },
      control: {
        without: 'the policy: the default one',
        setting: async (world) => await setting(world),
        refutedBy: /^PutObjectTagging sagemaker-t17-\d+ input\/rows\.csv from vpc-[0-9a-f]+ was done$/,
      },
    }),
  ],
};
