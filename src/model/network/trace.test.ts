import { describe, expect, it } from 'vitest';
import { addresses, enis, ids, openAcl, rule, sampleWorld, withRules } from '../../../test/kernel/network/sample-world.ts';
import { causeOfDrop, causeOfTrace } from './cause.ts';
import { arrivalText } from './hops.ts';
import { type Question, trace } from './trace.ts';
import { isHeard } from './walk.ts';
import type { World } from './world.ts';

const world = sampleWorld();
const ask = (question: Partial<Question>, w: World = world) => trace(w, { from: enis.b, to: addresses.s3, protocol: 'tcp', port: 443, ...question });
const textOf = (question: Partial<Question>, w: World = world, host?: string): string | undefined => causeOfTrace(w, ask(question, w), host)?.text;

describe('a packet that arrives', () => {
  it('passes the gates in order, and the rule that let it pass is named', () => {
    const { verdict, steps, route, arrivesAt } = ask({});
    expect(verdict).toBe('accepted');
    expect(steps).toEqual([
      { gate: 'anti-spoofing', passed: true, at: enis.b },
      { gate: 'egress-groups', passed: true, at: enis.b, groupId: ids.client, securityGroupRuleId: 'sgr-0001' },
      { gate: 'egress-acl', passed: true, at: enis.b, networkAclId: ids.acl, rule: 100 },
      { gate: 'route', passed: true, at: enis.b },
      { gate: 'endpoint', passed: true, at: ids.endpoint },
    ]);
    expect(arrivesAt).toEqual({ kind: 'gateway-endpoint', vpcEndpointId: ids.endpoint });
    expect(route).toEqual({
      destination: { prefixListId: ids.prefixList },
      cidrBlock: '198.18.0.0/24',
      target: 'gateway-endpoint',
      targetId: ids.endpoint,
    });
    expect(textOf({})).toBeUndefined();
  });

  it('between interfaces passes the groups of both', () => {
    const { steps, arrivesAt } = ask({ from: enis.a, to: addresses.server, port: 7999 });
    expect(steps.map((step) => [step.gate, step.groupId])).toEqual([
      ['anti-spoofing', undefined],
      ['egress-groups', ids.client],
      ['egress-acl', undefined],
      ['route', undefined],
      ['ingress-acl', undefined],
      ['ingress-groups', ids.server],
    ]);
    expect(arrivesAt).toEqual({ kind: 'network-interface', networkInterfaceId: enis.server });
  });

  it('at an interface endpoint is heard at its ports only', () => {
    const endpoint = { vpcEndpointId: 'vpce-0b', vpcId: ids.vpc, serviceName: 'com.amazonaws.us-east-1.sts', names: {} };
    const at = (ports: readonly number[]): World => ({ ...world, interfaceEndpoints: [{ ...endpoint, networkInterfaceIds: [enis.server], ports }] });
    const question = { from: enis.a, to: addresses.server, port: 7999 };
    const [heard, silent] = [ask(question, at([7999])), ask(question, at([443]))];
    expect([heard.verdict, isHeard(heard), silent.verdict, isHeard(silent)]).toEqual(['accepted', true, 'accepted', false]);
    expect(arrivalText(at([7999]), heard)).toBe(`${enis.server} of vpce-0b (com.amazonaws.us-east-1.sts)`);
    expect(arrivalText(at([443]), silent)).toBe(`${enis.server} of vpce-0b (com.amazonaws.us-east-1.sts), which answers at tcp 443 only`);
    // No ACL refuses the answer that nobody gives.
    const entries = openAcl('', '').entries.filter(({ direction }) => direction === 'ingress');
    const mute = { ...openAcl('acl-0b', ids.vpc), isDefault: false, subnetIds: [ids.subnetB], entries };
    const among = (w: World): World => ({ ...w, networkAcls: [...w.networkAcls, mute] });
    const decided = [7999, 443].map((port) => ask(question, among(at([port]))).decidedBy);
    expect(decided.map(({ gate, reply }) => [gate, reply])).toEqual([
      ['egress-acl', true],
      ['ingress-groups', undefined],
    ]);
  });

  it('to the resolver passes no group', () => {
    expect(ask({ to: '10.0.0.2', protocol: 'udp', port: 53 })).toMatchObject({ verdict: 'accepted', arrivesAt: { kind: 'resolver' } });
  });

  it('to itself never leaves', () => {
    expect(ask({ to: addresses.b })).toMatchObject({ verdict: 'accepted', arrivesAt: { kind: 'itself' } });
  });
});

describe('a refusal', () => {
  it('by a route table names what to create', () => {
    expect(ask({ from: enis.a }).decidedBy).toMatchObject({ gate: 'route', passed: false, counters: [`route.${ids.mainTable}`] });
    const without = { ...world, gatewayEndpoints: [] };
    expect(textOf({ from: enis.a }, without, 's3.us-east-1.amazonaws.com')).toBe(
      'Could not reach s3.us-east-1.amazonaws.com:443 from subnet-0a: route table rtb-0a has no route to prefix list pl-0a (com.amazonaws.us-east-1.s3). ' +
        'Create a gateway endpoint for com.amazonaws.us-east-1.s3 in rtb-0a.',
    );
    expect(textOf({ from: enis.a })).toBe(
      'Could not reach 198.18.0.10:443 from subnet-0a: route table rtb-0a has no route to prefix list pl-0a (com.amazonaws.us-east-1.s3). ' +
        'Add rtb-0a to the route tables of vpce-0a, the gateway endpoint for com.amazonaws.us-east-1.s3.',
    );
  });

  it('by a route whose target is gone', () => {
    expect(textOf({}, { ...world, gatewayEndpoints: [] })).toBe(
      'Could not reach 198.18.0.10:443 from subnet-0b: the route of route table rtb-0b to prefix list pl-0a (com.amazonaws.us-east-1.s3) ' +
        'is a black hole: its target no longer exists. Replace or delete that route of rtb-0b.',
    );
  });

  it('by the sender', () => {
    expect(textOf({ port: 80 })).toBe(
      'Could not reach 198.18.0.10:80 from subnet-0b: security group sg-0a has no egress rule that allows tcp 80 to pl-0a. ' +
        'Add an egress rule for tcp 80 to pl-0a to sg-0a.',
    );
    expect(textOf({ to: addresses.server, port: 22 })).toBe(
      'Could not reach 10.0.2.5:22 from subnet-0b: security group sg-0a has no egress rule that allows tcp 22 to 10.0.2.5 (eni-0c, sg-0b). ' +
        'Add an egress rule for tcp 22 to sg-0b to sg-0a.',
    );
  });

  it('by the receiver', () => {
    expect(textOf({ from: enis.server, to: addresses.a, port: 22 })).toBe(
      'Could not reach 10.0.1.4:22 from subnet-0b: security group sg-0a has no ingress rule that allows tcp 22 from 10.0.2.5 (eni-0c, sg-0b). ' +
        'Add an ingress rule for tcp 22 from sg-0b to sg-0a.',
    );
  });

  it('by the endpoint, the resolver, the VPC, the interface', () => {
    expect(textOf({ from: enis.server, port: 22 })).toContain('vpce-0a serves tcp 80 and tcp 443, not tcp 22.');
    expect(textOf({ to: '10.0.0.2', port: 80 })).toContain('the resolver of vpc-0a answers DNS on port 53, not tcp 80.');
    const deaf = { ...world, vpcs: world.vpcs.map((v) => ({ ...v, enableDnsSupport: false })) };
    expect(textOf({ to: '10.0.0.2', protocol: 'udp', port: 53 }, deaf)).toContain('Set enableDnsSupport of vpc-0a to true.');
    expect(textOf({ from: enis.server, to: '10.0.2.77' })).toContain('no network interface of vpc-0a has the address 10.0.2.77.');
    expect(textOf({ from: enis.server, to: '169.254.169.254' })).toContain('169.254.169.254 is not routed in a VPC.');
    expect(textOf({ from: enis.server, to: '8.8.8.8' })).toContain('route table rtb-0b has no route to 8.8.8.8.');
    expect(textOf({ source: addresses.a })).toContain('(source/destination check)');
  });
});

describe('dropped packets', () => {
  it('are told by the gate that counted them', () => {
    const drop = {
      gate: 'ingress-groups',
      fromInterface: enis.a,
      toInterface: enis.server,
      protocol: 'tcp',
      source: addresses.a,
      destination: addresses.server,
      destinationPort: 7999,
      packets: 6,
    };
    const names: Readonly<Record<string, string>> = { [enis.a]: 'algo-2', [enis.server]: 'algo-1' };
    expect(causeOfDrop(world, ids.vpc, drop, (id) => names[id]).text).toBe(
      'algo-2 → algo-1:7999 tcp, 6 packets refused by sg-0b (no ingress rule that allows tcp 7999 from 10.0.1.4 (eni-0a, sg-0a))',
    );
    expect(causeOfDrop(world, ids.vpc, { ...drop, gate: 'route', packets: 1, destination: addresses.s3 }).text).toContain(
      '1 packet refused by rtb-0a',
    );
  });
});

describe('rules', () => {
  const allows = (extra: ReturnType<typeof rule>, question: Partial<Question>): boolean =>
    ask(question, { ...world, ...withRules(world, ids.client, () => [extra]) }).decidedBy.gate !== 'egress-groups';
  const all = { cidrBlock: '0.0.0.0/0' };

  it.each([
    ['all traffic', rule('egress', 'all', all), { protocol: 47 }, true],
    ['every port', rule('egress', 'tcp', all), { port: 1 }, true],
    ['a range', rule('egress', 'tcp', all, 400, 500), { port: 443 }, true],
    ['behind a range', rule('egress', 'tcp', all, 400, 442), { port: 443 }, false],
    ['another protocol', rule('egress', 'udp', all, 443), { port: 443 }, false],
    ['a protocol by number', rule('egress', 47, all), { protocol: 47 }, true],
    ['every ICMP', rule('egress', 'icmp', all, -1), { protocol: 'icmp' }, true],
    ['an ICMP type', rule('egress', 'icmp', all, 8, -1), { protocol: 'icmp' }, true],
    ['another ICMP type', rule('egress', 'icmp', all, 0, -1), { protocol: 'icmp' }, false],
    ['another ICMP code', rule('egress', 'icmp', all, 8, 1), { protocol: 'icmp' }, false],
    ['IPv6', rule('egress', 'all', { ipv6CidrBlock: '::/0' }), { port: 443 }, false],
    ['a group of elsewhere', rule('egress', 'all', { groupId: 'sg-0c' }), { port: 443 }, false],
    ['a prefix list that is not there', rule('egress', 'all', { prefixListId: 'pl-ff' }), { port: 443 }, false],
  ] as const)('for %s', (_name, extra, question, expected) => {
    expect(allows(extra, question)).toBe(expected);
  });
});
