import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import type { SecurityGroup, World as NetworkWorld } from '../../src/model/network/world.ts';
import { present } from '../../src/stdx/assert.ts';
import { AttachCommand } from '../clients/cli-command.ts';
import { describeJob, until } from './job.ts';
import type { Network } from './network.ts';
import { claim } from './seed.ts';
import type { SeedDaemon } from './seed-daemon.ts';
import type { World } from './world.ts';

/** A group of its own for what jobs connect to; with `port`, it lets the jobs' group in there. */
export async function createTargetGroup({ ec2 }: SeedDaemon, { vpcId, groupIds }: Network, name: string, port?: number): Promise<string> {
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: name, Description: 'what jobs connect to' }));
  const id = present(GroupId, 'a group has an id');
  if (port !== undefined) {
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: groupIds.map((group) => ({ GroupId: group })) }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions }));
  }
  return id;
}

export const hostPort = 7000;
const server = `process.stdin.resume().on('end', () => process.exit());
  require('node:net').createServer((socket) => socket.end('1')).listen(${hostPort}, () => console.log('ready'));`;

/** A program on an interface of the VPC, as a user starts it: `cloister attach`. It ends with this process. Returns its address. */
export async function attachHost(world: World, daemon: SeedDaemon, { subnetIds }: Network, groupId: string): Promise<string> {
  const parameters = ['--data', daemon.dataDirectory, subnetIds[0] ?? '', '--groups', groupId, '--', process.execPath, '-e', server];
  const host = new AttachCommand(parameters, { timeoutMs: 120_000 });
  world.onClose(async () => {
    host.child.stdin?.end();
    await host.end();
  });
  await host.printed('ready');
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { NetworkInterfaces } = await daemon.ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  return present(NetworkInterfaces?.[0]?.PrivateIpAddress, 'an interface has an address');
}

export const withGroups = (world: NetworkWorld, replace: (group: SecurityGroup) => SecurityGroup): NetworkWorld => ({
  ...world,
  securityGroups: world.securityGroups.map((group) => replace(group)),
});

/** The same network, whose groups let nobody in. */
export const noGroupLetsIn = (world: NetworkWorld): NetworkWorld =>
  withGroups(world, (group) => ({ ...group, rules: group.rules.filter(({ direction }) => direction === 'egress') }));

/** The same network, whose groups let everybody in. */
export const everyGroupLetsIn = (world: NetworkWorld): NetworkWorld =>
  withGroups(world, (group) => ({
    ...group,
    rules: [...group.rules, { securityGroupRuleId: 'sgr-0', direction: 'ingress', protocol: 'all', peer: { cidrBlock: '0.0.0.0/0' } }],
  }));

/** A job that connects to something in its VPC. */
export interface TargetSetting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  /** Of what the job connects to. */
  readonly groupId: string;
  readonly jobName: string;
}

export interface TargetOutcome {
  readonly status: string;
  readonly reason: string;
  /** Packets that the target's group let no one in for. */
  readonly refused: number;
}

export async function targetOutcome({ daemon, network, groupId, jobName }: TargetSetting): Promise<TargetOutcome> {
  return await until(`${jobName} ends`, async () => {
    const { TrainingJobStatus: status = '', FailureReason: reason = '' } = await describeJob(daemon, jobName);
    if (status === 'InProgress') return undefined;
    return { status, reason, refused: await daemon.refusedPackets(network.vpcId, `ingress.${groupId}`) };
  });
}

/** The job failed because the group let it in nowhere, and the kernel counted it. */
export async function claimRefused(made: TargetSetting): Promise<string> {
  const { status, refused } = await targetOutcome(made);
  claim(status === 'Failed', `${made.jobName} is ${status}`);
  claim(refused > 0, `counter ingress.${made.groupId} did not grow`);
  return `counter ingress.${made.groupId}: ${refused} packets`;
}
