import type { ChecksumAlgorithm, StorageClass } from '@aws-sdk/client-s3';
import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { commonPrefixes } from '../listed-object.ts';
import { keyText, limitOf } from '../listing-text.ts';
import { parseTime } from '../object-description.ts';
import type { S3Operation } from '../s3-operation.ts';
import { uploadOwners } from '../upload.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export const listMultipartUploads: S3Operation<'ListMultipartUploads'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:ListBucketMultipartUploads', Bucket)],

  commit(input, context) {
    const { Bucket, Prefix = '', Delimiter = '', KeyMarker = '', UploadIdMarker = '', EncodingType } = input;
    const { ownerId } = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    const limit = limitOf(input.MaxUploads, 'max-uploads');
    const text = keyText(EncodingType);
    const listing = context.store.s3.objects.listUploads(Bucket, {
      prefix: Prefix,
      limit,
      ...(Delimiter === '' ? {} : { delimiter: Delimiter }),
      ...(KeyMarker === '' ? {} : { after: { key: KeyMarker, ...(UploadIdMarker === '' ? {} : { id: UploadIdMarker }) } }),
    });
    return {
      Bucket,
      Prefix: text(Prefix),
      KeyMarker: text(KeyMarker),
      UploadIdMarker,
      ...(Delimiter === '' ? {} : { Delimiter: text(Delimiter) }),
      ...(EncodingType === undefined ? {} : { EncodingType }),
      MaxUploads: limit,
      IsTruncated: listing.next !== undefined,
      ...(listing.next === undefined ? {} : { NextKeyMarker: text(listing.next.key), NextUploadIdMarker: listing.next.id ?? '' }),
      Uploads: listing.rows.map((upload) => ({
        UploadId: upload.uploadId,
        Key: text(upload.key),
        Initiated: parseTime(upload.initiatedAt),
        StorageClass: upload.storageClass as StorageClass,
        ...uploadOwners(upload, ownerId),
        ...(upload.checksumAlgorithm === undefined
          ? {}
          : { ChecksumAlgorithm: upload.checksumAlgorithm as ChecksumAlgorithm, ChecksumType: upload.checksumType }),
      })),
      CommonPrefixes: commonPrefixes(listing.groups, text),
    };
  },
};
