import { describe, expect, it } from 'vitest';
import { addresses, enis, ids, rule, sampleWorld, withRules } from '../../../test/kernel/network/sample-world.ts';
import { edge, edgeAddresses, edgeEnis, edgeWorld } from '../../../test/kernel/network/edge-world.ts';
import { causeOfDrop, causeOfTrace } from './cause.ts';
import { compile } from './compile.ts';
import { hopsOf } from './hops.ts';
import { printRuleset } from './ruleset-text.ts';
import { type Question, trace } from './trace.ts';
import { enveloped } from './tunnel.ts';
import type { World } from './world.ts';

/** `a` and the server are instances of one job; `b` is none. */
function tunnelled(): World {
  const world = sampleWorld();
  const members = new Set<string>([enis.a, enis.server]);
  return {
    ...world,
    networkInterfaces: world.networkInterfaces.map((eni) => (members.has(eni.networkInterfaceId) ? { ...eni, tunnel: 'trains' } : eni)),
  };
}

/** With the rules that AWS's guide asks for. */
function ready(): World {
  const world = tunnelled();
  const withEgress = { ...world, ...withRules(world, ids.client, (rules) => [...rules, rule('egress', 'udp', { groupId: ids.server }, 500)]) };
  return {
    ...withEgress,
    ...withRules(withEgress, ids.server, (rules) => [...rules, rule('ingress', 'udp', { groupId: ids.client }, 500)]),
  };
}

const toServer: Question = { from: enis.a, to: addresses.server, protocol: 'tcp', port: 7999 };
const decided = (world: World, question: Question) => {
  const { verdict, decidedBy } = trace(world, question);
  return [verdict, decidedBy.gate, decidedBy.counters];
};

describe('between the instances of a job that encrypts', () => {
  it.each<Partial<Question>>([
    { protocol: 'tcp', port: 7999 },
    { protocol: 'tcp', port: 500, sourcePort: 500 },
    { protocol: 'udp', port: 500 },
    { protocol: 'udp', port: 5000, sourcePort: 500 },
    { protocol: 'icmp' },
    { protocol: 50 },
  ])('%o is dropped whatever the groups allow', (packet) => {
    const question: Question = { from: enis.a, to: addresses.server, protocol: 'tcp', ...packet };
    expect(decided(ready(), question)).toEqual(['dropped', 'tunnel', ['tunnel.trains']]);
    expect(decided(ready(), { ...question, from: enis.server, to: addresses.a })).toEqual(['dropped', 'tunnel', ['tunnel.trains']]);
  });

  it('the tunnel passes where its groups let it', () => {
    const question = enveloped(ready(), toServer);
    expect(question).toEqual({ from: enis.a, to: addresses.server, protocol: 'udp', port: 500, sourcePort: 500 });
    expect(trace(ready(), question).verdict).toBe('accepted');
    expect(hopsOf(ready(), trace(ready(), question)).find(({ gate }) => gate === 'ingress-groups')?.passed).toBe(true);
  });

  it('an Elastic IP is no way around', () => {
    const world = edgeWorld();
    const members = new Set<string>([edgeEnis.privateJob, edgeEnis.host]);
    const encrypting: World = {
      ...world,
      networkInterfaces: world.networkInterfaces.map((eni) => (members.has(eni.networkInterfaceId) ? { ...eni, tunnel: 'trains' } : eni)),
    };
    const question: Question = { from: edgeEnis.privateJob, to: edge.hostIp, protocol: 'tcp', port: 7000 };
    expect(decided(world, question)).toEqual(['accepted', expect.anything(), undefined]);
    expect(decided(encrypting, question)).toEqual(['dropped', 'tunnel', ['tunnel.trains']]);
    expect(printRuleset(compile(encrypting, ids.vpc).router.ruleset)).toContain(
      `elements = { ${edgeAddresses.host}, ${edgeAddresses.privateJob}, ${edge.hostIp} }`,
    );
  });

  it('a group without the rule is what stops it', () => {
    const world = tunnelled();
    expect(causeOfTrace(world, trace(world, enveloped(world, toServer)))?.text).toBe(
      `Could not reach ${addresses.server}:500 from ${ids.subnetA}: security group ${ids.client} has no egress rule that allows udp 500 to ${addresses.server} (${enis.server}, ${ids.server}). Add an egress rule for udp 500 to ${ids.server} to ${ids.client}.`,
    );
  });

  it('a dropped packet is explained', () => {
    const drop = { gate: 'tunnel', fromInterface: enis.a, toInterface: enis.server, protocol: 'tcp', source: addresses.a } as const;
    const { text } = causeOfDrop(tunnelled(), ids.vpc, { ...drop, destination: addresses.server, destinationPort: 7999, packets: 2 });
    expect(text).toBe(
      `${enis.a} → ${addresses.server}:7999 tcp, 2 packets refused by ${enis.a} (training job trains encrypts between its instances: udp 500 passes between them, not tcp 7999)`,
    );
  });
});

describe('everybody else', () => {
  it('is not asked for a tunnel', () => {
    const world = tunnelled();
    for (const question of [
      { ...toServer, from: enis.b },
      { ...toServer, to: addresses.s3, port: 443 },
      { ...toServer, to: addresses.b },
    ]) {
      expect(enveloped(world, question)).toBe(question);
      expect(trace(world, question)).toEqual({ ...trace(sampleWorld(), question) });
    }
  });

  it('has the rules that it had', () => {
    const rulesOf = (world: World): string[] => printRuleset(compile(world, ids.vpc).router.ruleset).split('\n');
    const before = new Set(rulesOf(sampleWorld()));
    expect(rulesOf(tunnelled()).filter((line) => !before.has(line))).toMatchInlineSnapshot(`
      [
        "  counter tunnel.trains { }",
        "  set tunnel.trains {",
        "    elements = { 10.0.1.4, 10.0.2.5 }",
        "  chain egress.60574861667e {",
        "    ip daddr @tunnel.trains meta l4proto != udp counter name "tunnel.trains" meta mark set 0x80000000 goto refuse",
        "    ip daddr @tunnel.trains udp sport != 500 counter name "tunnel.trains" meta mark set 0x80000000 goto refuse",
        "    ip daddr @tunnel.trains udp dport != 500 counter name "tunnel.trains" meta mark set 0x80000000 goto refuse",
        "  chain egress.4c52e6ad27a3 {",
        "    ip daddr @tunnel.trains meta l4proto != udp counter name "tunnel.trains" meta mark set 0x80000000 goto refuse",
        "    ip daddr @tunnel.trains udp sport != 500 counter name "tunnel.trains" meta mark set 0x80000000 goto refuse",
        "    ip daddr @tunnel.trains udp dport != 500 counter name "tunnel.trains" meta mark set 0x80000000 goto refuse",
        "    elements = { "e11" : goto egress.60574861667e, "e12" : goto egress.ce4d4f985cdf, "e13" : goto egress.4c52e6ad27a3, "s3" : goto egress.s3 }",
      ]
    `);
  });
});
