import { expect, it } from 'vitest';
import { readHeldRuleset } from './held-ruleset.ts';

it('reads chains and elements of every family, and not what packets have filled', () => {
  const text = [
    'table ip cloister {',
    '\tcounter route.rtb-1 {',
    '\t}',
    '',
    '\tset drops.tcp {',
    '\t\ttype mark . ipv4_addr',
    '\t\telements = { 0x10 . 10.0.0.1 counter packets 1 bytes 2 expires 59m }',
    '\t}',
    '',
    '\tset vpc {',
    '\t\ttype ipv4_addr',
    '\t\tflags interval',
    '\t\telements = { 10.1.0.0/16,',
    '\t\t\t     10.0.0.0/16 }',
    '\t}',
    '',
    '\tset empty {',
    '\t\ttype ipv4_addr',
    '\t}',
    '',
    '\tmap source.links {',
    '\t\ttype ifname : verdict',
    '\t\telements = { "e1" : goto source.e1 }',
    '\t}',
    '',
    '\tchain source {',
    '\t\ttype filter hook prerouting priority raw; policy drop;',
    '\t\tiifname vmap @source.links',
    '\t}',
    '}',
    'table ip6 cloister {',
    '\tchain output {',
    '\t\ttype filter hook output priority raw; policy drop;',
    '\t}',
    '}',
  ].join('\n');
  const { chains, sets } = readHeldRuleset(text);
  expect([...sets]).toEqual([
    ['vpc', ['10.0.0.0/16', '10.1.0.0/16']],
    ['empty', []],
    ['source.links', ['"e1" : goto source.e1']],
  ]);
  expect([...chains]).toEqual([
    ['source', ['type filter hook prerouting priority raw; policy drop;', 'iifname vmap @source.links']],
    ['ip6 output', ['type filter hook output priority raw; policy drop;']],
  ]);
});
