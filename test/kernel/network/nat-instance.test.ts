import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeOwner } from '../../../src/drivers/network/network-driver.ts';
import { edgePlan } from '../../../src/model/network/edge.ts';
import { trace } from '../../../src/model/network/trace.ts';
import type { World } from '../../../src/model/network/world.ts';
import { edge, edgeAddresses, edgeEnis, edgeNumbers, edgeWorld } from './edge-world.ts';
import { Lab } from './lab.ts';
import { changed, ids, numbers, rule } from './sample-world.ts';

/** An interface of the user's own that forwards: a NAT instance in the public subnet, to which the private subnet's route leads. */

const s3 = '198.18.0.10';
const forwarder = { kind: 'network-interface', number: edgeNumbers.host } as const;
let lab: Lab;
let world: World;

function routedThroughForwarder(): World {
  const base = edgeWorld();
  return {
    ...base,
    routeTables: base.routeTables.map((table) =>
      table.routeTableId === edge.privateTable
        ? {
            ...table,
            routes: [{ destination: { cidrBlock: '0.0.0.0/0' }, target: { kind: 'network-interface', networkInterfaceId: edgeEnis.host } }],
          }
        : table,
    ),
    securityGroups: base.securityGroups.map((group) => ({
      ...group,
      rules: [...group.rules, rule('ingress', 'tcp', { cidrBlock: '10.0.12.0/24' }, 443)],
    })),
  };
}

const withCheck = (sourceDestCheck: boolean): World =>
  changed(world, ids.vpc, (w) => ({
    networkInterfaces: w.networkInterfaces.map((row) => (row.networkInterfaceId === edgeEnis.host ? { ...row, sourceDestCheck } : row)),
  }));

async function setCheck(sourceDestCheck: boolean): Promise<void> {
  world = withCheck(sourceDestCheck);
  await lab.apply(world, ids.vpc);
}

const attempt = async (from: number, to: string, port: number) => await lab.counted(numbers.vpc, () => lab.connect(from, to, port));
const traced = (port = 443) => trace(world, { from: edgeEnis.privateJob, to: s3, protocol: 'tcp', port });

beforeAll(async () => {
  lab = await Lab.open();
  world = routedThroughForwarder();
  await lab.driver.ensureEdge(edgePlan());
  await lab.apply(world, ids.vpc);
  await lab.program(
    edgeOwner,
    `require('node:net').createServer((socket) => socket.on('error', () => {}).end(socket.remoteAddress)).listen(443, '0.0.0.0', () => console.log('ready'));`,
  );
  // What its owner does there: the namespace is its own.
  await lab.inside(forwarder, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  await lab.inside(forwarder, 'nft', 'add table ip own; add chain ip own out { type nat hook postrouting priority srcnat; }');
  await lab.inside(forwarder, 'nft', `add rule ip own out oifname eth0 snat to ${edgeAddresses.host}`);
});
afterAll(async () => lab.close());

describe('an interface that a route leads to', () => {
  it('takes nothing for others while its source/destination check is on', async () => {
    expect(await attempt(edgeNumbers.privateJob, s3, 443)).toEqual({ result: 'no answer', rose: [`destination-check.${ids.vpc}`] });
    expect(traced().decidedBy).toMatchObject({ gate: 'destination-check', passed: false, counters: [`destination-check.${ids.vpc}`] });
  });

  it('forwards when it is off, under its own Elastic IP', async () => {
    await setCheck(false);
    const seenAs = await lab.inside(
      { kind: 'network-interface', number: edgeNumbers.privateJob },
      'timeout',
      '2',
      'bash',
      '--norc',
      '-c',
      `exec 3<>/dev/tcp/${s3}/443; cat <&3`,
    );
    expect(seenAs).toBe(edge.hostIp);
    expect([traced().verdict, traced().handedOn]).toEqual(['accepted', true]);
  });

  it('takes only what its groups let in, and the gates of others are as they were', async () => {
    expect(await attempt(edgeNumbers.privateJob, s3, 80)).toEqual({ result: 'no answer', rose: [`ingress.${edge.group}`] });
    expect(traced(80).decidedBy).toMatchObject({ gate: 'ingress-groups', passed: false });
    // Its neighbour still speaks as nobody but itself.
    await lab.inside({ kind: 'network-interface', number: edgeNumbers.publicJob }, 'ip', 'address', 'add', '10.0.11.200/32', 'dev', 'lo');
    const spoofing = lab.inside(
      { kind: 'network-interface', number: edgeNumbers.publicJob },
      'timeout',
      '0.5',
      process.execPath,
      '-e',
      `require('node:net').connect({ host: '${edgeAddresses.host}', port: 443, localAddress: '10.0.11.200' }).on('error', () => {})`,
    );
    const { rose } = await lab.counted(numbers.vpc, async () => await spoofing.catch(() => undefined));
    expect(rose).toEqual([`spoof.${ids.vpc}`]);
  });

  it('takes nothing any more as soon as the check is on again', async () => {
    await setCheck(true);
    expect(await attempt(edgeNumbers.privateJob, s3, 443)).toEqual({ result: 'no answer', rose: [`destination-check.${ids.vpc}`] });
  });
});
