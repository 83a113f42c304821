import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import { createBucket } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claimDenied, claimDone, createRoleSession, inVpc, onHost, type S3Caller } from '../s3-callers.ts';
import { proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  readonly other: string;
  readonly inside: S3Caller;
  readonly host: S3Caller;
  /** What `modify-vpc-endpoint` is told. */
  readonly policyOf: (bucket: string) => object;
}

const ofOneBucket = (bucket: string): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] },
  ],
});
const ofEverything = (): object => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] });

async function setting(world: World, policyOf: Setting['policyOf']): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const name = world.name('c13');
  const [bucket, other] = [await createBucket(daemon, name), await createBucket(daemon, `${name}-other`)];
  const session = await createRoleSession(daemon, name);
  return { daemon, network, bucket, other, inside: await inVpc(world, daemon, network, session), host: onHost(world, daemon, session), policyOf };
}

export const c13: SeedRow = {
  id: 'C13',
  client: 'JS SDK, on the host and in the VPC',
  command: 'ModifyVpcEndpoint --policy-document; GetObject and PutObject in the VPC before and after',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, ofOneBucket),
      async assertion({ daemon, network, bucket, other, inside, host, policyOf }) {
        const Key = 'input/rows.csv';
        await claimDone(inside, 'GetObject', { Bucket: other, Key });
        const PolicyDocument = JSON.stringify(policyOf(bucket));
        await daemon.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: network.vpcEndpointId, PolicyDocument }));
        const refusal = await claimDenied(
          inside,
          'GetObject',
          { Bucket: other, Key },
          'because no VPC endpoint policy allows the s3:GetObject action',
        );
        await claimDenied(inside, 'PutObject', { Bucket: bucket, Key }, 'because no VPC endpoint policy allows the s3:PutObject action');
        await claimDone(inside, 'GetObject', { Bucket: bucket, Key });
        await claimDone(host, 'GetObject', { Bucket: other, Key });
        return `${network.vpcEndpointId} lets ${bucket} be read, and from the next request on nothing else; ${refusal}`;
      },
      control: {
        without: 'the restriction: a custom policy that allows everything',
        setting: async (world) => await setting(world, ofEverything),
        refutedBy: /^GetObject \S+-other input\/rows\.csv from vpc-[0-9a-f]+ was done$/,
      },
    }),
  ],
};
