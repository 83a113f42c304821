import { AuthorizeSecurityGroupEgressCommand, type IpPermission, RevokeSecurityGroupEgressCommand } from '@aws-sdk/client-ec2';
import { asksHost, claimCompiled, compilationIn, type CompilationSetting, createCompilation } from '../compilation.ts';
import { createNetwork } from '../network.ts';
import { attachHost, createTargetGroup, hostPort } from '../private-host.ts';
import { proofOf, type SeedRow } from '../seed.ts';
import type { World } from '../world.ts';

const subnet = '10.0.1.0/24';

interface Egress {
  readonly s3: boolean;
  readonly subnet: boolean;
}

/** A job whose group lets it out to these and to nothing else, and whose compiler asks a host in the subnet. */
async function setting(world: World, egress: Egress): Promise<CompilationSetting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { subnets: [subnet], endpoint: 'in-table', members: 'strangers' });
  const jobName = world.name('c20');
  const address = await attachHost(world, daemon, network, await createTargetGroup(daemon, network, jobName, hostPort));
  const [GroupId = ''] = network.groupIds;
  const all: IpPermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await daemon.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: all }));
  const { PrefixLists } = await daemon.aws('ec2', 'describe-prefix-lists', '--filters', 'Name=prefix-list-name,Values=com.amazonaws.us-east-1.s3');
  const rules: IpPermission[] = [
    ...(egress.s3 ? [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: PrefixLists[0].PrefixListId }] }] : []),
    ...(egress.subnet ? [{ IpProtocol: '-1', IpRanges: [{ CidrIp: subnet }] }] : []),
  ];
  await daemon.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: rules }));
  const made = await compilationIn(daemon, network, jobName, asksHost(address, hostPort));
  await createCompilation(made);
  return made;
}

async function assertion(made: CompilationSetting): Promise<string> {
  await claimCompiled(made);
  return `${made.jobName} is COMPLETED with egress to the prefix list of S3 and to ${subnet} alone`;
}

const proofWithout = (without: string, egress: Egress, refutedBy: RegExp) =>
  proofOf<CompilationSetting>({
    setting: async (world) => await world.shared('c20', async () => await setting(world, { s3: true, subnet: true })),
    assertion,
    control: { without, setting: async (world) => await setting(world, egress), refutedBy },
  });

export const c20: SeedRow = {
  id: 'C20',
  client: 'JS SDK; sockets in the compiler',
  command: 'RevokeSecurityGroupEgress, AuthorizeSecurityGroupEgress; CreateCompilationJob beside a host in the subnet',
  proofs: [
    proofWithout(
      'outbound communication to S3',
      { s3: false, subnet: true },
      /^c20-\d+ is FAILED: ClientError: InputConfiguration: Please ensure .*sg-\w+/,
    ),
    proofWithout(
      "outbound communication to the subnet's CIDR range",
      { s3: true, subnet: false },
      /^c20-\d+ is FAILED: ClientError: CompilationError: no answer of .*sg-\w+/,
    ),
  ],
};
