import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { everythingBut, sampleBucket, sampleEndpoint, samplePolicy } from '../../fixtures/guide-policies.ts';
import { createBucket } from '../job.ts';
import { createNetwork } from '../network.ts';
import { claimDenied, claimDone, claimExplained, createRoleSession, inVpc, onHost, type S3Caller } from '../s3-callers.ts';
import { proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import { withoutBucketPolicies } from '../without-policies.ts';
import type { World } from '../world.ts';

/** The bucket and the endpoint of the sample exist, under the names that it gives them. */
interface Setting {
  readonly daemon: SeedDaemon;
  /** Through the endpoint that the sample names. */
  readonly inside: S3Caller;
  /** Through another one. */
  readonly elsewhere: S3Caller;
  readonly anotherEndpoint: string;
  readonly host: S3Caller;
  /** A bucket that the sample does not name. */
  readonly other: string;
}

async function prepared(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-table', vpcEndpointId: sampleEndpoint });
  const another = await createNetwork(daemon, { endpoint: 'in-table' });
  const name = world.name('c15');
  await daemon.s3.send(new CreateBucketCommand({ Bucket: sampleBucket }));
  await daemon.s3.send(new PutObjectCommand({ Bucket: sampleBucket, Key, Body: 'model' }));
  const other = await createBucket(daemon, name, { [Key]: 'model' });
  const session = await createRoleSession(daemon, name);
  const callers = await Promise.all([inVpc(world, daemon, network, session), inVpc(world, daemon, another, session)]);
  return {
    daemon,
    inside: callers[0],
    elsewhere: callers[1],
    anotherEndpoint: another.vpcEndpointId ?? '',
    host: onHost(world, daemon, session),
    other,
  };
}

const Key = 'model.tar.gz';
const sample = { Bucket: sampleBucket, Key };
const byBucket = 'with an explicit deny in a resource-based policy';
const byEndpoint = 'with an explicit deny in a VPC endpoint policy';
const silent = (action: string): string => `because no VPC endpoint policy allows the s3:${action} action`;

async function claimAsBucketPolicy({ daemon, inside, elsewhere, host }: Setting): Promise<string> {
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: sampleBucket, Policy: samplePolicy }));
  const [refusal] = await Promise.all([
    claimDenied(host, 'GetObject', sample, byBucket),
    claimDone(inside, 'GetObject', sample),
    claimDenied(elsewhere, 'GetObject', sample, byBucket),
  ]);
  for (const caller of [host, elsewhere]) {
    await claimExplained(daemon, caller, 'GetObject', sample, [`bucket policy of arn:aws:s3:::${sampleBucket}`, sampleEndpoint]);
    await claimDone(caller, 'PutObject', { ...sample, Body: 'model' });
    await claimDone(caller, 'ListObjectsV2', { Bucket: sampleBucket });
  }
  return `as a bucket policy it refuses GetObject alone, and not through ${sampleEndpoint}: ${refusal}`;
}

/** In the place of an endpoint's own policy, alone and merged with one that allows everything. */
async function claimAsEndpointPolicy({ daemon, inside, elsewhere, anotherEndpoint, other }: Setting): Promise<string> {
  const endpoints = [sampleEndpoint, anotherEndpoint];
  const put = async (PolicyDocument: string): Promise<void> => {
    for (const VpcEndpointId of endpoints) await daemon.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument }));
  };
  await put(samplePolicy);
  await claimDenied(inside, 'GetObject', sample, silent('GetObject'));
  await claimDenied(inside, 'GetObject', { Bucket: other, Key }, silent('GetObject'));
  await claimDenied(inside, 'ListBuckets', {}, silent('ListAllMyBuckets'));
  await claimDenied(elsewhere, 'GetObject', sample, byEndpoint);
  await put(JSON.stringify(everythingBut(samplePolicy)));
  await claimDone(inside, 'GetObject', sample);
  await claimDenied(elsewhere, 'GetObject', sample, byEndpoint);
  await claimDone(elsewhere, 'GetObject', { Bucket: other, Key });
  await claimDone(elsewhere, 'PutObject', { ...sample, Body: 'model' });
  return `as an endpoint policy it lets nothing pass; with an Allow beside it ${anotherEndpoint} refuses GetObject from ${sampleBucket} alone`;
}

export const c15: SeedRow = {
  id: 'C15',
  client: 'JS SDK, on the host and in two VPCs',
  command: 'PutBucketPolicy and ModifyVpcEndpoint with the sample, verbatim; the same calls of the same role from everywhere at once',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await prepared(world, await world.daemon()),
      assertion: async (made) => `${await claimAsBucketPolicy(made)}; ${await claimAsEndpointPolicy(made)}`,
      control: {
        without: 'the judging of bucket policies',
        setting: async (world) => await prepared(world, await world.daemon(withoutBucketPolicies)),
        refutedBy: /^GetObject your-sample-bucket model\.tar\.gz from the host was done$/,
      },
    }),
  ],
};
