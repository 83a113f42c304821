/** Headers by lower-case name. Values are latin1, as they came from the socket. */
export type Headers = ReadonlyMap<string, string>;

/** Headers that a request's meaning or its signature hangs on: two of them would let two readers see two requests. */
const single = (name: string): boolean =>
  name === 'host' ||
  name === 'authorization' ||
  name === 'content-length' ||
  name === 'content-md5' ||
  name === 'transfer-encoding' ||
  name.startsWith('x-amz-');

/** Joins repeated headers with a comma, as HTTP allows; of those that may not be repeated the first stands. */
export function readHeaders(pairs: readonly (readonly [string, string])[]): Headers {
  const headers = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (!single(name)) headers.set(name, `${before},${value}`);
  }
  return headers;
}

/** A header that is there twice and may not be. Such a request must be refused. */
export function repeatedHeader(pairs: readonly (readonly [string, string])[]): string | undefined {
  const seen = new Set<string>();
  return pairs.find(([name]) => single(name) && (seen.has(name) || !seen.add(name)))?.[0];
}

/** Text that a client sent as UTF-8 in a header. */
export const decodeHeader = (value: string): string => Buffer.from(value, 'latin1').toString('utf8');
export const encodeHeader = (value: string): string => Buffer.from(value, 'utf8').toString('latin1');

/** A header that is a list: items with a comma or a quote in them are quoted (RFC 9110, section 5.6). */
export function readHeaderList(value: string): string[] {
  const items = value.match(/\s*"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  return items
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => (item.startsWith('"') && item.endsWith('"') && item.length > 1 ? item.slice(1, -1).replaceAll(/\\(.)/g, '$1') : item));
}

export const writeHeaderList = (items: readonly string[]): string =>
  items.map((item) => (/[",]/.test(item) ? `"${item.replaceAll(/["\\]/g, '\\$&')}"` : item)).join(', ');

/** Parameters of a presigned URL that are the signature's own, and never stand for a header. */
const signatureParameters = new Set(
  ['algorithm', 'credential', 'date', 'expires', 'signedheaders', 'signature', 'security-token', 'content-sha256'].map((name) => `x-amz-${name}`),
);

/** The headers with those that a presigned URL carries as parameters (`x-amz-meta-…`): S3 takes them for headers. */
export function withHoistedHeaders(headers: Headers, query: URLSearchParams): Headers {
  if (!query.has('X-Amz-Signature') && !query.has('AWSAccessKeyId')) return headers;
  const hoisted = [...query]
    .map(([name, value]) => [name.toLowerCase(), encodeHeader(value)] as const)
    .filter(([name]) => name.startsWith('x-amz-') && !signatureParameters.has(name) && !headers.has(name));
  return new Map([...headers, ...hoisted]);
}
