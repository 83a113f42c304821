import { compile } from '../../../src/model/network/compile.ts';
import type { World as NetworkWorld } from '../../../src/model/network/world.ts';
import { flowRecords, recordFlows } from '../flow-log.ts';
import { createJob, describeJob, jobRequest, until } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { noGroupLetsIn, withGroups } from '../private-host.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
  readonly logGroupName: string;
}

/** The second instance asks the first, by its name. What is not answered in time fails. */
const program =
  "n=require('net');setTimeout(()=>process.exit(1),6e3);" +
  "f=()=>n.connect(7999,'algo-1').on('data',()=>process.exit()).on('error',()=>setTimeout(f,200));" +
  "process.env.CURRENT_HOST=='algo-1'?n.createServer(s=>s.end('1',()=>process.exit())).listen(7999):f()";

async function setting(world: World, daemon: SeedDaemon, members: 'allowed' | 'strangers'): Promise<Setting> {
  const network = await createNetwork(daemon, { members });
  const logGroupName = await recordFlows(daemon, network);
  const jobName = world.name('t24');
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: ['node', '-e', program], instances: 2 }));
  return { daemon, network, jobName, logGroupName };
}

interface Outcome {
  readonly status: string;
  readonly reason: string;
  /** Packets that the group let no one in for. */
  readonly refused: number;
}

async function outcomeOf({ daemon, network, jobName }: Setting): Promise<Outcome> {
  const counter = `ingress.${network.groupIds[0]}`;
  let refused = 0;
  return await until(`${jobName} ends`, async () => {
    // A gate counts for as long as something in the VPC can come to it: here, while the job has its interfaces.
    refused = Math.max(refused, await daemon.refusedPackets(network.vpcId, counter));
    const { TrainingJobStatus: status = '', FailureReason: reason = '' } = await describeJob(daemon, jobName);
    return status === 'InProgress' ? undefined : { status, reason, refused };
  });
}

/** The same network, whose groups let everyone of theirs in. */
const everyGroupKnowsItself = (world: NetworkWorld): NetworkWorld =>
  withGroups(world, (group) => {
    const self = { securityGroupRuleId: 'sgr-0', direction: 'ingress', protocol: 'all', peer: { groupId: group.groupId } } as const;
    return { ...group, rules: [...group.rules, self] };
  });

/** One job for both proofs. */
const strangers = async (world: World): Promise<Setting> =>
  await world.shared('t24 strangers', async () => await setting(world, await world.whole(), 'strangers'));

/** The same, where every group lets its own members in. */
const strangersLetIn = async (world: World): Promise<Setting> =>
  await world.shared('t24 strangers let in', async () => {
    const daemon = await world.daemon({ compile: (all, vpcId) => compile(everyGroupKnowsItself(all), vpcId) });
    return await setting(world, daemon, 'strangers');
  });

const withoutTheRule = proofOf<Setting>({
  setting: strangers,
  async assertion(made) {
    const { status, reason, refused } = await outcomeOf(made);
    const { jobName, network } = made;
    const groupId = network.groupIds[0] ?? '';
    claim(status === 'Failed', `${jobName} is ${status}`);
    claim(refused > 0, `counter ingress.${groupId} did not grow`);
    const named = new RegExp(`algo-2 → algo-1:7999 tcp, \\d+ packets? refused by ${groupId} \\(no ingress rule`, 'u').exec(reason);
    claim(named !== null, `FailureReason is ${reason}`);
    return `counter ingress.${groupId}: ${refused} packets; …${reason.slice(named.index)}`;
  },
  control: {
    without: 'the gate: every group lets its own members in',
    setting: strangersLetIn,
    refutedBy: /^t24-\d+ is Completed$/,
  },
});

const inTheFlowLog = proofOf<Setting>({
  setting: strangers,
  async assertion(made) {
    const { refused, reason } = await outcomeOf(made);
    const records = await flowRecords(made.daemon, made.logGroupName, 4);
    const rejects = records.filter(
      ({ action, direction, destinationPort }) => action === 'REJECT' && direction === 'ingress' && destinationPort === 7999,
    );
    const packets = rejects.reduce((sum, record) => sum + record.packets, 0);
    claim(packets > 0, `no REJECT at port 7999 in ${records.length} records of ${made.jobName}`);
    claim(
      packets >= refused && reason.includes(`, ${packets} packet`),
      `the records say ${packets} packets, the gate ${refused}, and FailureReason: ${reason}`,
    );
    return rejects.map(({ line }) => line).join('; ');
  },
  control: {
    without: 'the gate: every group lets its own members in',
    setting: strangersLetIn,
    refutedBy: /^no REJECT at port 7999 in /,
  },
});

const withTheRule = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'allowed'),
  async assertion(made) {
    const { status, reason, refused } = await outcomeOf(made);
    const { jobName, network } = made;
    claim(status === 'Completed', `${jobName} is ${status}: ${reason}`);
    claim(refused === 0, `counter ingress.${network.groupIds[0]} grew by ${refused}`);
    return `with the rule, algo-2 asked algo-1 by its name and got its answer`;
  },
  control: {
    without: 'the rule: no group lets anyone in',
    setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(noGroupLetsIn(all), vpcId) }), 'allowed'),
    refutedBy: /^t24-\d+ is Failed: AlgorithmError: , exit code: 1\. algo-2 → algo-1:7999 tcp/,
  },
});

export const t24: SeedRow = {
  id: 'T24',
  client: 'JS SDK; sockets in the containers',
  command: 'AuthorizeSecurityGroupIngress, CreateFlowLogs, CreateTrainingJob with InstanceCount 2, DescribeTrainingJob, FilterLogEvents',
  proofs: [withoutTheRule, inTheFlowLog, withTheRule],
};
