import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { run } from '../../src/drivers/process/process.ts';
import { linkGateway, linkGatewayMac } from '../../src/model/network/reserved.ts';
import { until } from './job.ts';
import type { Network } from './network.ts';
import type { SeedDaemon } from './seed-daemon.ts';
import type { World } from './world.ts';

/** A web server of the internet (TEST-NET-3), one link away from a VPC's router. */
export const outside = { address: '203.0.113.10', port: 80, link: 'out', mac: '0a:00:cb:00:71:0a' } as const;

/** Ends with whoever started it. */
const server =
  `require('node:http').createServer((q,s)=>s.end('outside')).listen(${outside.port},()=>console.log('listening'));` +
  `process.stdin.resume().on('end',()=>process.exit())`;

/** Puts the server there and joins it to the router by hand: what keeps a container from it are the gates alone. */
export async function linkOutside(world: World, daemon: SeedDaemon, { vpcId }: Network): Promise<void> {
  const routerPath = await until(`the router of ${vpcId}`, () => Promise.resolve(daemon.routerPath(vpcId)));
  const router = routerPath.slice('/run/netns/'.length);
  const name = world.namespaceName();
  const { address, link, mac } = outside;
  const batch = async (namespace: string, lines: readonly string[]): Promise<string> =>
    await run(['ip', '-netns', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  await run(['ip', 'netns', 'add', name]);
  await batch(name, [
    'link set lo up',
    `link add name eth0 address ${mac} type veth peer name ${link} address ${linkGatewayMac} netns ${router}`,
    `addr add ${address}/32 dev eth0`,
    'link set eth0 up',
    `neigh replace ${linkGateway} lladdr ${linkGatewayMac} dev eth0 nud permanent`,
    `route add ${linkGateway} dev eth0`,
    `route add default via ${linkGateway} dev eth0 src ${address}`,
  ]);
  await batch(router, [`link set ${link} up`, `neigh replace ${address} lladdr ${mac} dev ${link} nud permanent`]);
  const child = spawn('nsenter', [`--net=/run/netns/${name}`, process.execPath, '-e', server], { stdio: ['pipe', 'pipe', 'inherit'] });
  world.onClose(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout, 'data');
}

/** Whether the link is there and both its ends are open. */
export async function isLinked(daemon: SeedDaemon, { vpcId }: Network): Promise<boolean> {
  const router = (daemon.routerPath(vpcId) ?? '').slice('/run/netns/'.length);
  const [link] = JSON.parse(await run(['ip', '-netns', router, '-json', 'link', 'show', outside.link])) as { flags: string[] }[];
  return link?.flags.includes('LOWER_UP') === true;
}
