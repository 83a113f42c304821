import { isDeepStrictEqual } from 'node:util';
import { compilationIn } from '../compilation.ts';
import { createNetwork } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly jobName: string;
  readonly vpcConfig: { readonly Subnets: readonly string[]; readonly SecurityGroupIds: readonly string[] };
}

/** A job in the given part of a VPC's subnets, and the configuration that is asked for. */
async function setting(world: World, subnetsUsed: number): Promise<Setting> {
  const daemon = await world.whole();
  const network = await world.shared('c2', async () => await createNetwork(daemon, { subnets: ['10.0.1.0/24', '10.0.2.0/24'], groups: 2 }));
  const { request, jobName } = await compilationIn(daemon, { ...network, subnetIds: network.subnetIds.slice(0, subnetsUsed) }, world.name('c2'));
  await daemon.aws('sagemaker', 'create-compilation-job', '--cli-input-json', JSON.stringify(request));
  return { daemon, jobName, vpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: network.groupIds } };
}

export const c2: SeedRow = {
  id: 'C2',
  client: 'AWS CLI',
  command: 'aws sagemaker create-compilation-job, describe-compilation-job',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, 2),
      async assertion({ daemon, jobName, vpcConfig }) {
        const job = await daemon.aws('sagemaker', 'describe-compilation-job', '--compilation-job-name', jobName);
        claim(isDeepStrictEqual(job.VpcConfig, vpcConfig), `VpcConfig of ${jobName} is ${JSON.stringify(job.VpcConfig)}`);
        return `DescribeCompilationJob echoes ${JSON.stringify(job.VpcConfig)}`;
      },
      control: {
        without: 'one of the subnets in the request',
        setting: async (world) => await setting(world, 1),
        refutedBy: /^VpcConfig of c2-\d+ is .*"Subnets":\["subnet-\w+"\]/,
      },
    }),
  ],
};
