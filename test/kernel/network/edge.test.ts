import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeOwner } from '../../../src/drivers/network/network-driver.ts';
import { edgePlan } from '../../../src/model/network/edge.ts';
import { compile } from '../../../src/model/network/compile.ts';
import { trace } from '../../../src/model/network/trace.ts';
import type { World } from '../../../src/model/network/world.ts';
import { present } from '../../../src/stdx/assert.ts';
import { edge, edgeAddresses, edgeEnis, edgeNumbers, edgeWorld } from './edge-world.ts';
import { type Answer, Lab } from './lab.ts';
import { changed, ids, numbers } from './sample-world.ts';

const s3 = '198.18.0.10';
let lab: Lab;
let world: World = edgeWorld();

/** Tells who it sees: the answer to a connection is its source address. */
const mirrorScript = `const net = require('node:net');
  net.createServer((socket) => socket.on('error', () => {}).end(socket.remoteAddress)).listen(PORT, 'ADDRESS', () => console.log('ready'));`;
const mirror = (address: string, port: number): string => mirrorScript.replace('ADDRESS', address).replace('PORT', String(port));

const echoScript = `require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(80, '0.0.0.0', () => console.log('ready'));`;
/** One connection, kept: says what came back to each word, or that nothing did. */
const talkScript = `const socket = require('node:net').connect(80, '${s3}', () => console.log('ready'));
  socket.on('error', () => {});
  process.stdin.on('data', (word) => {
    const timer = setTimeout(() => { socket.removeAllListeners('data'); console.log('nothing'); }, 1000);
    socket.once('data', (answer) => { clearTimeout(timer); console.log(String(answer).trim()); });
    socket.write(word);
  });`;

beforeAll(async () => {
  lab = await Lab.open();
  await lab.driver.ensureEdge(edgePlan());
  await lab.apply(world, ids.vpc);
  await Promise.all([
    lab.program(edgeOwner, mirror('0.0.0.0', 443)),
    lab.program({ kind: 'network-interface', number: edgeNumbers.host }, mirror('0.0.0.0', 7000)),
  ]);
});
afterAll(async () => lab.close());

async function apply(change: (world: World) => Partial<World>): Promise<void> {
  world = changed(world, ids.vpc, change);
  await lab.apply(world, ids.vpc);
}

/** Who the other side says it is. */
const seenAs = async (from: number, to: string, port: number): Promise<string> =>
  await lab.inside({ kind: 'network-interface', number: from }, 'timeout', '2', 'bash', '--norc', '-c', `exec 3<>/dev/tcp/${to}/${port}; cat <&3`);

const attempt = async (from: number, to: string, port: number): Promise<{ result: Answer; rose: string[] }> =>
  await lab.counted(numbers.vpc, () => lab.connect(from, to, port));
const droppedBy = (...rose: string[]) => ({ result: 'no answer', rose });
const gateOf = (from: string, to: string, port: number): string => {
  const { verdict, decidedBy } = trace(world, { from, to, protocol: 'tcp', port });
  return `${verdict} ${decidedBy.gate}`;
};

describe('the internet edge in the kernel', () => {
  it('is reached through a NAT gateway, whose Elastic IP is seen there', async () => {
    expect(await seenAs(edgeNumbers.privateJob, s3, 443)).toBe(edge.natIp);
    expect(gateOf(edgeEnis.privateJob, s3, 443)).toBe('accepted edge');
  });

  it('is reached from an interface with an Elastic IP', async () => {
    expect(await seenAs(edgeNumbers.host, s3, 443)).toBe(edge.hostIp);
  });

  it('is not reached from a public subnet without a public address', async () => {
    expect(await attempt(edgeNumbers.publicJob, s3, 443)).toEqual(droppedBy(`internet-gateway.${edge.gateway}`));
    expect(gateOf(edgeEnis.publicJob, s3, 443)).toBe('dropped internet-gateway');
  });

  it('is not reached from a subnet without a way out', async () => {
    expect(await attempt(edgeNumbers.lonely, s3, 443)).toEqual(droppedBy(`route.${ids.mainTable}`));
    expect(gateOf(edgeEnis.lonely, s3, 443)).toBe('dropped route');
  });

  it('has no way on: other public addresses are dropped there, and counted', async () => {
    expect(await attempt(edgeNumbers.privateJob, '8.8.8.8', 443)).toEqual({ result: 'no answer', rose: [] });
    expect(gateOf(edgeEnis.privateJob, '8.8.8.8', 443)).toBe('dropped edge');
    const drops = await lab.driver.edgeDrops();
    expect(drops).toContainEqual(expect.objectContaining({ gate: 'edge', source: edge.natIp, destination: '8.8.8.8', destinationPort: 443 }));
  });

  it('opens no connection to a NAT gateway, and only what its groups allow to an interface with an Elastic IP', async () => {
    expect(await attempt(edgeNumbers.host, edge.natIp, 443)).toEqual(droppedBy(`nat-gateway.${edge.nat}`));
    expect(gateOf(edgeEnis.host, edge.natIp, 443)).toBe('dropped nat-gateway');
    expect(await attempt(edgeNumbers.privateJob, edge.hostIp, 7001)).toEqual(droppedBy(`ingress.${edge.group}`));
    expect(gateOf(edgeEnis.privateJob, edge.hostIp, 7001)).toBe('dropped ingress-groups');
    expect(await seenAs(edgeNumbers.privateJob, edge.hostIp, 7000)).toBe(edge.natIp);
    expect(gateOf(edgeEnis.privateJob, edge.hostIp, 7000)).toBe('accepted ingress-groups');
  });

  it('keeps a NAT gateway from sending round what its own table leads back to it', async () => {
    const before = world;
    await apply((w) => ({
      routeTables: w.routeTables.map((table) =>
        table.routeTableId === edge.publicTable
          ? { ...table, routes: [{ destination: { cidrBlock: '0.0.0.0/0' }, target: { kind: 'nat-gateway', natGatewayId: edge.nat } }] }
          : table,
      ),
    }));
    expect(await attempt(edgeNumbers.privateJob, s3, 443)).toEqual(droppedBy(`nat-gateway.${edge.nat}`));
    expect(gateOf(edgeEnis.privateJob, s3, 443)).toBe('dropped nat-gateway');
    await apply(() => ({ routeTables: before.routeTables }));
    expect(await attempt(edgeNumbers.privateJob, s3, 443)).toEqual({ result: 'connected', rose: [] });
  });

  it('forgets an Elastic IP that is taken away, also for flows under way', async () => {
    const before = world;
    await lab.program(edgeOwner, echoScript);
    const { child } = await lab.program({ kind: 'network-interface', number: edgeNumbers.host }, talkScript);
    const answers = createInterface({ input: present(child.stdout, 'a pipe') })[Symbol.asyncIterator]();
    const talk = async (): Promise<string> => {
      child.stdin?.write('talk\n');
      return String((await answers.next()).value);
    };
    expect(await talk()).toBe('talk');
    await apply((w) => ({ elasticIps: w.elasticIps.filter(({ publicIp }) => publicIp !== edge.hostIp) }));
    expect(await talk()).toBe('nothing');
    expect(await attempt(edgeNumbers.host, s3, 443)).toEqual(droppedBy(`internet-gateway.${edge.gateway}`));
    expect(gateOf(edgeEnis.privateJob, edge.hostIp, 7000)).toBe('dropped edge');
    expect((await attempt(edgeNumbers.privateJob, edge.hostIp, 7000)).result).toBe('no answer');
    await apply(() => ({ elasticIps: before.elasticIps }));
    expect(await seenAs(edgeNumbers.host, s3, 443)).toBe(edge.hostIp);
  });

  it('comes back after somebody took its links and rules away', async () => {
    await lab.inside({ kind: 'internet-gateway', number: edgeNumbers.gateway }, 'nft', 'flush', 'ruleset');
    await lab.inside(edgeOwner, 'ip', 'link', 'del', `g${edgeNumbers.gateway}`);
    expect(await lab.connect(edgeNumbers.host, s3, 443)).toBe('no answer');
    await lab.driver.ensureEdge(edgePlan(), { verify: true });
    await lab.driver.apply(compile(world, ids.vpc), { verify: true });
    expect(await seenAs(edgeNumbers.host, s3, 443)).toBe(edge.hostIp);
  });

  it('goes with the gateway, and with the last one', async () => {
    await apply((w) => ({ internetGateways: [], routeTables: w.routeTables }));
    expect(await attempt(edgeNumbers.privateJob, s3, 443)).toEqual(droppedBy(`route.${edge.publicTable}`));
    expect(gateOf(edgeEnis.privateJob, s3, 443)).toBe('dropped route');
    expect(await lab.inside(edgeOwner, 'ip', '-4', 'route', 'show')).toBe('');
    expect(await lab.driver.removeEdge()).toBe(true);
    expect(await lab.driver.removeEdge()).toBe(false);
  });

  it('is not joined by a gateway when it is not there', async () => {
    await expect(apply(() => ({ internetGateways: edgeWorld().internetGateways }))).rejects.toThrow('the internet edge is not there');
    expect(await lab.connect(edgeNumbers.host, edgeAddresses.nat, 80)).toBe('no answer');
  });
});
