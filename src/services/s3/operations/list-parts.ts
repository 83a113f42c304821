import type { ChecksumAlgorithm, StorageClass } from '@aws-sdk/client-s3';
import { requireBucket } from '../bucket.ts';
import { checksumMembers } from '../checksum.ts';
import { objectDemand } from '../demand.ts';
import { quoted } from '../etag.ts';
import { limitOf } from '../listing-text.ts';
import { parseTime } from '../object-description.ts';
import type { S3Operation } from '../s3-operation.ts';
import { requireUpload, uploadOwners } from '../upload.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export const listParts: S3Operation<'ListParts'> = {
  authorize: ({ Bucket, Key }, context) => [objectDemand(context, 's3:ListMultipartUploadParts', Bucket, Key)],

  commit(input, context) {
    const { Bucket, Key, UploadId } = input;
    const { ownerId } = requireBucket(context, Bucket);
    const upload = requireUpload(context, input);
    const limit = limitOf(input.MaxParts, 'max-parts');
    const marker = Number(input.PartNumberMarker ?? 0);
    const found = context.store.s3.objects.listParts(UploadId, marker, limit + 1);
    const page = found.slice(0, limit);
    return {
      Bucket,
      Key,
      UploadId,
      ...uploadOwners(upload, ownerId),
      StorageClass: upload.storageClass as StorageClass,
      PartNumberMarker: String(marker),
      NextPartNumberMarker: String(page.at(-1)?.partNumber ?? 0),
      MaxParts: limit,
      IsTruncated: limit > 0 && found.length > limit,
      ...(upload.checksumAlgorithm === undefined
        ? {}
        : { ChecksumAlgorithm: upload.checksumAlgorithm as ChecksumAlgorithm, ChecksumType: upload.checksumType }),
      Parts: page.map(({ partNumber, etag, size, lastModified, checksums }) => ({
        PartNumber: partNumber,
        LastModified: parseTime(lastModified),
        ETag: quoted(etag),
        Size: size,
        ...checksumMembers(checksums),
      })),
    };
  },
};
