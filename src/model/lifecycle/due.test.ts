import { describe, expect, it } from 'vitest';
import { expiryOf, isMarkerDue, isNoncurrentDue, isUploadDue, midnightAfter } from './due.ts';
import type { LifecycleFilter, LifecycleRule } from './rule.ts';

const rule = (more: Partial<LifecycleRule> = {}): LifecycleRule => ({ id: 'r', enabled: true, scope: { prefix: '' }, ...more });
const object = { key: 'logs/a', size: 10, tags: { team: 'x', stage: 'dev' }, lastModified: '2014-01-15T10:30:00.000Z' };
const expiry = (...rules: LifecycleRule[]): string | undefined => expiryOf(rules, object)?.at.toISOString();

describe('days are rounded up to the next midnight', () => {
  it.each([
    ['2014-01-15T10:30:00.000Z', 3, '2014-01-19T00:00:00.000Z'],
    ['2014-01-15T00:00:00.000Z', 1, '2014-01-17T00:00:00.000Z'],
    ['2014-01-15T23:59:59.999Z', 1, '2014-01-17T00:00:00.000Z'],
    ['2024-02-28T12:00:00.000Z', 1, '2024-03-01T00:00:00.000Z'],
    ['2026-12-31T01:00:00.000Z', 0, '2027-01-01T00:00:00.000Z'],
  ])('%s and %i', (time, days, expected) => {
    expect(midnightAfter(time, days).toISOString()).toBe(expected);
  });
});

describe('an object expires', () => {
  it('by the first rule that is about it', () => {
    expect(expiry(rule({ expiration: { days: 3 } }))).toBe('2014-01-19T00:00:00.000Z');
    const rules = [rule({ id: 'late', expiration: { days: 9 } }), rule({ id: 'early', expiration: { date: '2014-01-17T00:00:00.000Z' } })];
    expect(expiryOf(rules, object)).toEqual({ ruleId: 'early', at: new Date('2014-01-17T00:00:00.000Z') });
  });

  it('by no rule that is off, or about something else', () => {
    expect(expiry()).toBeUndefined();
    expect(expiry(rule({ enabled: false, expiration: { days: 1 } }))).toBeUndefined();
    expect(expiry(rule({ expiration: { expiredObjectDeleteMarker: true } }), rule({ noncurrent: { days: 1 } }))).toBeUndefined();
    expect(expiry(rule({ scope: { prefix: 'data/' }, expiration: { days: 1 } }))).toBeUndefined();
  });

  it.each<[LifecycleFilter, boolean]>([
    [{}, true],
    [{ prefix: 'logs/' }, true],
    [{ prefix: 'log' }, true],
    [{ prefix: 'data/' }, false],
    [{ tag: { key: 'team', value: 'x' } }, true],
    [{ tag: { key: 'team', value: 'y' } }, false],
    [{ tag: { key: 'constructor', value: 'x' } }, false],
    [{ sizeGreaterThan: 9 }, true],
    [{ sizeGreaterThan: 10 }, false],
    [{ sizeLessThan: 11 }, true],
    [{ sizeLessThan: 10 }, false],
    [{ and: { prefix: 'logs/', tags: [{ key: 'team', value: 'x' }] } }, true],
    [{ and: { prefix: 'logs/', tags: [{ key: 'team', value: 'y' }] } }, false],
    [
      {
        and: {
          tags: [
            { key: 'team', value: 'x' },
            { key: 'stage', value: 'dev' },
          ],
        },
      },
      true,
    ],
    [
      {
        and: {
          tags: [
            { key: 'team', value: 'x' },
            { key: 'stage', value: 'live' },
          ],
        },
      },
      false,
    ],
    [{ and: { tags: [], sizeGreaterThan: 1, sizeLessThan: 100 } }, true],
    [{ and: { tags: [], sizeGreaterThan: 1, sizeLessThan: 5 } }, false],
  ])('by the filter %j: %s', (filter, expected) => {
    expect(expiry(rule({ scope: { filter }, expiration: { days: 1 } })) !== undefined).toBe(expected);
  });
});

describe('a version that is not current', () => {
  const version = { ...object, noncurrentSince: '2014-01-15T10:30:00.000Z', newerNoncurrent: 0 };
  const at = (day: number): Date => new Date(Date.UTC(2014, 0, day));

  it('goes so many days after it was replaced', () => {
    const rules = [rule({ noncurrent: { days: 2 } })];
    expect(isNoncurrentDue(rules, version, new Date(at(18).getTime() - 1))).toBe(false);
    expect(isNoncurrentDue(rules, version, at(18))).toBe(true);
    expect(isNoncurrentDue([rule({ enabled: false, noncurrent: { days: 2 } })], version, at(18))).toBe(false);
    expect(isNoncurrentDue([rule({ scope: { prefix: 'data/' }, noncurrent: { days: 2 } })], version, at(18))).toBe(false);
    expect(isNoncurrentDue([rule({ expiration: { days: 1 } })], version, at(30))).toBe(false);
  });

  it('stays while it is among the newest that are kept', () => {
    const rules = [rule({ noncurrent: { days: 2, newerVersions: 2 } })];
    expect([0, 1, 2, 3].map((newerNoncurrent) => isNoncurrentDue(rules, { ...version, newerNoncurrent }, at(30)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

it('a delete marker goes by its own rule or by the age of what it would be', () => {
  const marker = { key: 'logs/a', lastModified: '2014-01-15T10:30:00.000Z' };
  const due = (expiration: NonNullable<LifecycleRule['expiration']>, day: number): boolean =>
    isMarkerDue([rule({ expiration })], marker, new Date(Date.UTC(2014, 0, day)));
  expect(due({ expiredObjectDeleteMarker: true }, 15)).toBe(true);
  expect(due({ expiredObjectDeleteMarker: false }, 30)).toBe(false);
  expect([due({ days: 1 }, 16), due({ days: 1 }, 17)]).toEqual([false, true]);
  expect(isMarkerDue([rule({ noncurrent: { days: 1 } })], marker, new Date(Date.UTC(2015, 0, 1)))).toBe(false);
});

it('an upload ends so many days after it began', () => {
  const upload = { key: 'logs/a', initiatedAt: '2014-01-15T10:30:00.000Z' };
  const due = (more: Partial<LifecycleRule>, day: number): boolean =>
    isUploadDue([rule({ abortUploadsAfterDays: 2, ...more })], upload, new Date(Date.UTC(2014, 0, day)));
  expect([due({}, 17), due({}, 18), due({ enabled: false }, 30)]).toEqual([false, true, false]);
  expect([due({ scope: { filter: { prefix: 'logs/' } } }, 18), due({ scope: { filter: { prefix: 'x' } } }, 18)]).toEqual([true, false]);
  expect(isUploadDue([rule({ expiration: { days: 1 } })], upload, new Date(Date.UTC(2015, 0, 1)))).toBe(false);
});
