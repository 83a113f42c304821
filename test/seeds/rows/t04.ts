import { createNatNetwork, fetches } from '../internet.ts';
import { createJob, jobRequest, logLine } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
}

async function setting(world: World, create: (daemon: SeedDaemon) => Promise<Network>): Promise<Setting> {
  const daemon = await world.whole();
  return { daemon, network: await create(daemon), jobName: world.name('t4') };
}

const url = 'http://s3.us-east-1.amazonaws.com/';

export const t4: SeedRow = {
  id: 'T4',
  client: 'JS SDK; fetch in the container',
  command: `fetch('${url}') in the container`,
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, createNetwork),
      async assertion({ daemon, network, jobName }) {
        const counter = `route.${network.routeTableId}`;
        const before = await daemon.refusedPackets(network.vpcId, counter);
        await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: fetches('T4', url) }));
        const line = await logLine(daemon, jobName, 'T4');
        claim(line === 'TimeoutError', `the container got: ${line.slice(0, 3)}`);
        const refused = (await daemon.refusedPackets(network.vpcId, counter)) - before;
        claim(refused > 0, `counter ${counter} did not grow`);
        return `no answer from S3 on the internet without an internet gateway; counter ${counter}: +${refused} packets`;
      },
      control: {
        without: 'the missing way out: the VPC has an internet gateway and a NAT gateway',
        setting: async (world) => await setting(world, createNatNetwork),
        refutedBy: /^the container got: [2-4]\d\d$/,
      },
    }),
  ],
};
