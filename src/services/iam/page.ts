import { iamErrors } from './errors.ts';

const pageSizeDefault = 100;

export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

interface Page<T> {
  readonly items: T[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** A part of a list that is in order of its keys. The marker holds the last key given, so a changed list repeats and skips nothing else. */
export function pageOf<T>(all: readonly T[], keyOf: (item: T) => string, { Marker, MaxItems = pageSizeDefault }: PageRequest): Page<T> {
  const after = Marker === undefined ? undefined : keyFrom(Marker);
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, MaxItems);
  const last = items.at(-1);
  if (items.length === rest.length || last === undefined) return { items, IsTruncated: false };
  return { items, IsTruncated: true, Marker: Buffer.from(keyOf(last)).toString('base64url') };
}

function keyFrom(marker: string): string {
  const key = Buffer.from(marker, 'base64url').toString();
  if (key === '' || Buffer.from(key).toString('base64url') !== marker) throw iamErrors.invalidMarker(marker);
  return key;
}
