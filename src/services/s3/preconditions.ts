import type { ObjectRow } from '../../store/object-store.ts';
import { s3Errors } from './errors.ts';

/** The conditional headers of a read (RFC 9110 §13), or the same ones about the source of a copy. */
export interface ReadConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: Date | undefined;
  readonly ifUnmodifiedSince: Date | undefined;
}

/** True when a header names the entity tag, with or without quotes, or is `*`. */
function matchesEtag(header: string, etag: string): boolean {
  return header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '').replaceAll('"', '')));
}

/** Headers carry whole seconds. */
const seconds = (date: Date): number => Math.floor(date.getTime() / 1_000);

/**
 * What a read's conditions make of it. An entity tag decides over a date where both are given.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
 */
export function readVerdict(conditions: ReadConditions, object: ObjectRow, lastModified: Date): 'read' | 'not-modified' | 'failed' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) return 'failed';
  } else if (ifUnmodifiedSince !== undefined && seconds(lastModified) > seconds(ifUnmodifiedSince)) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, object.etag) ? 'not-modified' : 'read';
  return ifModifiedSince !== undefined && seconds(lastModified) <= seconds(ifModifiedSince) ? 'not-modified' : 'read';
}

/** The condition of a deletion, on the current object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html */
export function checkDeleteCondition(ifMatch: string, existing: ObjectRow | undefined): void {
  if (existing === undefined || !matchesEtag(ifMatch, existing.etag)) throw s3Errors.preconditionFailed('If-Match');
}

/**
 * Conditions of a write on what has the key now: `If-None-Match: *` asks for nothing there, `If-Match` for that object.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWriteConditions(
  { IfMatch, IfNoneMatch }: { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string | undefined },
  existing: ObjectRow | undefined,
): void {
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') throw s3Errors.notImplemented('If-None-Match with an entity tag');
  if (IfNoneMatch !== undefined && existing !== undefined) throw s3Errors.preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (existing === undefined) throw s3Errors.noSuchKey();
  if (!matchesEtag(IfMatch, existing.etag)) throw s3Errors.preconditionFailed('If-Match');
}
