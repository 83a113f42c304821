import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';
import { matcher, matchesWildcard, type FilterTable } from './filters.ts';

describe('wildcards', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['a\\?', 'a?', true],
    ['', '', true],
    ['', 'a', false],
    ['*a*b*', 'xaxbx', true],
    ['a.c', 'abc', false],
  ])('%s against %s is %s', (pattern, text, matches) => {
    expect(matchesWildcard(pattern, text)).toBe(matches);
  });

  it('mean the same as a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wildcard, value) => {
        const expression = new RegExp(`^${wildcard.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(wildcard, value)).toBe(expression.test(value));
      }),
    );
  });

  it('are quick for patterns of nothing but stars', () => {
    expect(matchesWildcard(`${'*a'.repeat(100)}b`, 'a'.repeat(10_000))).toBe(false);
  });
});

interface Lamp {
  readonly id: string;
  readonly colours: readonly string[];
  readonly on: boolean;
}
const table: FilterTable<Lamp> = { colour: ({ colours }) => colours, on: ({ on }) => on };
const lamp: Lamp = { id: 'lamp-1', colours: ['red', 'green'], on: true };

it('takes any of the values, of every filter', () => {
  const passes = (...Filters: { Name: string; Values: string[] }[]) => matcher(Filters, table)(lamp);
  expect(passes()).toBe(true);
  expect(passes({ Name: 'colour', Values: ['blue', 'green'] })).toBe(true);
  expect(passes({ Name: 'colour', Values: ['green'] }, { Name: 'on', Values: ['false'] })).toBe(false);
  expect(passes({ Name: 'colour', Values: [] })).toBe(false);
});

it('refuses filters that an operation does not have', () => {
  const { refusal } = ec2Account();
  for (const Name of ['colour', 'constructor', 'tag']) {
    expect(refusal('DescribeVpcs', { Filters: [{ Name, Values: ['x'] }] })).toMatchObject({
      code: 'InvalidParameterValue',
      message: `The filter '${Name}' is invalid`,
    });
  }
  const Values = Array.from({ length: 201 }, (_, index) => String(index));
  expect(refusal('DescribeVpcs', { Filters: [{ Name: 'vpc-id', Values }] }).code).toBe('FilterLimitExceeded');
});

it('gives pages in order, each row once, also when rows go meanwhile', () => {
  const { call, createVpc, createSubnet, refusal } = ec2Account();
  const VpcId = createVpc();
  const ids = Array.from({ length: 7 }, (_, index) => createSubnet(VpcId, `10.0.${index}.0/24`)).sort();
  const first = call('DescribeSubnets', { MaxResults: 5 });
  expect(first.Subnets?.map(({ SubnetId }) => SubnetId)).toEqual(ids.slice(0, 5));
  call('DeleteSubnet', { SubnetId: ids[4] ?? '' });
  const second = call('DescribeSubnets', { MaxResults: 5, NextToken: first.NextToken });
  expect(second.Subnets?.map(({ SubnetId }) => SubnetId)).toEqual(ids.slice(5));
  expect(second.NextToken).toBeUndefined();
  expect(refusal('DescribeSubnets', { NextToken: 'none of ours' }).code).toBe('InvalidPaginationToken');
});
