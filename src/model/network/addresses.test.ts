import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  availableAddressCount,
  type Cidr,
  cidrContains,
  cidrContainsCidr,
  cidrOf,
  cidrSize,
  cidrsOverlap,
  firstFreeAddress,
  formatAddress,
  formatCidr,
  isReservedInSubnet,
  lastAddress,
  parseAddress,
  parseCidr,
  resolverAddressOf,
  routerAddress,
} from './addresses.ts';

const address = fc.nat({ max: 0xffffffff });
const cidr = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([base, length]) => cidrOf(base, length));
const subnet = fc.tuple(address, fc.integer({ min: 16, max: 28 })).map(([base, length]) => cidrOf(base, length));
const block = (text: string): Cidr => parseCidr(text) as Cidr;

describe('text', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(address, (a) => parseAddress(formatAddress(a)) === a));
    fc.assert(
      fc.property(cidr, (c) => {
        expect(parseCidr(formatCidr(c))).toEqual(c);
      }),
    );
  });

  it.each(['', '10.0.0', '10.0.0.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.1 ', '10.0.0.-1', '0x0a.0.0.1', '::1'])('%j is no address', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it.each(['', '10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/1.5', '::/0'])(
    '%j is no block',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it('loses the bits behind the prefix, as on EC2', () => {
    expect(formatCidr(block('100.68.0.18/18'))).toBe('100.68.0.0/18');
    expect(formatCidr(block('255.255.255.255/0'))).toBe('0.0.0.0/0');
  });
});

describe('blocks', () => {
  it('hold exactly their addresses', () => {
    expect(cidrContains(block('10.0.0.0/8'), parseAddress('10.255.255.255') ?? -1)).toBe(true);
    expect(cidrContains(block('10.0.0.0/8'), parseAddress('11.0.0.0') ?? -1)).toBe(false);
    expect(lastAddress(block('0.0.0.0/0'))).toBe(0xffffffff);
    fc.assert(fc.property(cidr, address, (c, a) => cidrContains(c, a) === (cidrOf(a, c.prefixLength).base === c.base)));
  });

  it('overlap only by one holding the other', () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        expect(cidrsOverlap(a, b)).toBe(cidrContainsCidr(a, b) || cidrContainsCidr(b, a));
        expect(cidrsOverlap(a, b)).toBe(cidrsOverlap(b, a));
      }),
    );
  });
});

describe('a subnet', () => {
  it('keeps five addresses', () => {
    const small = block('10.0.1.0/28');
    const reservedOnes = Array.from({ length: 16 }, (_, offset) => offset).filter((offset) => isReservedInSubnet(small, small.base + offset));
    expect(reservedOnes).toEqual([0, 1, 2, 3, 15]);
    expect(formatAddress(routerAddress(small))).toBe('10.0.1.1');
    expect(formatAddress(resolverAddressOf(small))).toBe('10.0.1.2');
    expect(availableAddressCount(small, 0)).toBe(11);
    expect(availableAddressCount(block('10.0.0.0/16'), 3)).toBe(65528);
    expect(availableAddressCount(block('10.0.0.0/31'), 0)).toBe(0);
  });

  it('gives its lowest free address, until it is full', () => {
    const small = block('10.0.1.0/28');
    const used = new Set<number>();
    for (let taken = firstFreeAddress(small, used); taken !== undefined; taken = firstFreeAddress(small, used)) used.add(taken);
    expect([...used].map((a) => a - small.base)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    used.delete(small.base + 7);
    expect(firstFreeAddress(small, used)).toBe(small.base + 7);
  });

  it('never gives a reserved or used address', () => {
    fc.assert(
      fc.property(subnet, fc.uniqueArray(fc.nat({ max: 40 })), (s, offsets) => {
        const used = new Set(offsets.map((offset) => s.base + offset));
        const free = firstFreeAddress(s, used);
        const good = free === undefined ? cidrSize(s) <= 64 : !used.has(free) && !isReservedInSubnet(s, free) && cidrContains(s, free);
        expect(good).toBe(true);
      }),
    );
  });
});
