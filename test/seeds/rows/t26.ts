import { CreateVpcEndpointCommand, DescribeNetworkInterfacesCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { compile } from '../../../src/model/network/compile.ts';
import { present } from '../../../src/stdx/assert.ts';
import { createJob, jobRequest, logLine } from '../job.ts';
import { createNetwork } from '../network.ts';
import { claimRefused, createTargetGroup, everyGroupLetsIn, noGroupLetsIn, targetOutcome, type TargetSetting } from '../private-host.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import { signedRequest } from '../signed-program.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting extends TargetSetting {
  /** Of the endpoint's interface. */
  readonly address: string;
}

const host = 'sts.us-east-1.amazonaws.com';

const asksWhoItIs = signedRequest({
  word: 'identity',
  service: 'sts',
  host,
  method: 'POST',
  path: '/',
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
});

async function setting(world: World, daemon: SeedDaemon, rule: 'with the rule' | 'without'): Promise<Setting> {
  const { ec2 } = daemon;
  const network = await createNetwork(daemon);
  const { vpcId: VpcId, subnetIds } = network;
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const jobName = world.name('t26');
  const groupId = await createTargetGroup(daemon, network, jobName, rule === 'with the rule' ? 443 : undefined);
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-east-1.sts',
      VpcId,
      SubnetIds: [...subnetIds],
      SecurityGroupIds: [groupId],
      PrivateDnsEnabled: true,
    }),
  );
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: VpcEndpoint?.NetworkInterfaceIds ?? [] }));
  const address = present(NetworkInterfaces?.[0]?.PrivateIpAddress, 'an endpoint has an address');
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: asksWhoItIs }));
  return { daemon, network, groupId, address, jobName };
}

const answered = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'with the rule'),
  async assertion(made) {
    const { status, reason } = await targetOutcome(made);
    claim(status === 'Completed', `${made.jobName} is ${status}: ${reason}`);
    const line = await logLine(made.daemon, made.jobName, 'identity');
    const [, from = '', arn = ''] = /^200 (\S+) .*<Arn>(.*)<\/Arn>/.exec(line) ?? ['', '', line];
    claim(arn.startsWith('arn:aws:sts::000000000000:assumed-role/seeds/'), `STS answered ${arn}`);
    claim(from === made.address, `the answer came from ${from}, not from ${made.address}`);
    return `the job asked ${host}, ${from} in its VPC, and is ${arn}`;
  },
  control: {
    without: 'the rule: no group lets anyone in',
    setting: async (world) =>
      await setting(world, await world.daemon({ compile: (all, vpcId) => compile(noGroupLetsIn(all), vpcId) }), 'with the rule'),
    refutedBy: /^t26-\d+ is Failed: AlgorithmError: /,
  },
});

const refused = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'without'),
  assertion: async (made) => `without a rule for 443 ${await claimRefused(made)}`,
  control: {
    without: 'the gate: every group lets everybody in',
    setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(everyGroupLetsIn(all), vpcId) }), 'without'),
    refutedBy: /^t26-\d+ is Completed$/,
  },
});

export const t26: SeedRow = {
  id: 'T26',
  client: 'JS SDK; HTTPS from the container',
  command: 'CreateVpcEndpoint (Interface, sts, private DNS), CreateTrainingJob; GetCallerIdentity in the job',
  proofs: [answered, refused],
};
