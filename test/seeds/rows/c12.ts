import { DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { trainingEndpointPolicy } from '../../fixtures/guide-policies.ts';
import { createBucket } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claimDone, createRoleSession, inVpc, type S3Caller } from '../s3-callers.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  readonly inside: S3Caller;
}

async function setting(world: World, endpointPolicy?: object): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table', ...(endpointPolicy === undefined ? {} : { endpointPolicy }) });
  const name = world.name('c12');
  const bucket = await createBucket(daemon, name);
  const forEverybodyThere = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
        Condition: { StringEquals: { 'aws:SourceVpce': network.vpcEndpointId } },
      },
    ],
  };
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(forEverybodyThere) }));
  return { daemon, network, bucket, inside: await inVpc(world, daemon, network, await createRoleSession(daemon, name)) };
}

export const c12: SeedRow = {
  id: 'C12',
  client: 'JS SDK, on the host and in the VPC',
  command: 'CreateVpcEndpoint without a policy, DescribeVpcEndpoints; a role and an anonymous caller in the VPC',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world),
      async assertion({ daemon, network, bucket: Bucket, inside }) {
        const object = { Bucket, Key: 'input/rows.csv' };
        await claimDone(inside, 'PutObjectTagging', { ...object, Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } });
        await claimDone(inside, 'CreateBucket', { Bucket: `${Bucket}-made` });
        await claimDone(inside, 'ListBuckets', {});
        await claimDone(inside, 'DeleteBucket', { Bucket: `${Bucket}-made` });
        const unsigned = await inside.anonymously('GetObject', object);
        claim(unsigned.done, `GetObject without a signature: ${unsigned.text}`);
        const { VpcEndpoints } = await daemon.ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [network.vpcEndpointId ?? ''] }));
        const { Statement } = JSON.parse(VpcEndpoints?.[0]?.PolicyDocument ?? '{}') as { Statement: readonly object[] };
        const everything = [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }];
        claim(JSON.stringify(Statement) === JSON.stringify(everything), `the default policy is ${JSON.stringify(Statement)}`);
        return `${network.vpcEndpointId} has ${JSON.stringify(Statement)}: a role's ListBuckets, CreateBucket, PutObjectTagging and an unsigned GetObject pass`;
      },
      control: {
        without: "the default policy: the training guide's",
        setting: async (world) => await setting(world, JSON.parse(trainingEndpointPolicy) as object),
        refutedBy:
          /^PutObjectTagging \S+ input\/rows\.csv from vpc-[0-9a-f]+: AccessDenied: .* because no VPC endpoint policy allows the s3:PutObjectTagging action$/,
      },
    }),
  ],
};
