import { assert } from '../../stdx/assert.ts';
import type { ObjectRow, PartRow } from '../../store/object-store.ts';
import type { OperationContext } from '../operation.ts';
import { requireBucket } from './bucket.ts';
import { parseRange, type ByteRange } from './byte-range.ts';
import { checksumMembers } from './checksum.ts';
import { bucketDemand } from './demand.ts';
import { s3Errors } from './errors.ts';
import { quoted } from './etag.ts';
import { refusalOf } from './judge.ts';
import { expirationMember } from './lifecycle.ts';
import { requireKeyOf } from './managed-key.ts';
import { describedMembers, parseTime, requireKey } from './object-description.ts';
import { readVerdict } from './preconditions.ts';
import type { S3Input } from './s3-operation.ts';
import { refuseUnsupported } from './unsupported.ts';
import { type NamedVersion, readVersion, requireVersionId, versionDemand } from './versions.ts';

type ReadInput = S3Input<'GetObject'> | S3Input<'HeadObject'>;

/** s3:GetObject, or s3:GetObjectVersion when the request names a version. */
export const readDemands = (input: ReadInput, context: OperationContext) => [versionDemand(input, context, 's3:GetObject', 's3:GetObjectVersion')];

/**
 * The object, or the refusal that tells no more than the caller may know: whether a key exists is for those who may
 * list the bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
 */
export function requireObject(context: OperationContext, { Bucket, Key, VersionId }: NamedVersion): ObjectRow {
  requireKey(Key);
  if (VersionId !== undefined) requireVersionId(VersionId);
  const found = context.store.s3.objects.findVersion(Bucket, Key, VersionId);
  if (found?.isDeleteMarker === false) return found;
  const marker = found === undefined ? {} : { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId };
  if (found !== undefined && VersionId !== undefined) {
    throw s3Errors.isDeleteMarker({ ...marker, 'last-modified': parseTime(found.lastModified).toUTCString() });
  }
  const refusal = refusalOf(bucketDemand(context, 's3:ListBucket', Bucket), context);
  if (refusal !== undefined) throw s3Errors.accessDenied(refusal);
  throw VersionId === undefined ? s3Errors.noSuchKey({ Key }, marker) : s3Errors.noSuchVersion({ Key, VersionId });
}

/** What GetObject sends and HeadObject only describes. */
export interface ObjectRead {
  readonly object: ObjectRow;
  readonly range: ByteRange;
  readonly parts: readonly PartRow[];
  /** The members both answers share. */
  readonly members: ReturnType<typeof readMembers> & {
    readonly VersionId?: string;
    readonly TagCount?: number;
    readonly Expiration?: string;
  };
}

export function readObject(input: ReadInput, context: OperationContext): ObjectRead {
  refuseUnsupported(input);
  const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
  const object = requireObject(context, input);
  requireKeyOf(bucket, object.headers['ServerSideEncryption'], 'Decrypt', context);
  checkConditions(input, object);
  const parts = context.store.s3.objects.listObjectParts(object);
  const range = requestedRange(input, object, parts);
  const whole = { start: 0, end: object.size - 1 };
  const members = {
    ...readMembers(input, object, range, parts),
    ...tagCount(input, object, context),
    ...readVersion(bucket, object),
    ...(input.VersionId === undefined ? expirationMember(bucket, object) : {}),
  };
  return { object, parts, range: range ?? whole, members };
}

function checkConditions(input: ReadInput, object: ObjectRow): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = input;
  const conditions = { ifMatch: IfMatch, ifNoneMatch: IfNoneMatch, ifModifiedSince: IfModifiedSince, ifUnmodifiedSince: IfUnmodifiedSince };
  const verdict = readVerdict(conditions, object, parseTime(object.lastModified));
  if (verdict === 'not-modified')
    throw s3Errors.notModified({ ETag: quoted(object.etag), 'Last-Modified': parseTime(object.lastModified).toUTCString() });
  if (verdict === 'failed') throw s3Errors.preconditionFailed(IfMatch === undefined ? 'If-Unmodified-Since' : 'If-Match');
}

/** Undefined when the whole object is asked for. */
function requestedRange(input: ReadInput, object: ObjectRow, parts: readonly PartRow[]): ByteRange | undefined {
  if (input.PartNumber !== undefined) {
    if (input.Range !== undefined) throw s3Errors.invalidRequest('Cannot specify both Range header and partNumber query parameter');
    return rangeOfPart(input.PartNumber, object, parts);
  }
  const range = parseRange(input.Range, object.size);
  if (range === 'unsatisfiable') throw s3Errors.invalidRange({ RangeRequested: input.Range ?? '', ActualObjectSize: object.size });
  return range === 'whole' ? undefined : range;
}

/** Parts are counted from 1 in the object, whatever numbers they were uploaded under. */
function rangeOfPart(partNumber: number, object: ObjectRow, parts: readonly PartRow[]): ByteRange | undefined {
  const part = parts[partNumber - 1];
  if (part === undefined) throw s3Errors.invalidPartNumber({ PartNumberRequested: partNumber, ActualPartCount: parts.length });
  if (object.size === 0) return undefined;
  const start = parts.slice(0, partNumber - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size - 1 };
}

function readMembers(input: ReadInput, object: ObjectRow, range: ByteRange | undefined, parts: readonly PartRow[]) {
  assert(range === undefined || range.end < object.size, 'a range lies within its object');
  // A client compares a checksum with all bytes it gets: with a part of them it is not told the object's.
  const withChecksums = input.ChecksumMode === 'ENABLED' && range === undefined;
  return {
    ...describedMembers(object),
    AcceptRanges: 'bytes',
    LastModified: parseTime(object.lastModified),
    ETag: quoted(object.etag),
    ContentLength: range === undefined ? object.size : range.end - range.start + 1,
    ...(range === undefined ? {} : { ContentRange: `bytes ${range.start}-${range.end}/${object.size}` }),
    ...(withChecksums && Object.keys(object.checksums).length > 0 ? { ...checksumMembers(object.checksums), ChecksumType: object.checksumType } : {}),
    ...(input.PartNumber !== undefined && object.partCount > 0 ? { PartsCount: object.partCount } : {}),
    ...partChecksums(input, object, parts),
    ...overrides(input),
  };
}

/** Of a part that is read by its number its own checksum is told. */
function partChecksums({ ChecksumMode, PartNumber }: ReadInput, { checksumType, partCount }: ObjectRow, parts: readonly PartRow[]) {
  const part = ChecksumMode === 'ENABLED' && PartNumber !== undefined && partCount > 0 ? parts[PartNumber - 1] : undefined;
  return part === undefined || Object.keys(part.checksums).length === 0 ? {} : { ...checksumMembers(part.checksums), ChecksumType: checksumType };
}

/** How many tags there are is for those who may read them. */
function tagCount(input: ReadInput, { tags }: ObjectRow, context: OperationContext): { readonly TagCount?: number } {
  const count = Object.keys(tags).length;
  if (count === 0 || refusalOf(versionDemand(input, context, 's3:GetObjectTagging', 's3:GetObjectVersionTagging'), context) !== undefined) return {};
  return { TagCount: count };
}

/** `response-*` query parameters: the caller chooses headers of the answer. Only for requests with a signature. */
function overrides(input: ReadInput) {
  const chosen = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)) as Partial<typeof chosen>;
}
