import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeOwner } from '../../../src/drivers/network/network-driver.ts';
import { LinuxNetworkDriver } from '../../../src/drivers/network/linux/linux-network-driver.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { edgePlan } from '../../../src/model/network/edge.ts';
import { trace } from '../../../src/model/network/trace.ts';
import type { World } from '../../../src/model/network/world.ts';
import { present } from '../../../src/stdx/assert.ts';
import { edge, edgeEnis, edgeNumbers, edgeWorld } from './edge-world.ts';
import { Lab } from './lab.ts';
import { Outside } from './outside.ts';
import { ids } from './sample-world.ts';

let lab: Lab;
let outside: Outside;
let world: World;

beforeAll(async () => {
  lab = await Lab.open();
  outside = await Outside.open(lab.prefix);
  world = { ...edgeWorld(), uplink: { machineBlocks: await lab.driver.uplink.machineBlocks() } };
  await lab.driver.ensureEdge(edgePlan(world.uplink));
  await lab.apply(world, ids.vpc);
});
afterAll(async () => {
  await outside.close();
  await lab.close();
});

const seenAs = async (from: number, to: string): Promise<string> =>
  await lab.inside({ kind: 'network-interface', number: from }, 'timeout', '2', 'bash', '--norc', '-c', `exec 3<>/dev/tcp/${to}/443; cat <&3`);

const dialling = (to: string, port = 443): [string, ...string[]] => ['timeout', '0.5', 'bash', '--norc', '-c', `exec 3<>/dev/tcp/${to}/${port}`];
const unanswered = 'exit code 124';

/** What the edge dropped for a destination, of all packets of its kind. */
const droppedFor = async (to: string): Promise<number> =>
  (await lab.driver.edgeDrops())
    .filter(({ gate, destination }) => gate === 'edge' && destination === to)
    .reduce((sum, { packets }) => sum + packets, 0);

const edgeCount = async (): Promise<number> => {
  const text = await lab.inside(edgeOwner, 'nft', 'list', 'counter', 'ip', 'cloister', 'edge');
  return Number(/packets (?<packets>\d+)/u.exec(text)?.groups?.['packets']);
};

const gateOf = (to: string): string => {
  const { verdict, decidedBy, arrivesAt } = trace(world, { from: edgeEnis.privateJob, to, protocol: 'tcp', port: 443 });
  return `${verdict} ${decidedBy.gate} ${arrivesAt.kind}`;
};

/** What this machine's own namespace holds under the names of this test. */
async function heldByMachine(prefix: string): Promise<{ links: string[]; tables: string[]; routes: string[] }> {
  const lines = async (...argv: [string, ...string[]]): Promise<string[]> => (await run(argv)).split('\n').filter((line) => line.includes(prefix));
  return {
    links: await lines('ip', '-brief', 'link', 'show'),
    tables: await lines('nft', 'list', 'tables'),
    routes: await lines('ip', 'route', 'show', 'table', 'all'),
  };
}

/** The edge's own address on the uplink. */
async function ownAddress(): Promise<string> {
  const shown = await lab.inside(edgeOwner, 'ip', '-brief', '-4', 'address', 'show', 'dev', 'uplink');
  return present(/(?<address>198\.18\.\d+\.\d+)/u.exec(shown)?.groups?.['address'], 'the uplink has an address');
}

describe('the uplink of the internet edge', () => {
  it('is seen outside under the address of the machine, for a NAT gateway and for an Elastic IP', async () => {
    expect(await seenAs(edgeNumbers.privateJob, outside.address)).toBe(outside.machine);
    expect(await seenAs(edgeNumbers.host, outside.address)).toBe(outside.machine);
    expect(gateOf(outside.address)).toBe('accepted edge uplink');
  });

  it('is no way for who has no way to the edge', async () => {
    const { result, rose } = await lab.counted(1, () => lab.connect(edgeNumbers.publicJob, outside.address, 443));
    expect([result, rose]).toEqual(['no answer', [`internet-gateway.${edge.gateway}`]]);
  });

  it('is closed for private, shared, documentation and reserved ranges, and for every address of the machine', async () => {
    const own = (await lab.driver.uplink.machineBlocks()).filter((block) => !block.startsWith('127.') && !block.includes('/'));
    expect(own).toContain(outside.machine);
    for (const to of ['10.99.9.9', '172.16.9.9', '192.168.9.9', '100.64.9.9', '198.18.9.9', '198.19.9.9', outside.machine, ...own.slice(0, 2)]) {
      const before = [await droppedFor(to), await edgeCount()] as const;
      await expect(lab.inside({ kind: 'network-interface', number: edgeNumbers.privateJob }, ...dialling(to))).rejects.toThrow(unanswered);
      expect([to, gateOf(to)]).toEqual([to, 'dropped edge edge']);
      expect(await droppedFor(to)).toBeGreaterThan(before[0]);
      expect(await edgeCount()).toBeGreaterThan(before[1]);
    }
  });

  it('is closed for an address that the machine got a moment ago, before the edge knows of it', async () => {
    const late = '203.0.113.255';
    expect(await lab.driver.uplink.machineBlocks()).not.toContain(late);
    await run(['ip', 'address', 'add', `${late}/32`, 'dev', `${lab.prefix}o`]);
    try {
      // The machine would answer that nobody listens.
      expect(await lab.connect(edgeNumbers.privateJob, late, 443)).toBe('no answer');
    } finally {
      await run(['ip', 'address', 'delete', `${late}/32`, 'dev', `${lab.prefix}o`]);
    }
  });

  it('opens no connection inward, from the machine or from beyond it', async () => {
    const own = await ownAddress();
    const before = await edgeCount();
    await expect(run(dialling(own))).rejects.toThrow(unanswered);
    expect(await edgeCount()).toBeGreaterThan(before);
    await expect(outside.inside(dialling(own))).rejects.toThrow(unanswered);
    // The machine's root may send a packet for an Elastic IP there: one test at a time.
    const route = ['ip', 'route', 'add', `${edge.hostIp}/32`, 'via', own, 'dev', `${lab.prefix}u`, 'onlink'] as const;
    await expect.poll(async () => await run(route).catch(String), { timeout: 10_000 }).toBe('');
    try {
      const dropped = await droppedFor(edge.hostIp);
      await expect(run(dialling(edge.hostIp, 7000))).rejects.toThrow(unanswered);
      expect(await droppedFor(edge.hostIp)).toBeGreaterThan(dropped);
    } finally {
      await run(['ip', 'route', 'delete', `${edge.hostIp}/32`, 'dev', `${lab.prefix}u`]);
    }
  });

  it('comes back after somebody took its link or its rules away', async () => {
    await run(['ip', 'link', 'delete', `${lab.prefix}u`]);
    await run(['nft', 'delete', 'table', 'ip', `${lab.prefix}-uplink`]);
    expect(await lab.connect(edgeNumbers.host, outside.address, 443)).toBe('no answer');
    await lab.driver.ensureEdge(edgePlan(world.uplink), { verify: true });
    expect(await seenAs(edgeNumbers.host, outside.address)).toBe(outside.machine);
  });

  it('is taken over by a driver that finds it, and taken away by one that is to have none', async () => {
    const own = await ownAddress();
    const next = new LinuxNetworkDriver({ prefix: lab.prefix });
    await next.ensureEdge(edgePlan(world.uplink));
    expect(await ownAddress()).toBe(own);
    expect(await seenAs(edgeNumbers.host, outside.address)).toBe(outside.machine);
    await new LinuxNetworkDriver({ prefix: lab.prefix }).ensureEdge(edgePlan());
    expect(await heldByMachine(`${lab.prefix}u`)).toEqual({ links: [], tables: [], routes: [] });
    expect(await heldByMachine(`${lab.prefix}-`)).toEqual({ links: [], tables: [], routes: [] });
    expect(await lab.connect(edgeNumbers.host, outside.address, 443)).toBe('no answer');
    expect(await lab.inside(edgeOwner, 'nft', 'list', 'ruleset')).not.toContain('uplink');
  });

  it('leaves nothing to a purge by name alone, and does not touch what others have', async () => {
    await run(['nft', 'add', 'table', 'ip', `${lab.prefix}other`]);
    const forwards = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8');
    try {
      await lab.driver.ensureEdge(edgePlan(world.uplink), { verify: true });
      const there = await heldByMachine(lab.prefix);
      expect([there.links.length, there.tables.length]).toEqual([2, 2]);
      await new LinuxNetworkDriver({ prefix: lab.prefix }).purge();
      const left = await heldByMachine(lab.prefix);
      expect(left.tables).toEqual([`table ip ${lab.prefix}other`]);
      expect(left.links.map((line) => line.split('@')[0])).toEqual([`${lab.prefix}o`]);
      expect(readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8')).toBe(forwards);
    } finally {
      await run(['nft', 'delete', 'table', 'ip', `${lab.prefix}other`]);
    }
  });
});
