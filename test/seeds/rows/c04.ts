import { compile } from '../../../src/model/network/compile.ts';
import { compilationIn, compilationLine, type CompilationSetting, createCompilation } from '../compilation.ts';
import { createPublicNetwork, type PublicNetwork, withPublicJobs } from '../internet.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

type Setting = CompilationSetting & { readonly network: PublicNetwork };

const script = `fetch('http://ec2.us-east-1.amazonaws.com/', { signal: AbortSignal.timeout(2000) }).then(
  (answer) => console.log('C4', answer.status), (error) => console.log('C4', error.name));`;

/** In a public subnet, which has an endpoint for S3: the model comes that way. */
async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  return await compilationIn(daemon, await createPublicNetwork(daemon, { endpoint: 'in-table' }), world.name('c4'), script);
}

export const c4: SeedRow = {
  id: 'C4',
  client: 'JS SDK; fetch in the compiler',
  command: 'CreateCompilationJob in a public subnet',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion(made) {
        const { daemon, network } = made;
        const counter = `internet-gateway.${network.internetGatewayId}`;
        const before = await daemon.refusedPackets(network.vpcId, counter);
        await createCompilation(made);
        const line = await compilationLine(made, 'C4');
        claim(line === 'TimeoutError', `the compiler got: ${line.slice(0, 3)}`);
        const refused = (await daemon.refusedPackets(network.vpcId, counter)) - before;
        claim(refused > 0, `counter ${counter} did not grow`);
        return `no internet by a route to ${network.internetGatewayId} alone; counter ${counter}: +${refused} packets`;
      },
      control: {
        without: 'the rule that interfaces of jobs have no public address',
        setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(withPublicJobs(all), vpcId) })),
        refutedBy: /^the compiler got: [2-5]\d\d$/,
      },
    }),
  ],
};
