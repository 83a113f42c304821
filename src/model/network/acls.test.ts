import { describe, expect, it } from 'vitest';
import { addresses, enis, ids, openAcl, sampleWorld } from '../../../test/kernel/network/sample-world.ts';
import { causeOfTrace } from './cause.ts';
import { compile } from './compile.ts';
import { trace, type Question } from './trace.ts';
import type { NetworkAclEntry, World } from './world.ts';

const entry = (ruleNumber: number, action: 'allow' | 'deny', direction: NetworkAclEntry['direction'], more: Partial<NetworkAclEntry> = {}) => ({
  direction,
  ruleNumber,
  action,
  protocol: 'all' as const,
  peer: { cidrBlock: '0.0.0.0/0' },
  ...more,
});
const everything = [entry(100, 'allow', 'egress'), entry(100, 'allow', 'ingress')];

/** The sample world with these entries in the ACL of subnet b, which has the endpoint's route. */
function worldWith(...entries: readonly NetworkAclEntry[]): World {
  const world = sampleWorld();
  const acl = { ...openAcl('acl-b', ids.vpc), isDefault: false, subnetIds: [ids.subnetB], entries };
  return { ...world, networkAcls: [...world.networkAcls, acl] };
}

const toS3: Question = { from: enis.b, to: addresses.s3, protocol: 'tcp', port: 443 };
const toServer: Question = { from: enis.a, to: addresses.server, protocol: 'tcp', port: 7999 };
const decision = (world: World, question: Question) => {
  const { verdict, decidedBy } = trace(world, question);
  return [verdict, decidedBy.gate, decidedBy.rule, decidedBy.reply ?? false];
};
const text = (world: World, question: Question) => causeOfTrace(world, trace(world, question))?.text;

describe('a network ACL', () => {
  it('takes the first entry that matches, by number and not by the order of their making', () => {
    const deny = entry(50, 'deny', 'egress', { protocol: 'tcp', fromPort: 443, toPort: 443 });
    expect(decision(worldWith(...everything, deny), toS3)).toEqual(['dropped', 'egress-acl', 50, false]);
    expect(decision(worldWith(...everything, { ...deny, ruleNumber: 150 }), toS3)[0]).toBe('accepted');
  });

  it('denies what no entry names', () => {
    expect(decision(worldWith(), toS3)).toEqual(['dropped', 'egress-acl', '*', false]);
  });

  it('is stateless: an answer needs an entry of its own', () => {
    expect(decision(worldWith(entry(100, 'allow', 'egress')), toS3)).toEqual(['dropped', 'ingress-acl', '*', true]);
    const ephemeral = entry(100, 'allow', 'ingress', { protocol: 'tcp', fromPort: 1_024, toPort: 65_535 });
    expect(decision(worldWith(entry(100, 'allow', 'egress'), ephemeral), toS3)[0]).toBe('accepted');
  });

  it('judges what comes into the subnet before the groups do', () => {
    expect(decision(worldWith(entry(100, 'allow', 'egress')), toServer)).toEqual(['dropped', 'ingress-acl', '*', false]);
  });

  it('does not see what stays in its subnet, nor the resolver', () => {
    const inside: Question = { from: enis.b, to: addresses.server, protocol: 'tcp', port: 7999 };
    expect(decision(worldWith(), inside)[0]).toBe('accepted');
    expect(decision(worldWith(), { from: enis.b, to: '10.0.0.2', protocol: 'udp', port: 53 })[0]).toBe('accepted');
  });

  it('matches nothing by entries of IPv6', () => {
    const ipv6 = entry(100, 'allow', 'egress', { peer: { ipv6CidrBlock: '::/0' } });
    expect(decision(worldWith(ipv6), toS3)).toEqual(['dropped', 'egress-acl', '*', false]);
  });

  it('is named in the words of a refusal, with its rule and what to change', () => {
    expect(text(worldWith(), toS3)).toBe(
      `Could not reach 198.18.0.10:443 from ${ids.subnetB}: network ACL acl-b of ${ids.subnetB} has no egress rule that allows tcp 443 out of its subnet to 198.18.0.10. Add an egress rule that allows tcp 443 for 198.18.0.10/32 to acl-b. An ACL is stateless: answers need a rule, too.`,
    );
    expect(text(worldWith(entry(100, 'allow', 'egress')), toS3)).toBe(
      `Could not reach 198.18.0.10:443 from ${ids.subnetB}: the answer is lost: network ACL acl-b of ${ids.subnetB} has no ingress rule that allows tcp 40000 into its subnet from 198.18.0.10. Add an ingress rule that allows tcp 1024-65535 for 198.18.0.10/32 to acl-b. An ACL is stateless: answers need a rule, too.`,
    );
    expect(text(worldWith(entry(7, 'deny', 'egress'), ...everything), toS3)).toContain(
      `network ACL acl-b of ${ids.subnetB}: egress rule 7 denies tcp 443 out of its subnet to 198.18.0.10. Add an egress rule, with a number below 7, that allows`,
    );
  });
});

it('the ACL that a VPC is born with costs no packet anything', () => {
  const names = (world: World) => compile(world, ids.vpc).router.ruleset.objects.map(({ name }) => name);
  expect(names(sampleWorld()).filter((name) => name.includes('acl'))).toEqual([]);
  expect(names(worldWith()).filter((name) => name.includes('acl'))).toContain('egress-acl.acl-b');
});
