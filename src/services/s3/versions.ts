import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { Writing } from '../../store/object-store.ts';
import type { BucketRow } from '../../store/s3.ts';
import { isVersionId } from '../../store/s3-version-place.ts';
import type { OperationContext } from '../operation.ts';
import { conditionKeys, existingTagKeys, objectDemand } from './demand.ts';
import { s3Errors } from './errors.ts';

/** Which object a request is about: the current one, or one version of it. */
export interface NamedVersion {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

/** How a write to this bucket treats what is there. https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */
export const writingTo = ({ versioning }: BucketRow, { newUuid, now }: OperationContext): Writing => ({
  keepsVersions: versioning === 'Enabled',
  secret: newUuid(),
  now,
});

/** The version that a write tells of: only where versions are kept. */
export const writtenVersion = ({ versioning }: BucketRow, { versionId }: { readonly versionId: string }): { VersionId?: string } =>
  versioning === 'Enabled' ? { VersionId: versionId } : {};

/** The version that a read tells of: where versions are, or were, kept. */
export const readVersion = ({ versioning }: BucketRow, { versionId }: { readonly versionId: string }): { VersionId?: string } =>
  versioning === undefined ? {} : { VersionId: versionId };

/** `s3:VersionId`, and `s3:ExistingObjectTag/KEY` for each tag of the version that is named, or of the current object. */
function versionKeys({ Bucket, Key, VersionId }: NamedVersion, { store }: OperationContext): ConditionContext {
  const version = store.s3.objects.findVersion(Bucket, Key, VersionId);
  return { ...existingTagKeys(version?.isDeleteMarker === false ? version : undefined), ...conditionKeys({ 's3:VersionId': VersionId }) };
}

/** The one action, or the other when the request names a version. */
export const versionDemand = (
  input: NamedVersion,
  context: OperationContext,
  action: string,
  versionAction: string,
  more: ConditionContext = {},
): Demand =>
  objectDemand(context, input.VersionId === undefined ? action : versionAction, input.Bucket, input.Key, { ...versionKeys(input, context), ...more });

export function requireVersionId(versionId: string): string {
  if (!isVersionId(versionId)) throw s3Errors.invalidVersionId({ ArgumentName: 'versionId', ArgumentValue: versionId });
  return versionId;
}
