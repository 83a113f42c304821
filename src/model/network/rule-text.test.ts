import { expect, it } from 'vitest';
import { rule } from '../../../test/kernel/network/sample-world.ts';
import { entryText, ruleText } from './rule-text.ts';

it('says of a rule what it allows', () => {
  const texts = [
    rule('ingress', 'all', { cidrBlock: '0.0.0.0/0' }),
    rule('egress', 'udp', { cidrBlock: '10.0.0.0/8' }, 5000, 5010),
    rule('ingress', 'icmp', { groupId: 'sg-1' }, 8, -1),
    rule('ingress', 'icmp', { groupId: 'sg-1' }, 3, 4),
    rule('egress', 47, { ipv6CidrBlock: '::/0' }),
    rule('egress', 'tcp', { prefixListId: 'pl-1' }),
  ].map(ruleText);
  expect(texts).toEqual([
    'ingress all traffic from 0.0.0.0/0',
    'egress udp 5000-5010 to 10.0.0.0/8',
    'ingress icmp type 8 from sg-1',
    'ingress icmp type 3 code 4 from sg-1',
    'egress protocol 47 to ::/0',
    'egress tcp to pl-1',
  ]);
});

it('says of an entry of an ACL what it does', () => {
  const entry = {
    direction: 'egress',
    ruleNumber: 90,
    action: 'deny',
    protocol: 'tcp',
    fromPort: 1024,
    toPort: 65_535,
    peer: { cidrBlock: '0.0.0.0/0' },
  } as const;
  expect(entryText(entry)).toBe('rule 90 denies tcp 1024-65535 to 0.0.0.0/0');
});
