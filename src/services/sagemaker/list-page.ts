import { createHash } from 'node:crypto';
import { sagemakerErrors } from './errors.ts';

/** What a row is sorted by: its key in the order, and what tells rows of one key apart. */
export type SortKey = readonly [key: string, name: string];

interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const pageSizeDefault = 10;

/**
 * A page of rows in their order, after the row that the token names: rows that come meanwhile are neither repeated nor hide
 * others. The token is of one request: with other filters or another order it leads nowhere.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => SortKey,
  descending: boolean,
  request: PageRequest,
): { readonly rows: readonly Row[]; readonly nextToken: string | undefined } {
  const sign = descending ? -1 : 1;
  const ordered = rows.toSorted((a, b) => sign * compare(keyOf(a), keyOf(b)));
  const { MaxResults: size = pageSizeDefault, NextToken, ...asked } = request;
  const digest = createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 22);
  const after = NextToken === undefined ? undefined : keyFrom(NextToken, digest);
  const rest = after === undefined ? ordered : ordered.filter((row) => sign * compare(keyOf(row), after) > 0);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  if (page.length === rest.length || last === undefined) return { rows: page, nextToken: undefined };
  return { rows: page, nextToken: Buffer.from(JSON.stringify([digest, ...keyOf(last)])).toString('base64url') };
}

const compare = (a: SortKey, b: SortKey): number => compareTexts(a[0], b[0]) || compareTexts(a[1], b[1]);
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function keyFrom(token: string, digest: string): SortKey {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw sagemakerErrors.invalidNextToken();
  }
  if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== digest) throw sagemakerErrors.invalidNextToken();
  return [String(parts[1]), String(parts[2])];
}
