import type { NetworkInterfaceInfo } from 'node:os';
import type { ContainerDriver } from '../../../src/drivers/container/container-driver.ts';
import { createJob, jobRequest, logLine, until } from '../job.ts';
import { createNetwork, networkInterfaces, type Network } from '../network.ts';
import { replacing } from '../replacing.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
}

/** Tells what the container sees of its network, and stays while its interfaces are looked at. */
const program =
  "process.on('SIGTERM',()=>process.exit(0));setInterval(()=>{},1e3);" +
  "const c=JSON.parse(require('fs').readFileSync('/opt/ml/input/config/resourceconfig.json'));" +
  "console.log('T10 '+JSON.stringify([c.network_interface_name,require('os').networkInterfaces()]))";

/** A container with a network namespace of its own that leads nowhere. */
const elsewhere = (driver: ContainerDriver): ContainerDriver =>
  replacing(driver, { create: async (spec) => await driver.create({ ...spec, networkNamespacePath: 'none' }) });

async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon);
  const jobName = world.name('t10');
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: ['node', '-e', program] }));
  return { daemon, network, jobName };
}

export const t10: SeedRow = {
  id: 'T10',
  client: 'JS SDK',
  command: 'DescribeNetworkInterfaces, and os.networkInterfaces() in the container',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion({ daemon, network, jobName }) {
        const [named, inside] = JSON.parse(await logLine(daemon, jobName, 'T10')) as [string, Record<string, NetworkInterfaceInfo[]>];
        const algorithm = await until(`the algorithm's interface in ${network.vpcId}`, async () => {
          const found = await networkInterfaces(daemon, network);
          return found.find(({ Attachment }) => Attachment?.DeviceIndex === 1);
        });
        const { NetworkInterfaceId: id, PrivateIpAddress: address, MacAddress: mac } = algorithm;
        const others = Object.keys(inside).filter((name) => name !== 'lo' && name !== named);
        claim(others.length === 0, `the container has ${others.join(', ')} too`);
        const has = inside[named]?.some((one) => one.address === address && one.mac === mac) === true;
        claim(has, `${named} of the container is not ${id} (${address}, ${mac}) but ${JSON.stringify(inside[named])}`);
        return `${named} in the container has ${address} and ${mac} of ${id}`;
      },
      control: {
        without: "the algorithm interface's namespace: the container gets another one",
        setting: async (world) => await setting(world, await world.daemon({ containers: elsewhere })),
        refutedBy: /^eth0 of the container is not eni-\w+ \([\d.]+, [\da-f:]+\) but undefined$/,
      },
    }),
  ],
};
