/** A place in a listing: after this key, or after this id of this key. */
export interface ListingPosition {
  readonly key: string;
  readonly id?: string;
}

export interface KeyQuery {
  readonly prefix: string;
  /** Keys that share what follows the prefix up to this text are answered as one group. Not empty. */
  readonly delimiter?: string;
  /** Everything answered sorts after this. A position within a group is after the whole group. */
  readonly after?: ListingPosition;
  /** At most this many rows and groups together. */
  readonly limit: number;
}

export interface KeyListing<Row> {
  readonly rows: readonly Row[];
  readonly groups: readonly string[];
  /** The last row or group, when there is more: where to go on. */
  readonly next?: ListingPosition;
}

/** Rows after a position and with keys below `before`, in UTF-8 byte order of their keys, then of their ids, at most `limit`. */
export type FetchRows<Row> = (after: Required<ListingPosition>, before: string | undefined, limit: number) => readonly Row[];

/** The rows that `FetchRows` asks for, as a condition on the columns `key` and `id`. */
export function rowsBetween(id: string, after: Required<ListingPosition>, before: string | undefined): { filter: string; values: string[] } {
  const filter = `(key, ${id}) > (?, ?)`;
  return before === undefined
    ? { filter, values: [after.key, after.id] }
    : { filter: `${filter} and key < ?`, values: [after.key, after.id, before] };
}

const idsEnd = '\u{10FFFF}';
const batchMax = 256;

/** The least text that sorts after every text with this prefix, in code point order (which is UTF-8's byte order). */
export function textAfterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let point = points.pop(); point !== undefined; point = points.pop()) {
    // U+D800 … U+DFFF are no characters.
    if (point < 0x10ffff) return String.fromCodePoint(...points, point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}

/** The group a key falls into, if any: the prefix, what follows it, and the first delimiter. */
export function groupOf(key: string, { prefix, delimiter }: Pick<KeyQuery, 'prefix' | 'delimiter'>): string | undefined {
  if (delimiter === undefined || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** Undefined: past the last possible key. */
function startOf(query: KeyQuery): Required<ListingPosition> | undefined {
  const { after, prefix } = query;
  if (after === undefined || Buffer.compare(Buffer.from(after.key), Buffer.from(prefix)) < 0) return { key: prefix, id: '' };
  const group = groupOf(after.key, query);
  return group === undefined ? { key: after.key, id: after.id ?? idsEnd } : startAfterGroup(group);
}

function startAfterGroup(group: string): Required<ListingPosition> | undefined {
  const key = textAfterPrefix(group);
  return key === undefined ? undefined : { key, id: '' };
}

/**
 * One page of a listing. Groups are stepped over by seeking to the first key behind them, so the work is proportional
 * to what is answered, never to how many keys a group holds.
 */
export function listKeys<Row extends { readonly key: string }>(query: KeyQuery, idOf: (row: Row) => string, fetch: FetchRows<Row>): KeyListing<Row> {
  const rows: Row[] = [];
  const groups: string[] = [];
  if (query.limit <= 0) return { rows, groups };
  const before = textAfterPrefix(query.prefix);
  let next: ListingPosition = { key: query.prefix };
  let batch = query.delimiter === undefined ? query.limit + 1 : 2;
  let position = startOf(query);
  while (position !== undefined) {
    const fetched = fetch(position, before, batch);
    const size = batch;
    batch = query.delimiter === undefined ? batch : Math.min(batch * 2, batchMax);
    position = undefined;
    for (const row of fetched) {
      if (rows.length + groups.length === query.limit) return { rows, groups, next };
      const group = groupOf(row.key, query);
      if (group !== undefined) {
        groups.push(group);
        next = { key: group };
        position = startAfterGroup(group);
        batch = 2;
        break;
      }
      rows.push(row);
      next = { key: row.key, id: idOf(row) };
      if (row === fetched.at(-1) && fetched.length === size) position = { key: row.key, id: idOf(row) };
    }
  }
  return { rows, groups };
}
