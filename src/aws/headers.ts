import { AwsError } from './aws-error.ts';

/** Headers by lower-case name. Values are latin1, as they came from the socket. */
export type Headers = ReadonlyMap<string, string>;

/** Headers that a request's meaning or its signature hangs on: two of them would let two readers see two requests. */
const single = (name: string): boolean =>
  name === 'host' || name === 'authorization' || name === 'content-length' || name === 'content-md5' || name.startsWith('x-amz-');

/** Joins repeated headers with a comma as HTTP allows, and refuses to where only one can be meant. */
export function readHeaders(pairs: readonly (readonly [string, string])[]): Headers {
  const headers = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = headers.get(name);
    if (before !== undefined && single(name)) throw new AwsError('InvalidRequest', `The header ${name} is given more than once.`);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

/** Text that a client sent as UTF-8 in a header. */
export const decodeHeader = (value: string): string => Buffer.from(value, 'latin1').toString('utf8');
export const encodeHeader = (value: string): string => Buffer.from(value, 'utf8').toString('latin1');

/** A header that is a list: items with a comma or a quote in them are quoted (RFC 9110, section 5.6). */
export function readHeaderList(value: string): string[] {
  const items = value.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return items
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => (item.startsWith('"') && item.endsWith('"') && item.length > 1 ? item.slice(1, -1).replaceAll(/\\(.)/g, '$1') : item));
}

export const writeHeaderList = (items: readonly string[]): string =>
  items.map((item) => (/[",]/.test(item) ? `"${item.replaceAll(/["\\]/g, '\\$&')}"` : item)).join(', ');
