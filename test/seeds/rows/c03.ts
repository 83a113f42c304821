import { StopCompilationJobCommand } from '@aws-sdk/client-sagemaker';
import { compilation, compilationEnd, compilationIn, type CompilationSetting, compilesOn } from '../compilation.ts';
import { until } from '../job.ts';
import { createNetwork, networkInterfaces } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';

/** In the VPC without a job this is waited for in vain. */
const appearMs = 8_000;
const options = { subnets: ['10.0.1.0/24', '10.0.2.0/24'], groups: 3, endpoint: 'in-table' } as const;

export const c3: SeedRow = {
  id: 'C3',
  client: 'JS SDK',
  command: 'DescribeNetworkInterfaces while the compilation job runs and after it',
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await compilation(world, await world.whole(), 'c3', options, compilesOn),
      async assertion(made) {
        const { daemon, jobName, network } = made;
        const interfaces = await until(
          `two interfaces in use in ${network.vpcId}`,
          async () => {
            const found = await networkInterfaces(daemon, network);
            return found.length === 2 && found.every(({ Status }) => Status === 'in-use') ? found : undefined;
          },
          appearMs,
        );
        for (const { NetworkInterfaceId: id, Groups = [], SubnetId = '', Description } of interfaces) {
          const groups = Groups.map(({ GroupId }) => GroupId);
          claim(groups.length === 3 && network.groupIds.every((group) => groups.includes(group)), `${id} has the groups ${groups.join(', ')}`);
          claim(network.subnetIds.includes(SubnetId), `${id} is in ${SubnetId}`);
          claim(Description?.includes(`compilation job ${jobName}`) === true, `${id} is described as ${Description}`);
        }
        await daemon.sagemaker.send(new StopCompilationJobCommand({ CompilationJobName: jobName }));
        const { CompilationJobStatus } = await compilationEnd(made);
        claim(CompilationJobStatus === 'STOPPED', `${jobName} is ${CompilationJobStatus}`);
        const left = await networkInterfaces(daemon, network);
        claim(left.length === 0, `${left.length} interfaces are left in ${network.vpcId}`);
        const ids = interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId).join(' and ');
        return `${ids}: in-use in ${interfaces[0]?.SubnetId} with all 3 groups; gone when the job was STOPPED`;
      },
      control: {
        without: 'a job in the VPC',
        async setting(world) {
          const daemon = await world.whole();
          return await compilationIn(daemon, await createNetwork(daemon, options), world.name('c3'));
        },
        refutedBy: /^two interfaces in use in vpc-\w+: not within/,
      },
    }),
  ],
};
