import { isDeepStrictEqual } from 'node:util';
import { endsAtOnce, jobRequest } from '../job.ts';
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
  const network = await world.shared('t6', async () => await createNetwork(daemon, { subnets: ['10.0.1.0/24', '10.0.2.0/24'], groups: 2 }));
  const jobName = world.name('t6');
  const request = jobRequest(daemon, { ...network, subnetIds: network.subnetIds.slice(0, subnetsUsed) }, { name: jobName, entrypoint: endsAtOnce });
  await daemon.aws('sagemaker', 'create-training-job', '--cli-input-json', JSON.stringify(request));
  return { daemon, jobName, vpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: network.groupIds } };
}

export const t6: SeedRow = {
  id: 'T6',
  client: 'AWS CLI',
  command: 'aws sagemaker create-training-job, describe-training-job',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, 2),
      async assertion({ daemon, jobName, vpcConfig }) {
        const job = await daemon.aws('sagemaker', 'describe-training-job', '--training-job-name', jobName);
        claim(isDeepStrictEqual(job.VpcConfig, vpcConfig), `VpcConfig of ${jobName} is ${JSON.stringify(job.VpcConfig)}`);
        return `DescribeTrainingJob echoes ${JSON.stringify(job.VpcConfig)}`;
      },
      control: {
        without: 'one of the subnets in the request',
        setting: async (world) => await setting(world, 1),
        refutedBy: /^VpcConfig of t6-\d+ is .*"Subnets":\["subnet-\w+"\]\}$/,
      },
    }),
  ],
};
