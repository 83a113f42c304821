import { AwsError } from './aws-error.ts';
import type { Headers } from './headers.ts';

/** Everything but the letters, digits and `-_.~` of RFC 3986 as `%XX`, in upper case. */
export function uriEncode(text: string): string {
  if (/^[A-Za-z0-9_.~-]*$/.test(text)) return text;
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function uriDecode(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text;
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** A request target before and after its first `?`. */
export function splitTarget(target: string): readonly [string, string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** S3 signs a path encoded once and never normalised: `a//b` and `a/../b` are keys. */
export const canonicalS3Path = (path: string): string =>
  path
    .split('/')
    .map((segment) => uriEncode(uriDecode(segment)))
    .join('/');

/** Every other service signs it without empty and dot segments, and encoded once more than it came. */
export function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncode(segment));
  }
  const isFolder = segments.length > 0 && path.endsWith('/');
  return `/${segments.join('/')}${isFolder ? '/' : ''}`;
}

/** Parameters encoded anew and sorted, without the signature itself. A `+` is a space. */
export function canonicalQuery(query: string): string {
  const pairs: (readonly [string, string])[] = [];
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = recode(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== 'X-Amz-Signature') pairs.push([name, recode(equals < 0 ? '' : pair.slice(equals + 1))]);
  }
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

const recode = (text: string): string => uriEncode(uriDecode(text.replaceAll('+', '%20')));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The signed headers, one per line, with runs of spaces made one. */
export function canonicalHeaders(signed: readonly string[], headers: Headers): string {
  return signed.map((name) => `${name}:${(headers.get(name) ?? '').replaceAll(/[ \t]+/g, ' ').trim()}\n`).join('');
}

/** `20130524T000000Z` as a time in milliseconds, or undefined. */
export function parseBasicDate(text: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export const basicDate = (date: Date): string => date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
