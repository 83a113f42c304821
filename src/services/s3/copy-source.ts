import type { Demand } from '../../model/policy/decision.ts';
import type { ObjectRow } from '../../store/s3.ts';
import type { OperationContext } from '../operation.ts';
import { requireBucket } from './bucket.ts';
import { conditionKeys, existingTagKeys, objectDemand } from './demand.ts';
import { s3Errors } from './errors.ts';
import { parseTime } from './object-description.ts';
import { readVerdict } from './preconditions.ts';
import { requireObject } from './read-object.ts';

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
  const keys = { ...existingTagKeys(context.store.s3.findObject(bucketName, key)), ...conditionKeys({ 's3:VersionId': versionId }) };
  return objectDemand(context, versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', bucketName, key, keys);
}

/** The object to copy from, when its conditions hold. */
export function requireCopySource(input: CopyInput, context: OperationContext): ObjectRow {
  const { bucketName, key, versionId } = parseCopySource(input.CopySource);
  if (versionId !== undefined && versionId !== 'null') throw s3Errors.invalidArgument('Invalid version id specified');
  requireBucket(context, bucketName, input.ExpectedSourceBucketOwner);
  const object = requireObject(context, bucketName, key);
  const conditions = {
    ifMatch: input.CopySourceIfMatch,
    ifNoneMatch: input.CopySourceIfNoneMatch,
    ifModifiedSince: input.CopySourceIfModifiedSince,
    ifUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  };
  if (readVerdict(conditions, object, parseTime(object.lastModified)) !== 'read') throw s3Errors.preconditionFailed('x-amz-copy-source-if');
  return object;
}
