import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isVersionId, nullVersion, placeBefore, versionIdOf } from './s3-version-place.ts';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

it('a newer version sorts before the older ones, whatever the clock shows', () => {
  const write = fc.record({
    at: fc.date({ min: new Date(0), max: new Date('2400-01-01'), noInvalidDate: true }),
    secret: fc.option(fc.uuid(), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(write, { minLength: 1, maxLength: 20 }), (writes) => {
      const places: string[] = [];
      for (const { at, secret } of writes) places.unshift(placeBefore(places[0], at, secret));
      expect(places.toSorted(byBytes)).toEqual(places);
    }),
  );
});

it('a version is named by its place, and the version null by its name', () => {
  const now = new Date('2026-11-21T10:00:00.000Z');
  const place = placeBefore(undefined, now, 'secret');
  expect([versionIdOf(place), versionIdOf(placeBefore(undefined, now))]).toEqual([place, nullVersion]);
  expect([place, nullVersion, '', 'nonsense', `${place}x`, `-${place.slice(1)}`].map((text) => isVersionId(text))).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(placeBefore(undefined, now, 'another')).not.toBe(place);
  // What was there before versions were is older than everything.
  expect(byBytes(placeBefore('zzzzzzzz', now), 'zzzzzzzz')).toBe(-1);
});
