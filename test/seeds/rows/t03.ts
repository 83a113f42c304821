import {
  AssociateAddressCommand,
  AllocateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  ModifySubnetAttributeCommand,
} from '@aws-sdk/client-ec2';
import { compile } from '../../../src/model/network/compile.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { createPublicNetwork, createStranger, type PublicNetwork, publicIpOf, withPublicJobs } from '../internet.ts';
import { createJob, jobRequest, logLine } from '../job.ts';
import { networkInterfaces } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: PublicNetwork;
  readonly stranger: string;
  readonly jobName: string;
}

const port = 8080;
const program = `require('node:http').createServer((q,s)=>s.end('inside')).listen(${port},()=>console.log('T3 listens'));process.on('SIGTERM',()=>process.exit(0))`;

/** A job in a public subnet, whose groups let everybody in. */
async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createPublicNetwork(daemon);
  const [SubnetId = ''] = network.subnetIds;
  await daemon.ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await daemon.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: network.groupIds[0], IpPermissions }));
  return { daemon, network, stranger: await createStranger(daemon), jobName: world.name('t3') };
}

/** What somebody on the internet gets from an address. */
async function askedFrom(namespace: string, address: string): Promise<string> {
  const script = `fetch('http://${address}:${port}',{signal:AbortSignal.timeout(2e3)}).then(async r=>console.log(await r.text()),e=>console.log(e.name))`;
  return (await run(['nsenter', `--net=${namespace}`, process.execPath, '-e', script])).trim();
}

export const t3: SeedRow = {
  id: 'T3',
  client: 'JS SDK; fetch from the internet',
  command: 'CreateTrainingJob in a public subnet with MapPublicIpOnLaunch, DescribeNetworkInterfaces, AssociateAddress',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion({ daemon, network, stranger, jobName }) {
        await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: ['node', '-e', program] }));
        await logLine(daemon, jobName, 'T3');
        // The algorithm's before its agent's, where nobody listens.
        const own = (await networkInterfaces(daemon, network)).toSorted((a, b) => (b.Description ?? '').localeCompare(a.Description ?? ''));
        for (const { PrivateIpAddress = '' } of own) {
          const got = await askedFrom(daemon.interfacePath(stranger), publicIpOf(PrivateIpAddress));
          claim(got === 'TimeoutError', `the internet got from a container: ${got}`);
          const direct = await askedFrom(daemon.interfacePath(stranger), PrivateIpAddress);
          claim(direct === 'TimeoutError' || direct === 'TypeError', `the internet got from a private address: ${direct}`);
        }
        claim(own.length === 2 && own.every(({ Association }) => Association === undefined), 'an interface of the job has a public address');
        const { AllocationId } = await daemon.ec2.send(new AllocateAddressCommand({}));
        const NetworkInterfaceId = own[0]?.NetworkInterfaceId ?? '';
        const given = await daemon.ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId })).then(
          () => 'given',
          (error: Error) => error.name,
        );
        claim(given === 'OperationNotPermitted', `AssociateAddress to an interface of the job is ${given}`);
        return 'no public address on either interface, AssociateAddress is OperationNotPermitted, and nobody outside gets an answer';
      },
      control: {
        without: 'the rule that interfaces of jobs have no public address',
        setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(withPublicJobs(all), vpcId) })),
        refutedBy: /^the internet got from a container: inside$/,
      },
    }),
  ],
};
