import { CreateNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../src/aws/aws-error.ts';
import type { Registries } from '../../../src/daemon/parts.ts';
import { present } from '../../../src/stdx/assert.ts';
import { createJob, describeJob, jobRequest, stays, until } from '../job.ts';
import { availableAddresses, createNetwork, networkInterfaces, type Network } from '../network.ts';
import { claim, proofOf, Refuted, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

/** In the subnet without a job this is waited for in vain. */
const appearMs = 8_000;
/** A /28 has 16 addresses, of which AWS keeps 5. */
const [block, room] = ['10.0.1.0/28', 11] as const;

interface Drop {
  readonly daemon: SeedDaemon;
  readonly subnetId: string;
}

/** A job of two instances, in the first of two subnets. */
async function twoInstances(world: World): Promise<{ readonly daemon: SeedDaemon; readonly own: string; readonly other: string }> {
  return await world.shared('t13 two instances', async () => {
    const daemon = await world.whole();
    const network = await createNetwork(daemon, { subnets: [block, '10.0.2.0/28'] });
    const [own = '', other = ''] = network.subnetIds;
    const name = world.name('t13');
    await createJob(daemon, jobRequest(daemon, { ...network, subnetIds: [own] }, { name, entrypoint: stays, instances: 2 }));
    return { daemon, own, other };
  });
}

const theDrop = proofOf<Drop>({
  async setting(world) {
    const { daemon, own } = await twoInstances(world);
    return { daemon, subnetId: own };
  },
  async assertion({ daemon, subnetId }) {
    await until(
      `${subnetId} has ${room - 4} of ${room} addresses left`,
      async () => ((await availableAddresses(daemon, subnetId)) === room - 4 ? true : undefined),
      appearMs,
    );
    return `AvailableIpAddressCount of ${subnetId}: ${room} → ${room - 4} for 2 instances`;
  },
  control: {
    without: 'the job: in a subnet that it does not list',
    async setting(world) {
      const { daemon, other } = await twoInstances(world);
      return { daemon, subnetId: other };
    },
    refutedBy: /^subnet-\w+ has 7 of 11 addresses left: not within/,
  },
});

interface Full {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
}

/** A subnet with one address left, and another with room. */
async function fullNetwork(daemon: SeedDaemon): Promise<Network> {
  const network = await createNetwork(daemon, { subnets: [block, '10.0.2.0/24'] });
  const [SubnetId = ''] = network.subnetIds;
  for (let taken = 0; taken < room - 1; taken += 1) await daemon.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  return network;
}

/** There, a job of one instance that lists the full subnet alone, or both. */
async function jobIn(world: World, daemon: SeedDaemon, network: Network, listed: 1 | 2): Promise<Full> {
  const jobName = world.name('t13');
  const subnetIds = network.subnetIds.slice(0, listed);
  await createJob(daemon, jobRequest(daemon, { ...network, subnetIds }, { name: jobName, entrypoint: stays }));
  return { daemon, network, jobName };
}

async function wholeSetting(world: World, listed: 1 | 2): Promise<Full> {
  const daemon = await world.whole();
  const network = await world.shared('t13 full', async () => await fullNetwork(daemon));
  return await jobIn(world, daemon, network, listed);
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
  setting: async (world) => await wholeSetting(world, 1),
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
      const network = await fullNetwork(daemon);
      roomy = network.subnetIds[1] ?? '';
      return await jobIn(world, daemon, network, 1);
    },
    refutedBy: /^t13-\d+ is Training with one address left/,
  },
});

const anotherSubnet = proofOf<Full>({
  setting: async (world) => await wholeSetting(world, 2),
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
    setting: async (world) => await wholeSetting(world, 1),
    refutedBy: /^t13-\d+ failed: ClientError: .*free addresses/,
  },
});

export const t13: SeedRow = {
  id: 'T13',
  client: 'JS SDK',
  command: 'DescribeSubnets, DescribeNetworkInterfaces, DescribeTrainingJob',
  proofs: [theDrop, tooFew, anotherSubnet],
};
