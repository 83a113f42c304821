import type { FlowReading, FlowSource } from '../../../src/drivers/network/flow-source.ts';
import { s3Address } from '../../../src/model/network/reserved.ts';
import { type FlowRecord, flowRecords, recordFlows } from '../flow-log.ts';
import { createBucket, createJob, jobEnd, jobRequest } from '../job.ts';
import { createNetwork } from '../network.ts';
import { replacing } from '../replacing.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly logGroupName: string;
  readonly jobName: string;
}

/** The job's interfaces have the first free addresses of the subnet, in this order. */
const [agent, algorithm] = ['10.0.1.4', '10.0.1.5'];

/** Goes to S3, and to a neighbour that lets nobody in. */
const program =
  `n=require('net');n.connect(443,'${s3Address}').on('connect',()=>{` +
  `n.connect(7999,'${agent}').on('error',()=>{});setTimeout(()=>process.exit(),500)})`;

async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { members: 'strangers', endpoint: 'in-table' });
  const logGroupName = await recordFlows(daemon, network);
  const jobName = world.name('t5');
  const bucket = await createBucket(daemon, jobName);
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, bucket, entrypoint: ['node', '-e', program] }));
  return { daemon, logGroupName, jobName };
}

async function recordsOf({ daemon, logGroupName, jobName }: Setting): Promise<readonly FlowRecord[]> {
  await jobEnd(daemon, jobName);
  return await flowRecords(daemon, logGroupName, 2);
}

const shown = (records: readonly FlowRecord[]): string => records.map(({ line }) => line).join('; ');

const accepted = proofOf<Setting>({
  setting: async (world) => await world.shared('t5', async () => await setting(world, await world.whole())),
  async assertion(made) {
    const records = await recordsOf(made);
    for (const own of [agent, algorithm]) {
      const out = records.find(({ source, destination, action }) => source === own && destination === s3Address && action === 'ACCEPT');
      const back = records.find(({ source, destination, action }) => source === s3Address && destination === own && action === 'ACCEPT');
      claim(out?.direction === 'egress' && back?.direction === 'ingress', `no ACCEPT of ${own} to S3 and back in: ${shown(records)}`);
      claim(out.packets > 0 && back.packets > 0, `no packets in: ${shown([out, back])}`);
    }
    return shown(records.filter(({ destination }) => destination === s3Address));
  },
  control: {
    without: 'connection tracking: it tells of no flow',
    setting: async (world) =>
      await setting(world, await world.daemon({ flows: (source) => changing(source, (reading) => ({ ...reading, flows: none() })) })),
    refutedBy: /^no ACCEPT of 10\.0\.1\.4 to S3 and back in: /,
  },
});

const rejected = proofOf<Setting>({
  setting: async (world) => await world.shared('t5', async () => await setting(world, await world.whole())),
  async assertion(made) {
    const records = await recordsOf(made);
    const attempts = records.filter(({ source, destinationPort }) => source === algorithm && destinationPort === 7999);
    const refused = attempts.find(({ direction, action }) => direction === 'ingress' && action === 'REJECT');
    const left = attempts.find(({ direction, action }) => direction === 'egress' && action === 'ACCEPT');
    claim(refused !== undefined && left !== undefined, `no REJECT of ${algorithm} at ${agent} in: ${shown(records)}`);
    claim(refused.packets === left.packets, `${left.packets} left and ${refused.packets} were refused`);
    return shown(attempts);
  },
  control: {
    without: 'the sets of dropped packets: they tell of none',
    setting: async (world) =>
      await setting(world, await world.daemon({ flows: (source) => changing(source, (reading) => ({ ...reading, drops: [] })) })),
    refutedBy: /^no REJECT of 10\.0\.1\.5 at 10\.0\.1\.4 in: /,
  },
});

const changing = (source: FlowSource, change: (reading: FlowReading) => FlowReading): FlowSource =>
  replacing(source, { read: async (vpcNumber) => change(await source.read(vpcNumber)) });

async function* none(): FlowReading['flows'] & AsyncGenerator<never> {
  // Of nothing, nothing is told.
}

export const t5: SeedRow = {
  id: 'T5',
  client: 'JS SDK',
  command: 'CreateFlowLogs, CreateTrainingJob, FilterLogEvents',
  proofs: [accepted, rejected],
};
