import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { createBucket } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claimDenied, claimDone, createRoleSession, inVpc, onHost, type S3Caller } from '../s3-callers.ts';
import { proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import { withoutBucketPolicies } from '../without-policies.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly network: Network;
  readonly bucket: string;
  readonly inside: S3Caller;
  readonly elsewhere: S3Caller;
  readonly host: S3Caller;
}

async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const another = await createNetwork(daemon, { endpoint: 'in-table' });
  const name = world.name('c14');
  const bucket = await createBucket(daemon, name);
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const Condition = { StringNotEquals: { 'aws:SourceVpc': network.vpcId } };
  const Statement = [{ Sid: 'OnlyFromMyVpc', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource, Condition }];
  const session = await createRoleSession(daemon, name);
  const callers = await Promise.all([inVpc(world, daemon, network, session), inVpc(world, daemon, another, session)]);
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  return { network, bucket, inside: callers[0], elsewhere: callers[1], host: onHost(world, daemon, session) };
}

const deny = 'with an explicit deny in a resource-based policy';

export const c14: SeedRow = {
  id: 'C14',
  client: 'JS SDK, on the host and in two VPCs',
  command: 'PutBucketPolicy (Deny unless aws:SourceVpc); the same calls of the same role from the VPC, another VPC and the host',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion({ network, bucket: Bucket, inside, elsewhere, host }) {
        const Key = 'input/rows.csv';
        const refusal = await claimDenied(host, 'GetObject', { Bucket, Key }, deny);
        for (const caller of [host, elsewhere]) {
          await claimDenied(caller, 'GetObject', { Bucket, Key }, deny);
          await claimDenied(caller, 'ListObjectsV2', { Bucket }, deny);
          await claimDenied(caller, 'PutObject', { Bucket, Key, Body: 'x' }, deny);
        }
        await claimDone(inside, 'PutObject', { Bucket, Key, Body: 'y' });
        await claimDone(inside, 'ListObjectsV2', { Bucket });
        await claimDone(inside, 'GetObject', { Bucket, Key });
        return `${Bucket} is read, listed and written from ${network.vpcId}; from another VPC and from the host: ${refusal}`;
      },
      control: {
        without: 'the judging of bucket policies',
        setting: async (world) => await setting(world, await world.daemon(withoutBucketPolicies)),
        refutedBy: /^GetObject sagemaker-c14-\d+ input\/rows\.csv from the host was done$/,
      },
    }),
  ],
};
