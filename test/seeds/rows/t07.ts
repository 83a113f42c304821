import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { createBucket, createJob, jobEnd, jobRequest, stays, until } from '../job.ts';
import { createNetwork, networkInterfaces, type Network } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly jobName: string;
  readonly network: Network;
}

/** In the VPC without a job this is waited for in vain. */
const appearMs = 8_000;

const options = { subnets: ['10.0.1.0/24', '10.0.2.0/24'], groups: 3, endpoint: 'in-table' } as const;

async function running(world: World): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, options);
  const jobName = world.name('t7');
  const bucket = await createBucket(daemon, jobName);
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: stays, bucket }));
  return { daemon, jobName, network };
}

export const t7: SeedRow = {
  id: 'T7',
  client: 'JS SDK',
  command: 'DescribeNetworkInterfaces while the job runs and after it',
  proofs: [
    proofOf<Setting>({
      setting: running,
      async assertion({ daemon, jobName, network }) {
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
          claim(Description?.includes(jobName) === true, `${id} is described as ${Description}`);
        }
        await daemon.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: jobName }));
        const { TrainingJobStatus } = await jobEnd(daemon, jobName);
        claim(TrainingJobStatus === 'Stopped', `${jobName} is ${TrainingJobStatus}`);
        const left = await networkInterfaces(daemon, network);
        claim(left.length === 0, `${left.length} interfaces are left in ${network.vpcId}`);
        const ids = interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId).join(' and ');
        return `${ids}: in-use in ${interfaces[0]?.SubnetId} with all 3 groups; gone when the job was Stopped`;
      },
      control: {
        without: 'a job in the VPC',
        async setting(world) {
          const daemon = await world.whole();
          return { daemon, jobName: world.name('t7'), network: await createNetwork(daemon, options) };
        },
        refutedBy: /^two interfaces in use in vpc-\w+: not within/,
      },
    }),
  ],
};
