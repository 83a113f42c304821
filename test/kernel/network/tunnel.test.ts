import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WireguardTunnels } from '../../../src/drivers/network/tunnel/wireguard-tunnels.ts';
import { findByCommandLine } from '../../../src/drivers/process/end-process.ts';
import type { World } from '../../../src/model/network/world.ts';
import { textOf } from '../../fixtures/holdings.ts';
import { captured, kindsBetween } from './capture.ts';
import { type Answer, Lab } from './lab.ts';
import { addresses, changed, enis, ids, numbers, rule, sampleWorld, withRules } from './sample-world.ts';

/** What a job's instances send each other, as the router sees it. The capture that finds nothing is shown to find it without the tunnel. */

const secret = 'KNOWN-PLAINTEXT';
const members = new Set<string>([enis.a, enis.server]);
const both = [addresses.a, addresses.server];

const withTunnel = (world: World): Partial<World> => ({
  networkInterfaces: world.networkInterfaces.map((eni) => (members.has(eni.networkInterfaceId) ? { ...eni, tunnel: 'trains' } : eni)),
});

let lab: Lab;
let folder: string;
let tunnels: WireguardTunnels;
let world: World = sampleWorld();

const ends = () =>
  [
    { name: 'a', number: numbers.a, address: addresses.a },
    { name: 'server', number: numbers.server, address: addresses.server },
  ].map(({ name, number, address }) => ({ directory: join(folder, name), networkNamespacePath: lab.eni(number), address }));

beforeAll(async () => {
  lab = await Lab.open();
  folder = mkdtempSync(join(tmpdir(), 'cloister-tunnel-'));
  tunnels = new WireguardTunnels({ root: folder });
  for (const { directory } of ends()) mkdirSync(directory);
  await lab.apply(world, ids.vpc);
  const script = `require('node:net').createServer((socket) => socket.on('error', () => {}).end('${secret}')).listen(7999, () => console.log('ready'))`;
  await lab.program({ kind: 'network-interface', number: numbers.server }, script);
});
afterAll(async () => {
  await tunnels.purge();
  await lab.close();
  rmSync(folder, { recursive: true });
});

async function change(edit: (world: World) => Partial<World>): Promise<void> {
  world = changed(world, ids.vpc, edit);
  await lab.apply(world, ids.vpc);
}

/** What came of it, the gates that dropped something, the kinds of packets between the two, and whether one of them was readable. */
async function attempt(): Promise<{ result: Answer; rose: string[]; kinds: string[]; isReadable: boolean }> {
  const router = lab.driver.namespacePath({ kind: 'vpc', number: numbers.vpc });
  const { result: counted, packets } = await captured(router, () => lab.counted(numbers.vpc, () => lab.connect(numbers.a, addresses.server, 7999)));
  return { ...counted, kinds: kindsBetween(packets, both), isReadable: packets.some(({ bytes }) => bytes.includes(secret)) };
}

const programs = (): string[] => findByCommandLine(`${folder}/`).map(({ pid }) => textOf(`/proc/${pid}/cmdline`).split('\0')[0] ?? '');

describe('between two instances', () => {
  it('without a tunnel everything is there to be read', async () => {
    const { kinds, ...rest } = await attempt();
    expect(rest).toEqual({ result: 'connected', rose: [], isReadable: true });
    expect(kinds).toHaveLength(2);
    expect(kinds.every((kind) => /^6 (?:7999 > \d+|\d+ > 7999)$/u.test(kind))).toBe(true);
  });

  it('the gate drops it before the tunnel is there', async () => {
    await change((before) => withTunnel(before));
    expect(await attempt()).toMatchObject({ result: 'no answer', rose: ['tunnel.trains'], isReadable: false });
  });

  it('a tunnel that a group does not let pass carries nothing', async () => {
    await tunnels.open(ends());
    expect(await attempt()).toEqual({ result: 'no answer', rose: [`egress.${ids.client}`], kinds: ['17 500 > 500'], isReadable: false });
  });

  it('udp 500 is all that the groups are asked, and all that there is to see', async () => {
    await change((before) => withRules(before, ids.client, (rules) => [...rules, rule('egress', 'udp', { groupId: ids.server }, 500)]));
    await change((before) => withRules(before, ids.server, (rules) => [...rules, rule('ingress', 'udp', { groupId: ids.client }, 500)]));
    await change((before) => withRules(before, ids.server, (rules) => rules.filter(({ fromPort }) => fromPort !== 7999)));
    // With new keys: the old ones wait seconds before they ask again.
    await tunnels.open(ends());
    expect(await attempt()).toEqual({ result: 'connected', rose: [], kinds: ['17 500 > 500'], isReadable: false });
  });

  it('its programs can administer their network, and nothing else, and tell nobody their keys', async () => {
    // Each beside the bubblewrap that waits for it.
    expect(
      programs()
        .filter((program) => program.startsWith(folder))
        .toSorted(),
    ).toEqual([`${folder}/a/wireguard-go`, `${folder}/server/wireguard-go`]);
    for (const { pid } of findByCommandLine('/wireguard-go\0-f').filter(({ pid }) => textOf(`/proc/${pid}/cmdline`).startsWith(folder))) {
      expect(textOf(`/proc/${pid}/status`)).toMatch(/^CapPrm:\s+0*1000\n.*\nCapBnd:\s+0*1000$/mu);
      expect(textOf(`/proc/${pid}/cmdline`) + textOf(`/proc/${pid}/environ`)).not.toMatch(/[A-Za-z0-9+/]{43}=/u);
    }
  });

  it('when an end dies nothing goes around it', async () => {
    const [dying] = findByCommandLine(`${folder}/a/wireguard-go\0-f`);
    process.kill(dying?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => tunnels.isOpen(join(folder, 'a'))).toBe(false);
    expect(await attempt()).toMatchObject({ result: 'no answer', rose: ['tunnel.trains'], isReadable: false });
    expect(tunnels.isOpen(join(folder, 'server'))).toBe(true);
  });

  it('opens again, and closes', async () => {
    await tunnels.open(ends());
    expect(await attempt()).toMatchObject({ result: 'connected', rose: [], kinds: ['17 500 > 500'], isReadable: false });
    for (const end of ends()) await tunnels.close(end);
    for (const end of ends()) await tunnels.close(end);
    expect(programs()).toEqual([]);
    expect(await attempt()).toMatchObject({ result: 'no answer', rose: ['tunnel.trains'] });
  });

  it('a purge finds what nobody closed', async () => {
    await tunnels.open(ends());
    expect(await new WireguardTunnels({ root: folder }).purge()).toHaveLength(2);
    expect(programs()).toEqual([]);
  });
});
