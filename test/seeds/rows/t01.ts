import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { createJob, describeJob, jobEnd, jobRequest, logLine } from '../job.ts';
import { createNetwork, networkInterfaces, type Network } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly request: CreateTrainingJobCommandInput;
}

/** Prints its address, and stays long enough to be looked at. */
const program = "console.log('T1',require('os').networkInterfaces().eth0[0].address);setTimeout(()=>{},3e3)";

async function setting(world: World): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  return { daemon, network, request: jobRequest(daemon, network, { name: world.name('t1'), entrypoint: ['node', '-e', program] }) };
}

export const t1: SeedRow = {
  id: 'T1',
  client: 'JS SDK',
  command: 'CreateTrainingJob without VpcConfig, DescribeTrainingJob, DescribeNetworkInterfaces while it runs',
  proofs: [
    proofOf<Setting>({
      async setting(world) {
        const made = await setting(world);
        const { VpcConfig: _left, ...request } = made.request;
        return { ...made, request };
      },
      async assertion({ daemon, network, request }) {
        const { TrainingJobName: name = '' } = request;
        await createJob(daemon, request);
        const address = await logLine(daemon, name, 'T1');
        const { VpcConfig } = await describeJob(daemon, name);
        const seen = await networkInterfaces(daemon, network);
        claim(VpcConfig === undefined && seen.length === 0, `${name} has ${seen.length} interfaces in ${network.vpcId}`);
        const { TrainingJobStatus: status, FailureReason: reason } = await jobEnd(daemon, name);
        claim(status === 'Completed', `${name} is ${status}: ${reason}`);
        return `${name} ran at ${address}, in a network that is in no listing; DescribeTrainingJob has no VpcConfig, ${network.vpcId} no interface`;
      },
      control: {
        without: 'the default: the job is given a VpcConfig',
        setting,
        refutedBy: /^t1-\d+ has 2 interfaces in vpc-\w+$/,
      },
    }),
  ],
};
