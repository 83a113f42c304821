import { invalidPaginationToken } from './errors.ts';
import { quotas } from './quotas.ts';

export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const tokenPrefix = 'after:';

/** The token names the last row given, so rows that come and go meanwhile neither repeat nor hide others. */
const encode = (key: string): string => Buffer.from(tokenPrefix + key).toString('base64url');

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(tokenPrefix)) throw invalidPaginationToken();
  return text.slice(tokenPrefix.length);
}

/** One page of rows in order of their keys, and the token of the next when there is one. */
export function page<Row>(rows: readonly Row[], keyOf: (row: Row) => string, request: PageRequest): { rows: Row[]; nextToken?: string } {
  const after = request.NextToken === undefined || request.NextToken === '' ? undefined : decode(request.NextToken);
  const size = Math.min(request.MaxResults ?? quotas.pageSize, quotas.pageSize);
  const rest = after === undefined ? [...rows] : rows.filter((row) => keyOf(row) > after);
  const given = rest.slice(0, size);
  const last = given.at(-1);
  return rest.length > given.length && last !== undefined ? { rows: given, nextToken: encode(keyOf(last)) } : { rows: given };
}
