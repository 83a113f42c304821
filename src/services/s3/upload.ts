import { canonicalUserId, requireBucket } from './bucket.ts';
import { s3Errors } from './errors.ts';
import type { UploadRow } from '../../store/object-store.ts';
import type { OperationContext } from '../operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const partNumberMax = 10_000;
export const partBytesMin = 5 * 1024 ** 2;

/** The unfinished upload, of this bucket and key. */
export function requireUpload(
  context: OperationContext,
  input: { readonly Bucket: string; readonly Key: string; readonly UploadId: string; readonly ExpectedBucketOwner?: string | undefined },
): UploadRow {
  requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
  const upload = context.store.s3.objects.findUpload(input.UploadId);
  if (upload?.bucketName !== input.Bucket || upload.key !== input.Key) throw s3Errors.noSuchUpload({ UploadId: input.UploadId });
  return upload;
}

export function requirePartNumber(partNumber: number): void {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partNumberMax) {
    throw s3Errors.invalidArgument(`Part number must be an integer between 1 and ${partNumberMax}, inclusive`);
  }
}

/** How the answer names who began an upload and who owns it. */
export const uploadOwners = (upload: UploadRow, ownerId: string) => ({
  Initiator: { ID: upload.initiatorArn, DisplayName: upload.initiatorArn.split('/').at(-1) ?? upload.initiatorArn },
  Owner: { ID: canonicalUserId(ownerId) },
});
