import { isDeepStrictEqual } from 'node:util';
import { compilationIn, type CompilationSetting } from '../compilation.ts';
import { createNetwork } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import { sentences } from '../sentences.ts';
import type { World } from '../world.ts';

/** The guide's own text, as it stands there. */
const example = sentences.C6.slice('VpcConfig: '.length);
const { Subnets, SecurityGroupIds } = JSON.parse(example) as { Subnets: string[]; SecurityGroupIds: string[] };

/** A daemon of its own: another row chooses the same ids. */
async function setting(world: World, chosen: { subnetIds?: string[]; groupIds?: string[] }): Promise<CompilationSetting> {
  const daemon = await world.daemon();
  const network = await createNetwork(daemon, { subnets: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'], ...chosen });
  return await compilationIn(daemon, network, world.name('c6'));
}

export const c6: SeedRow = {
  id: 'C6',
  client: 'AWS CLI',
  command: `aws sagemaker create-compilation-job --vpc-config '${example}'`,
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await setting(world, { subnetIds: Subnets, groupIds: SecurityGroupIds }),
      async assertion({ daemon, request, jobName }) {
        const { VpcConfig: _own, ...others } = request;
        await daemon.aws('sagemaker', 'create-compilation-job', '--cli-input-json', JSON.stringify(others), '--vpc-config', example);
        const job = await daemon.aws('sagemaker', 'describe-compilation-job', '--compilation-job-name', jobName);
        claim(isDeepStrictEqual(job.VpcConfig, JSON.parse(example)), `VpcConfig is ${JSON.stringify(job.VpcConfig)}`);
        return `the example is accepted verbatim and echoed: ${job.CompilationJobArn}`;
      },
      control: {
        without: 'these subnets and this group in the account',
        setting: async (world) => await setting(world, {}),
        refutedBy: /ValidationException.*subnet-0123456789abcdef0' does not exist/,
      },
    }),
  ],
};
