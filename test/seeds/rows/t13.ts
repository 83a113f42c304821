import { CreateNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../src/aws/aws-error.ts';
import type { Registries } from '../../../src/daemon/parts.ts';
import { present } from '../../../src/stdx/assert.ts';
import { createJob, describeJob, jobRequest, stays, until } from '../job.ts';
import { availableAddresses, createNetwork, networkInterfaces, type Network } from '../network.ts';
import { claim, proofOf, Refuted, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

const appearMs = 5_000;
/** A /28 has 16 addresses, of which AWS keeps 5. */
const [block, room] = ['10.0.1.0/28', 11] as const;

interface Drop {
  readonly daemon: SeedDaemon;
  readonly subnetId: string;
}

/** A job of two instances; the subnet that is looked at is its own or another one. */
async function dropSetting(world: World, place: 'of the job' | 'another'): Promise<Drop> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { subnets: [block, '10.0.2.0/28'] });
  const [own = '', other = ''] = network.subnetIds;
  const name = world.name('t13');
  await createJob(daemon, jobRequest(daemon, { ...network, subnetIds: [own] }, { name, entrypoint: stays, instances: 2 }));
  return { daemon, subnetId: place === 'of the job' ? own : other };
}

const theDrop = proofOf<Drop>({
  setting: async (world) => await dropSetting(world, 'of the job'),
  async assertion({ daemon, subnetId }) {
    await until(
      `${subnetId} has ${room - 4} of ${room} addresses left`,
      async () => ((await availableAddresses(daemon, subnetId)) === room - 4 ? true : undefined),
      appearMs,
    );
    return `AvailableIpAddressCount of ${subnetId}: ${room} → ${room - 4} for 2 instances`;
  },
  control: {
    without: 'a job in the subnet that is looked at',
    setting: async (world) => await dropSetting(world, 'another'),
    refutedBy: /^subnet-\w+ has 7 of 11 addresses left: not within/,
  },
});

interface Full {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
}

/** A subnet with one address left, another with room, and a job of one instance that lists the given ones. */
async function fullSetting(world: World, daemon: SeedDaemon, listed: 1 | 2, known?: (network: Network) => void): Promise<Full> {
  const network = await createNetwork(daemon, { subnets: [block, '10.0.2.0/24'] });
  known?.(network);
  const [SubnetId = ''] = network.subnetIds;
  for (let taken = 0; taken < room - 1; taken += 1) await daemon.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  const jobName = world.name('t13');
  const subnetIds = network.subnetIds.slice(0, listed);
  await createJob(daemon, jobRequest(daemon, { ...network, subnetIds }, { name: jobName, entrypoint: stays }));
  return { daemon, network, jobName };
}

/** Where the address gate would refuse, the interface comes into another subnet. */
function withoutAddressGate(whole: Registries, otherSubnet: () => string): Registries {
  const operation = present(whole.ec2['CreateNetworkInterface'], 'EC2 creates interfaces');
  const commit: typeof operation.commit = (input, context, prepared) => {
    try {
      return operation.commit(input, context, prepared);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'InsufficientFreeAddressesInSubnet') throw error;
      return operation.commit({ ...input, SubnetId: otherSubnet() }, context, prepared);
    }
  };
  return { ...whole, ec2: { ...whole.ec2, CreateNetworkInterface: { ...operation, commit } } };
}

const tooFew = proofOf<Full>({
  setting: async (world) => await fullSetting(world, await world.whole(), 1),
  async assertion({ daemon, network, jobName }) {
    const job = await until(`${jobName} fails or runs`, async () => {
      const now = await describeJob(daemon, jobName);
      return now.TrainingJobStatus === 'Failed' || now.SecondaryStatus === 'Training' ? now : undefined;
    });
    claim(job.TrainingJobStatus === 'Failed', `${jobName} is ${job.SecondaryStatus} with one address left in ${network.subnetIds[0]}`);
    const { FailureReason = '' } = job;
    const isNamed =
      /^ClientError: .*free addresses.*2 private IP addresses/u.test(FailureReason) && FailureReason.includes(network.subnetIds[0] ?? '?');
    claim(isNamed, `FailureReason is ${FailureReason}`);
    return `with 1 address left: ${FailureReason}`;
  },
  control: {
    without: 'the gate that counts free addresses',
    async setting(world) {
      let roomy = '';
      const daemon = await world.daemon({ registries: (whole) => withoutAddressGate(whole, () => roomy) });
      return await fullSetting(world, daemon, 1, (network) => {
        roomy = network.subnetIds[1] ?? '';
      });
    },
    refutedBy: /^t13-\d+ is Training with one address left/,
  },
});

const anotherSubnet = proofOf<Full>({
  setting: async (world) => await fullSetting(world, await world.whole(), 2),
  async assertion({ daemon, network, jobName }) {
    const [, roomy = ''] = network.subnetIds;
    const found = await until(`${jobName} has its interfaces`, async () => {
      const { FailureReason } = await describeJob(daemon, jobName);
      if (FailureReason !== undefined) throw new Refuted(`${jobName} failed: ${FailureReason}`);
      const own = (await networkInterfaces(daemon, network)).filter(({ Description }) => Description?.includes(`${jobName}:`));
      return own.length === 2 && own.every(({ Status }) => Status === 'in-use') ? own : undefined;
    });
    claim(
      found.every(({ SubnetId }) => SubnetId === roomy),
      `the interfaces are in ${found.map(({ SubnetId }) => SubnetId).join(', ')}`,
    );
    return `a job that lists ${roomy} too runs there`;
  },
  control: {
    without: 'another subnet in the list',
    setting: async (world) => await fullSetting(world, await world.whole(), 1),
    refutedBy: /^t13-\d+ failed: ClientError: .*free addresses/,
  },
});

export const t13: SeedRow = {
  id: 'T13',
  client: 'JS SDK',
  command: 'DescribeSubnets, DescribeNetworkInterfaces, DescribeTrainingJob',
  proofs: [theDrop, tooFew, anotherSubnet],
};
