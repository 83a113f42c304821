import { matcher, type Filter, type FilterTable } from './filters.ts';
import { page, type PageRequest } from './pagination.ts';
import type { ResourceContext } from './resources.ts';
import { tagMapOf } from './tags.ts';

interface DescribeRequest extends PageRequest {
  readonly Filters?: readonly Filter[] | undefined;
}

interface Source<Row> {
  /** Ids the caller named; each must exist. */
  readonly ids: readonly string[] | undefined;
  /** Throws the resource's NotFound. */
  readonly find: (id: string) => Row;
  readonly list: () => readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly filters: FilterTable<Row>;
}

/** How every Describe operation reads: the named ones or all, those that pass the filters, one page of them. */
export function describe<Row>(context: ResourceContext, request: DescribeRequest, source: Source<Row>): { rows: Row[]; nextToken?: string } {
  const { ids, idOf } = source;
  const rows = ids === undefined || ids.length === 0 ? source.list() : [...new Set(ids)].sort().map((id) => source.find(id));
  const passes = matcher(request.Filters, source.filters, (row: Row) => tagMapOf(context, idOf(row)));
  return page(
    rows.filter((row) => passes(row)),
    idOf,
    request,
  );
}

/** The rows of the caller's account. */
export function ownedBy<Row extends { readonly ownerId: string }>({ accountId }: ResourceContext, rows: readonly Row[]): Row[] {
  return rows.filter(({ ownerId }) => ownerId === accountId);
}
