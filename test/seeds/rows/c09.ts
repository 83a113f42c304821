import { compile } from '../../../src/model/network/compile.ts';
import { claimCompiled, compilation, type CompilationSetting, describeCompilation } from '../compilation.ts';
import { until } from '../job.ts';
import { noTableLeadsToS3 } from '../routes.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';

export const c9: SeedRow = {
  id: 'C9',
  client: 'JS SDK',
  command: 'CreateVpcEndpoint, CreateCompilationJob, HeadObject',
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await compilation(world, await world.whole(), 'c9'),
      async assertion(made) {
        const { daemon, network, jobName } = made;
        await until(`${jobName} ends`, async () => {
          const refused = await daemon.refusedPackets(network.vpcId, `route.${network.routeTableId}`);
          claim(refused === 0, `the route gate refused ${refused} packets of ${jobName}`);
          const { CompilationJobStatus: status = '' } = await describeCompilation(made);
          return ['STARTING', 'INPROGRESS'].includes(status) ? undefined : status;
        });
        const key = await claimCompiled(made);
        return `${jobName} is COMPLETED through ${network.vpcEndpointId}, and ${key} is written`;
      },
      control: {
        without: "the endpoint's routes",
        setting: async (world) =>
          await compilation(world, await world.daemon({ compile: (all, vpcId) => compile(noTableLeadsToS3(all), vpcId) }), 'c9'),
        refutedBy: /^the route gate refused \d+ packets of c9-\d+$/,
      },
    }),
  ],
};
