import { compile } from '../../../src/model/network/compile.ts';
import { createPublicNetwork, fetches, type PublicNetwork, withPublicJobs } from '../internet.ts';
import { createJob, jobRequest, logLine } from '../job.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: PublicNetwork;
  readonly jobName: string;
}

async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  return { daemon, network: await createPublicNetwork(daemon), jobName: world.name('t11') };
}

const url = 'http://s3.us-east-1.amazonaws.com/';

export const t11: SeedRow = {
  id: 'T11',
  client: 'JS SDK; fetch in the container',
  command: 'CreateTrainingJob in a public subnet',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion({ daemon, network, jobName }) {
        const counter = `internet-gateway.${network.internetGatewayId}`;
        const before = await daemon.refusedPackets(network.vpcId, counter);
        await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: fetches('T11', url) }));
        const line = await logLine(daemon, jobName, 'T11');
        claim(line === 'TimeoutError', `the container got: ${line.slice(0, 3)}`);
        const refused = (await daemon.refusedPackets(network.vpcId, counter)) - before;
        claim(refused > 0, `counter ${counter} did not grow`);
        return `no internet by a route to ${network.internetGatewayId} alone; counter ${counter}: +${refused} packets`;
      },
      control: {
        without: 'the rule that interfaces of jobs have no public address',
        setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(withPublicJobs(all), vpcId) })),
        refutedBy: /^the container got: [2-4]\d\d$/,
      },
    }),
  ],
};
