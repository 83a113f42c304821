import type { Demand } from '../../model/policy/decision.ts';
import type { ObjectRow } from '../../store/object-store.ts';
import type { OperationContext } from '../operation.ts';
import { requireBucket } from './bucket.ts';
import { s3Errors } from './errors.ts';
import { requireKeyOf } from './managed-key.ts';
import { parseTime } from './object-description.ts';
import { readVerdict } from './preconditions.ts';
import { requireObject } from './read-object.ts';
import { readVersion, requireVersionId, versionDemand } from './versions.ts';

export interface CopyInput {
  readonly CopySource: string;
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  readonly ExpectedSourceBucketOwner?: string | undefined;
}

interface CopySource {
  readonly bucketName: string;
  readonly key: string;
  readonly versionId?: string;
}

/** `BUCKET/KEY` or `/BUCKET/KEY`, URL-encoded, with `?versionId=ID` behind. */
export function parseCopySource(header: string): CopySource {
  const [path = '', query] = header.split(/\?versionId=/, 2);
  let text;
  try {
    text = decodeURIComponent(path.replace(/^\//, ''));
  } catch {
    throw s3Errors.invalidArgument('Copy Source must be URL-encoded');
  }
  const [bucketName, key] = [text.slice(0, Math.max(text.indexOf('/'), 0)), text.slice(text.indexOf('/') + 1)];
  if (bucketName === '' || key === '') {
    throw s3Errors.invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  return { bucketName, key, ...(query === undefined ? {} : { versionId: query }) };
}

/** s3:GetObject of the source, under its bucket's policy. */
export function copySourceDemand(input: CopyInput, context: OperationContext): Demand {
  const { bucketName, key, versionId } = parseCopySource(input.CopySource);
  return versionDemand({ Bucket: bucketName, Key: key, VersionId: versionId }, context, 's3:GetObject', 's3:GetObjectVersion');
}

/** The object to copy from, when its conditions hold, and what the answer says of it. */
export function requireCopySource(
  input: CopyInput,
  context: OperationContext,
): { readonly object: ObjectRow; readonly answered: { readonly CopySourceVersionId?: string } } {
  const { bucketName, key, versionId } = parseCopySource(input.CopySource);
  const bucket = requireBucket(context, bucketName, input.ExpectedSourceBucketOwner);
  if (versionId !== undefined && context.store.s3.objects.findVersion(bucketName, key, requireVersionId(versionId))?.isDeleteMarker === true) {
    throw s3Errors.invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  const object = requireObject(context, { Bucket: bucketName, Key: key, VersionId: versionId });
  requireKeyOf(bucket, object.headers['ServerSideEncryption'], 'Decrypt', context);
  const conditions = {
    ifMatch: input.CopySourceIfMatch,
    ifNoneMatch: input.CopySourceIfNoneMatch,
    ifModifiedSince: input.CopySourceIfModifiedSince,
    ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  };
  if (readVerdict(conditions, object, parseTime(object.lastModified)) !== 'read') throw s3Errors.preconditionFailed('x-amz-copy-source-if');
  const { VersionId } = readVersion(bucket, object);
  return { object, answered: VersionId === undefined ? {} : { CopySourceVersionId: VersionId } };
}
