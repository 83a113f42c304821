import { describe, expect, it } from 'vitest';
import { edge, edgeEnis, edgeWorld } from '../../../test/kernel/network/edge-world.ts';
import { parseAddress } from './addresses.ts';
import { causeOfTrace } from './cause.ts';
import { edgePlan } from './edge.ts';
import { arrivalText, hopsOf } from './hops.ts';
import { printRuleset } from './ruleset-text.ts';
import { trace } from './trace.ts';
import { closedElements, closedFor, machineRuleset } from './uplink.ts';
import type { World } from './world.ts';

const uplink = { machineBlocks: ['127.0.0.0/8', '127.0.0.1', '192.0.2.7', '192.0.2.255', '10.1.2.3', '203.0.113.0/24', '203.0.113.9'] };
const withUplink = (): World => ({ ...edgeWorld(), uplink });
const ask = (to: string) => trace(withUplink(), { from: edgeEnis.privateJob, to, protocol: 'tcp', port: 443 });

describe('the uplink', () => {
  it('is closed for ranges that are nobody’s on the internet, and for the machine, each block once', () => {
    expect(closedElements(uplink)).toEqual([
      '0.0.0.0/8',
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.0.0.0/24',
      '192.0.2.7/32',
      '192.0.2.255/32',
      '192.168.0.0/16',
      '198.18.0.0/15',
      '203.0.113.0/24',
      '224.0.0.0/4',
      '240.0.0.0/4',
    ]);
  });

  it.each([
    ['9.255.255.255', undefined],
    ['10.0.0.0', 'private'],
    ['11.0.0.0', undefined],
    ['100.63.255.255', undefined],
    ['100.64.0.0', 'shared address space'],
    ['100.128.0.0', undefined],
    ['172.15.255.255', undefined],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', undefined],
    ['192.0.2.6', undefined],
    ['192.0.2.7', 'an address of this machine'],
    ['198.19.255.255', 'what Cloister keeps for itself'],
    ['198.20.0.0', undefined],
    ['223.255.255.255', undefined],
    ['255.255.255.255', 'reserved'],
  ])('at %s is closed as %s', (address, what) => {
    expect(closedFor(uplink, parseAddress(address) ?? -1)?.what).toBe(what);
  });

  it('is this in the kernel', async () => {
    await expect(printRuleset(edgePlan(uplink).ruleset)).toMatchFileSnapshot('golden/edge-with-uplink.nft');
    await expect(machineRuleset('cloister-uplink', 'cloisteru', '198.18.4.1', closedElements(uplink))).toMatchFileSnapshot(
      'golden/machine-uplink.nft',
    );
  });

  it('leads on from the edge, and trace says so', () => {
    const asked = ask('8.8.8.8');
    expect([asked.verdict, asked.arrivesAt]).toEqual(['accepted', { kind: 'uplink', source: edge.natIp }]);
    expect(arrivalText(withUplink(), asked)).toBe(`the machine's own internet, through the uplink of the internet edge (there it was ${edge.natIp})`);
    expect(hopsOf(withUplink(), asked).at(-1)?.text).toBe("it leaves the internet edge by the uplink, under this machine's address");
  });

  it('is not asked for what is at the edge itself', () => {
    expect(ask('198.18.0.10').arrivesAt.kind).toBe('edge');
    expect(ask(edge.hostIp).arrivesAt.kind).toBe('network-interface');
  });

  it.each([
    ['192.168.7.7', 'the uplink does not lead to 192.168.0.0/16 (private)'],
    ['192.0.2.7', 'the uplink does not lead to 192.0.2.7/32 (an address of this machine)'],
    ['203.0.113.80', 'the uplink does not lead to 203.0.113.0/24 (an address of this machine)'],
    ['198.19.7.7', 'the uplink does not lead to 198.18.0.0/15 (what Cloister keeps for itself)'],
  ])('does not lead to %s, and trace says why', (to, reason) => {
    const asked = ask(to);
    expect([asked.verdict, asked.decidedBy.gate, asked.decidedBy.counters]).toEqual(['dropped', 'edge', ['edge']]);
    expect(causeOfTrace(withUplink(), asked)?.text).toContain(`nothing answers tcp 443 at ${to}, and ${reason}.`);
  });
});
