import { invalidFilter, tooManyFilterValues } from './errors.ts';
import { quotas } from './quotas.ts';

/** As EC2 takes them. Any of the values matches; every filter must match. */
export interface Filter {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

type FilterValue = string | number | boolean | undefined;
/** What each filter of an operation looks at, by AWS's name of the filter. */
export type FilterTable<Row> = Readonly<Record<string, (row: Row) => FilterValue | readonly FilterValue[]>>;

/**
 * `*` stands for any characters, `?` for one, a backslash takes the next character as it is. One pass with one point to
 * go back to, so that no pattern is slow. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const tokens = [...pattern.matchAll(/\\(.)|([\s\S])/gu)].map(([, escaped, plain]) => ({
    character: escaped ?? plain ?? '',
    literal: plain === undefined,
  }));
  const characters = Array.from(text);
  let token = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < characters.length) {
    const at = tokens[token];
    if (at?.literal === false && at.character === '*') {
      star = token;
      starPosition = position;
      token += 1;
    } else if (at !== undefined && (at.character === characters[position] || (!at.literal && at.character === '?'))) {
      token += 1;
      position += 1;
    } else if (star >= 0) {
      token = star + 1;
      starPosition += 1;
      position = starPosition;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every(({ character, literal }) => character === '*' && !literal);
}

/** The values a filter looks at, by name: the table's, or the tags of a resource that can have some. */
function lookup<Row>(name: string, table: FilterTable<Row>, tagsOf: ((row: Row) => ReadonlyMap<string, string>) | undefined) {
  if (tagsOf !== undefined) {
    if (name.startsWith('tag:')) return (row: Row) => tagsOf(row).get(name.slice('tag:'.length));
    if (name === 'tag-key') return (row: Row) => [...tagsOf(row).keys()];
    if (name === 'tag-value') return (row: Row) => [...tagsOf(row).values()];
  }
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (read === undefined) throw invalidFilter(name);
  return read;
}

/** Whether a row passes all filters. Throws for a filter that the operation does not have. */
export function matcher<Row>(
  filters: readonly Filter[] | undefined,
  table: FilterTable<Row>,
  tagsOf?: (row: Row) => ReadonlyMap<string, string>,
): (row: Row) => boolean {
  const tests = (filters ?? []).map(({ Name = 'null', Values = [] }) => {
    const read = lookup(Name, table, tagsOf);
    if (Values.length > quotas.filterValues) throw tooManyFilterValues(quotas.filterValues);
    return (row: Row): boolean => {
      const found = [read(row)].flat().filter((value) => value !== undefined);
      return found.some((value) => Values.some((pattern) => matchesWildcard(pattern, String(value))));
    };
  });
  return (row) => tests.every((test) => test(row));
}
