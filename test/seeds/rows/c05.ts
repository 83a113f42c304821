import { compile } from '../../../src/model/network/compile.ts';
import {
  asksHost,
  claimCompiled,
  compilationEnd,
  compilationIn,
  type CompilationSetting,
  createCompilation,
  describeCompilation,
} from '../compilation.ts';
import { createNetwork } from '../network.ts';
import { attachHost, createTargetGroup, everyGroupLetsIn, hostPort, noGroupLetsIn } from '../private-host.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import { until } from '../job.ts';
import type { World } from '../world.ts';

interface Setting extends CompilationSetting {
  /** Of the host. */
  readonly groupId: string;
  readonly address: string;
}

async function setting(world: World, daemon: SeedDaemon, rule: 'with the rule' | 'without'): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const jobName = world.name('c5');
  const groupId = await createTargetGroup(daemon, network, jobName, rule === 'with the rule' ? hostPort : undefined);
  const address = await attachHost(world, daemon, network, groupId);
  const made = await compilationIn(daemon, network, jobName, asksHost(address, hostPort));
  await createCompilation(made);
  return { ...made, groupId, address };
}

const allowed = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'with the rule'),
  async assertion(made) {
    await claimCompiled(made);
    return `the compiler of ${made.jobName} was answered by ${made.address}:${hostPort}, a program that \`cloister attach\` put into the VPC`;
  },
  control: {
    without: 'the rule: no group lets anyone in',
    setting: async (world) =>
      await setting(world, await world.daemon({ compile: (all, vpcId) => compile(noGroupLetsIn(all), vpcId) }), 'with the rule'),
    refutedBy: /^c5-\d+ is FAILED: ClientError: CompilationError: no answer of/,
  },
});

const refused = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'without'),
  async assertion(made) {
    const { daemon, network, groupId, jobName } = made;
    const counter = `ingress.${groupId}`;
    const packets = await until(`${counter} counts or ${jobName} ends`, async () => {
      const counted = await daemon.refusedPackets(network.vpcId, counter);
      const { CompilationJobStatus } = await describeCompilation(made);
      return counted > 0 || !['STARTING', 'INPROGRESS'].includes(CompilationJobStatus ?? '') ? counted : undefined;
    });
    const { CompilationJobStatus: status, FailureReason: reason = '' } = await compilationEnd(made);
    claim(status === 'FAILED', `${jobName} is ${status}`);
    claim(packets > 0, `counter ${counter} did not grow`);
    claim(reason.includes(groupId), `FailureReason is ${reason}`);
    return `without the rule counter ${counter}: ${packets} packets; ${reason}`;
  },
  control: {
    without: 'the gate: every group lets everybody in',
    setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(everyGroupLetsIn(all), vpcId) }), 'without'),
    refutedBy: /^c5-\d+ is COMPLETED$/,
  },
});

export const c5: SeedRow = {
  id: 'C5',
  client: 'JS SDK; cloister attach; sockets in the compiler',
  command: 'CreateCompilationJob beside `cloister attach SUBNET --groups sg-… -- node server`',
  proofs: [allowed, refused],
};
