import { createHash } from 'node:crypto';
import { assert } from '../stdx/assert.ts';

/** The version that objects have where versions are not kept. */
export const nullVersion = 'null';

/** 64 characters in byte order, so that numbers written with them sort as numbers. */
const digits = '.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const countDigits = 8;
const countMax = 64 ** countDigits - 1;

/**
 * Where a version stands among those of its key: the newest sorts first. Eight characters that count down in
 * milliseconds, and for all but the version `null` 24 that nobody guesses. The whole of it is the version's id.
 */
export type VersionPlace = string;

function writeCount(count: number): string {
  let text = '';
  for (let rest = count; text.length < countDigits; rest = Math.floor(rest / 64)) text = `${digits[rest % 64]}${text}`;
  return text;
}

const readCount = (text: string): number => Array.from(text.slice(0, countDigits)).reduce((sum, digit) => sum * 64 + digits.indexOf(digit), 0);

/** The place of a new version before the newest that its key has. `secret` is random, absent for the version `null`. */
export function placeBefore(newest: VersionPlace | undefined, now: Date, secret?: string): VersionPlace {
  // A clock that was put back does not put a version behind older ones.
  const count = Math.min(countMax - now.getTime(), newest === undefined ? countMax : readCount(newest) - 1);
  assert(count >= 0, 'the clock shows a year in which this order has ended');
  const tail = secret === undefined ? '' : createHash('sha256').update(secret).digest('base64url').slice(0, 24).replaceAll('-', '.');
  return `${writeCount(count)}${tail}`;
}

export const versionIdOf = (place: VersionPlace): string => (place.length === countDigits ? nullVersion : place);

/** Whether a text has the form of a version's id. */
export const isVersionId = (text: string): boolean => text === nullVersion || /^[.\w]{32}$/.test(text);
