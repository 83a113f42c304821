import { compile } from '../../../src/model/network/compile.ts';
import { claimCompiled, compilation, type CompilationSetting } from '../compilation.ts';
import { noTableLeadsToS3 } from '../routes.ts';
import { proofOf, type SeedRow } from '../seed.ts';

export const c9: SeedRow = {
  id: 'C9',
  client: 'JS SDK',
  command: 'CreateVpcEndpoint, CreateCompilationJob, HeadObject',
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await compilation(world, await world.whole(), 'c9'),
      async assertion(made) {
        const key = await claimCompiled(made);
        return `${made.jobName} is COMPLETED through ${made.network.vpcEndpointId}, and ${key} is written`;
      },
      control: {
        without: "the endpoint's routes",
        setting: async (world) =>
          await compilation(world, await world.daemon({ compile: (all, vpcId) => compile(noTableLeadsToS3(all), vpcId) }), 'c9'),
        refutedBy: /^c9-\d+ is FAILED: ClientError: InputConfiguration: Please ensure that the subnet's route table/,
      },
    }),
  ],
};
