import { DeleteRouteCommand, RevokeSecurityGroupEgressCommand } from '@aws-sdk/client-ec2';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { createNatNetwork, fetches, type NatNetwork } from '../internet.ts';
import { createBucket, createJob, jobRequest, logLine } from '../job.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: NatNetwork;
  readonly jobName: string;
  readonly bucket: string;
  /** What the object `code/secret` holds: it is for the NAT gateway's address alone. */
  readonly secret: string;
}

async function setting(world: World, change: (daemon: SeedDaemon, network: NatNetwork) => Promise<unknown>): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNatNetwork(daemon);
  const jobName = world.name('t27');
  const secret = randomUUID();
  const bucket = await createBucket(daemon, jobName, { 'code/secret': secret });
  const Condition = { IpAddress: { 'aws:SourceIp': `${network.publicIp}/32` } };
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/code/*`, Condition }];
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  await change(daemon, network);
  return { daemon, network, jobName, bucket, secret };
}

async function whole(world: World): Promise<Setting> {
  const made = await world.shared('t27', async () => await setting(world, () => Promise.resolve()));
  return { ...made, jobName: world.name('t27') };
}

async function readsThroughNat({ daemon, network, jobName, bucket, secret }: Setting): Promise<string> {
  const url = `http://${bucket}.s3.us-east-1.amazonaws.com/code/secret`;
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: fetches('T27', url) }));
  const line = await logLine(daemon, jobName, 'T27');
  claim(line === `200 ${secret}`, `the container got: ${line}`);
  return `the container read an object that is for aws:SourceIp ${network.publicIp} alone, through ${network.natGatewayId}`;
}

export const t27: SeedRow = {
  id: 'T27',
  client: 'JS SDK; fetch in the container',
  command: 'CreateNatGateway, CreateRoute; fetch of S3 on the internet in the container',
  proofs: [
    proofOf<Setting>({
      setting: whole,
      assertion: readsThroughNat,
      control: {
        without: 'the route to the NAT gateway',
        setting: async (world) =>
          await setting(world, async ({ ec2 }, { routeTableId }) =>
            ec2.send(new DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: '0.0.0.0/0' })),
          ),
        refutedBy: /^the container got: TimeoutError$/,
      },
    }),
    proofOf<Setting>({
      setting: whole,
      assertion: readsThroughNat,
      control: {
        without: "the group's outbound rule",
        setting: async (world) =>
          await setting(world, async ({ ec2 }, { groupIds: [GroupId] }) =>
            ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] })),
          ),
        refutedBy: /^the container got: TimeoutError$/,
      },
    }),
  ],
};
