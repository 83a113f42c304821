import { compile } from '../../../src/model/network/compile.ts';
import { createJob, jobRequest } from '../job.ts';
import { createNetwork } from '../network.ts';
import {
  attachHost,
  claimRefused,
  createTargetGroup,
  everyGroupLetsIn,
  hostPort,
  noGroupLetsIn,
  targetOutcome,
  type TargetSetting,
} from '../private-host.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting extends TargetSetting {
  /** Of the host. */
  readonly address: string;
}

/** Asks the host at its private address. What is not answered in time fails. */
const program = (address: string): string =>
  `setTimeout(()=>process.exit(1),5e3);require('net').connect(${hostPort},'${address}').on('data',()=>process.exit()).on('error',()=>{})`;

async function setting(world: World, daemon: SeedDaemon, rule: 'with the rule' | 'without'): Promise<Setting> {
  const network = await createNetwork(daemon);
  const jobName = world.name('t8');
  const groupId = await createTargetGroup(daemon, network, jobName, rule === 'with the rule' ? hostPort : undefined);
  const address = await attachHost(world, daemon, network, groupId);
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: ['node', '-e', program(address)] }));
  return { daemon, network, groupId, address, jobName };
}

const allowed = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'with the rule'),
  async assertion(made) {
    const { status, reason, refused } = await targetOutcome(made);
    claim(status === 'Completed', `${made.jobName} is ${status}: ${reason}`);
    claim(refused === 0, `counter ingress.${made.groupId} grew by ${refused}`);
    return `${made.jobName} was answered by ${made.address}:${hostPort}, a program that \`cloister attach\` put into the VPC`;
  },
  control: {
    without: 'the rule: no group lets anyone in',
    setting: async (world) =>
      await setting(world, await world.daemon({ compile: (all, vpcId) => compile(noGroupLetsIn(all), vpcId) }), 'with the rule'),
    refutedBy: /^t8-\d+ is Failed: AlgorithmError: , exit code: 1/,
  },
});

const refused = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'without'),
  assertion: async (made) => `without the rule ${await claimRefused(made)}`,
  control: {
    without: 'the gate: every group lets everybody in',
    setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(everyGroupLetsIn(all), vpcId) }), 'without'),
    refutedBy: /^t8-\d+ is Completed$/,
  },
});

export const t8: SeedRow = {
  id: 'T8',
  client: 'JS SDK; cloister attach; sockets in the container',
  command: 'CreateTrainingJob beside `cloister attach SUBNET --groups sg-… -- node server`',
  proofs: [allowed, refused],
};
