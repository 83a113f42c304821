import { expect, it } from 'vitest';
import { RefusedNamesRecord } from './refused-names.ts';

const asked = (name: string, sourceIp: string, count = 1) => ({ name, type: 'A', sourceIp, count });

it('knows who asked, also when the address has another interface by now', () => {
  let holder = 'eni-1';
  const record = new RefusedNamesRecord((vpcId, address) => (vpcId === 'vpc-1' && address === '10.0.0.4' ? holder : undefined));
  record.note('vpc-1', [asked('Secret.example', '10.0.0.4'), asked('secret.example', '10.0.0.4', 2)]);
  holder = 'eni-2';
  record.note('vpc-1', [asked('other.example', '10.0.0.4'), asked('gone.example', '10.0.0.5')]);
  record.note('vpc-2', [asked('other.example', '10.0.0.4')]);
  expect(record.ofInterface('eni-1')).toEqual({ count: 3, names: [{ name: 'secret.example', type: 'A', count: 3 }] });
  expect(record.ofInterface('eni-2')).toEqual({ count: 1, names: [{ name: 'other.example', type: 'A', count: 1 }] });
  expect([record.ofVpc('vpc-1').count, record.ofVpc('vpc-2').count, record.ofVpc('vpc-3').count, record.count]).toEqual([5, 1, 0, 6]);
});

it('forgets who asked longest ago, and never how often', () => {
  const record = new RefusedNamesRecord((_vpcId, address) => address);
  for (let index = 0; index < 2_000; index += 1) record.note('vpc-1', [asked('a.example', `eni-${index}`), asked('a.example', 'eni-busy')]);
  expect(record.count).toBe(4_000);
  expect([record.ofInterface('eni-0').count, record.ofInterface('eni-busy').count, record.ofInterface('eni-1999').count]).toEqual([0, 2_000, 1]);
  expect(record.ofVpc('vpc-1').count).toBe(2_000 + 1_023);
});
