import type { DeleteMarkerRow } from '../../store/object-store.ts';
import type { BucketRow } from '../../store/s3.ts';
import type { OperationContext } from '../operation.ts';
import { requireVersionId, writingTo } from './versions.ts';

/** What a deletion tells: the delete marker that it made or removed, the version that it removed. */
export interface Removal {
  readonly DeleteMarker?: true;
  readonly VersionId?: string;
}

/**
 * A request to delete without a version id. Where versions are or were kept the object only disappears behind a delete
 * marker. https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
function removeObject(bucket: BucketRow, key: string, context: OperationContext): DeleteMarkerRow | undefined {
  const { objects } = context.store.s3;
  const { bucketName, versioning } = bucket;
  if (versioning !== undefined) return objects.putDeleteMarker(bucketName, key, writingTo(bucket, context));
  const object = objects.findObject(bucketName, key);
  if (object !== undefined) objects.deleteVersion(object, context.now);
  return undefined;
}

/** Deletes the object, or for good the version that is named. What is not there is deleted too. */
export function remove(bucket: BucketRow, key: string, versionId: string | undefined, context: OperationContext): Removal {
  if (versionId === undefined) {
    const marker = removeObject(bucket, key, context);
    return marker === undefined ? {} : { DeleteMarker: true, VersionId: marker.versionId };
  }
  const { objects } = context.store.s3;
  const version = objects.findVersion(bucket.bucketName, key, requireVersionId(versionId));
  if (version !== undefined) objects.deleteVersion(version, context.now);
  return { ...(version?.isDeleteMarker === true ? { DeleteMarker: true as const } : {}), VersionId: versionId };
}
