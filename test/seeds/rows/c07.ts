import { CreateNetworkInterfaceCommand } from '@aws-sdk/client-ec2';
import { compilationEnd, compilationIn, type CompilationSetting, compilesOn, createCompilation } from '../compilation.ts';
import { until } from '../job.ts';
import { availableAddresses, createNetwork } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { World } from '../world.ts';

/** In the subnet without a job this is waited for in vain. */
const appearMs = 8_000;
/** A /28 has 16 addresses, of which AWS keeps 5. */
const [block, room] = ['10.0.1.0/28', 11] as const;

async function setting(world: World, created: boolean): Promise<CompilationSetting> {
  const daemon = await world.whole();
  const made = await compilationIn(daemon, await createNetwork(daemon, { subnets: [block], endpoint: 'in-table' }), world.name('c7'), compilesOn);
  if (created) await createCompilation(made);
  return made;
}

const theDrop = proofOf<CompilationSetting>({
  setting: async (world) => await setting(world, true),
  async assertion({ daemon, network }) {
    const [subnetId = ''] = network.subnetIds;
    await until(
      `${subnetId} has ${room - 2} of ${room} addresses left`,
      async () => ((await availableAddresses(daemon, subnetId)) === room - 2 ? true : undefined),
      appearMs,
    );
    return `AvailableIpAddressCount of ${subnetId}: ${room} → ${room - 2} for one job`;
  },
  control: {
    without: 'the job',
    setting: async (world) => await setting(world, false),
    refutedBy: /^subnet-\w+ has 9 of 11 addresses left: not within/,
  },
});

/** A job in a subnet that has so many addresses left. */
async function withLeft(world: World, left: number): Promise<CompilationSetting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { subnets: [block], endpoint: 'in-table' });
  const SubnetId = network.subnetIds[0] ?? '';
  for (let taken = 0; taken < room - left; taken += 1) await daemon.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  const made = await compilationIn(daemon, network, world.name('c7'));
  await createCompilation(made);
  return made;
}

const tooFew = proofOf<CompilationSetting>({
  setting: async (world) => await withLeft(world, 1),
  async assertion(made) {
    const { CompilationJobStatus: status, FailureReason: reason = '' } = await compilationEnd(made);
    claim(status === 'FAILED', `${made.jobName} is ${status}`);
    claim(/^ClientError: .*free addresses.*2 private IP addresses/u.test(reason), `FailureReason is ${reason}`);
    return `with 1 address left: ${reason}`;
  },
  control: { without: 'the want: two addresses are left', setting: async (world) => await withLeft(world, 2), refutedBy: /^c7-\d+ is COMPLETED$/ },
});

export const c7: SeedRow = {
  id: 'C7',
  client: 'JS SDK',
  command: 'DescribeSubnets, DescribeCompilationJob',
  proofs: [theDrop, tooFew],
};
