import { createBucket, createJob, jobEnd, jobRequest } from '../job.ts';
import { startNameServer, type NameServer } from '../name-server.ts';
import { createNetwork, type Network, type NetworkOptions } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly nameServer: NameServer;
  readonly jobName: string;
  readonly bucket: string;
}

interface Options {
  /** The names that the VPC's own server has an address for: that of S3. */
  readonly known: RegExp;
  readonly enableDnsSupport: boolean;
  readonly endpoint: NetworkOptions['endpoint'];
}

const s3Names = /\.s3\.us-east-1\.amazonaws\.com$/;

async function setting(world: World, { known, enableDnsSupport, endpoint = 'in-table' }: Options): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint });
  if (!enableDnsSupport) await daemon.aws('ec2', 'modify-vpc-attribute', '--vpc-id', network.vpcId, '--no-enable-dns-support');
  const nameServer = await startNameServer(world, daemon, network, known);
  const jobName = world.name('t20');
  return { daemon, network, nameServer, jobName, bucket: await createBucket(daemon, jobName) };
}

/** The URL of the data resolves, by that server, and leads through the endpoint. */
async function assertion({ daemon, network, nameServer, jobName, bucket }: Setting): Promise<string> {
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, bucket }));
  const { TrainingJobStatus, FailureReason } = await jobEnd(daemon, jobName);
  const url = `${bucket}.s3.us-east-1.amazonaws.com`;
  claim(TrainingJobStatus === 'Completed', `${jobName} is ${TrainingJobStatus}: ${FailureReason}`);
  claim(nameServer.asked.has(url), `${nameServer.address} was not asked for ${url}`);
  return `${jobName} is Completed; ${nameServer.address}, on an interface of ${network.vpcId}, was asked for ${url}`;
}

export const t20: SeedRow = {
  id: 'T20',
  client: 'JS SDK; AWS CLI',
  command: 'CreateDhcpOptions, AssociateDhcpOptions; aws ec2 modify-vpc-attribute --no-enable-dns-support; CreateTrainingJob',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, { known: s3Names, enableDnsSupport: true, endpoint: 'in-table' }),
      assertion,
      control: {
        without: "the names of S3 at the VPC's own server",
        setting: async (world) => await setting(world, { known: /\.corp\.example$/, enableDnsSupport: true, endpoint: 'in-table' }),
        refutedBy:
          /^t20-\d+ is Failed: ClientError: Data download failed:.* No address of [\w.-]+ was found: ENOTFOUND\..* Name one that knows the names of S3/,
      },
    }),
    proofOf<Setting>({
      setting: async (world) => await setting(world, { known: s3Names, enableDnsSupport: false, endpoint: 'in-table' }),
      assertion,
      control: {
        without: 'a route to the endpoint: the name resolves, and that is all',
        setting: async (world) => await setting(world, { known: s3Names, enableDnsSupport: false, endpoint: 'in-another-table' }),
        refutedBy: /^t20-\d+ is Failed: ClientError: Data download failed:.* route table rtb-\w+ has no route to prefix list pl-\w+/,
      },
    }),
  ],
};
