import type { ListingPosition } from '../../store/s3-listing.ts';
import { s3Errors } from './errors.ts';

/** Most rows and groups of one answer. */
const listedMax = 1_000;

/** How many to list: what was asked for, at most `listedMax`. */
export function limitOf(asked: number | undefined, name: string): number {
  if (asked === undefined) return listedMax;
  if (asked < 0) throw s3Errors.invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`);
  return Math.min(asked, listedMax);
}

/** `EncodingType=url`: XML 1.0 cannot hold every key. A space is `+`, a slash stays. */
export function keyText(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text;
  if (encodingType !== 'url') throw s3Errors.invalidArgument('Invalid Encoding Method specified in Request');
  return (text) =>
    encodeURIComponent(text)
      .replaceAll(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+');
}

/** A continuation token: opaque to clients, and only a place in the listing. */
export const writeToken = (position: ListingPosition): string => Buffer.from(JSON.stringify(position)).toString('base64url');

export function readToken(token: string): ListingPosition {
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof position === 'object' && position !== null && 'key' in position && typeof position.key === 'string') {
      return { key: position.key };
    }
  } catch {
    // Told below.
  }
  throw s3Errors.invalidArgument('The continuation token provided is incorrect');
}
