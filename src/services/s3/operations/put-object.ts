import { requireBucket } from '../bucket.ts';
import { checkDigests, checksumMembers, keptChecksums } from '../checksum.ts';
import { objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { etagOfBody, quoted } from '../etag.ts';
import { expirationMember } from '../lifecycle.ts';
import { requireKeyOf } from '../managed-key.ts';
import { bodyBytesMax, describeObject, requireKey } from '../object-description.ts';
import { checkWriteConditions } from '../preconditions.ts';
import type { S3ReceivingOperation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { writingTo, writtenVersion } from '../versions.ts';
import { writeDemands } from '../write-demands.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject: S3ReceivingOperation<'PutObject'> = {
  receivesBody: true,

  authorize: (input, context) => [
    ...writeDemands(input, context),
    // To compare with what is there is to read about it.
    ...(input.IfMatch === undefined ? [] : [objectDemand(context, 's3:GetObject', input.Bucket, input.Key)]),
  ],

  commit(input, context, received) {
    const { Bucket, Key } = input;
    refuseUnsupported(input);
    const bucket = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    requireKeyOf(bucket, input.ServerSideEncryption, 'GenerateDataKey', context);
    requireKey(Key);
    const description = describeObject(input);
    if (received.size > bodyBytesMax) throw s3Errors.entityTooLarge({ ProposedSize: received.size, MaxSizeAllowed: bodyBytesMax });
    checkDigests(input, received);
    const { objects } = context.store.s3;
    checkWriteConditions(input, objects.findObject(Bucket, Key));

    const { size, blobId } = received;
    const checksums = keptChecksums(received);
    const body = { etag: etagOfBody(received), size, lastModified: context.now.toISOString(), checksums };
    const written = objects.putObject(
      { ...description, ...body, bucketName: Bucket, key: Key, checksumType: 'FULL_OBJECT', partCount: 0 },
      [{ ...body, partNumber: 1, ranges: [{ blobId, start: 0, size }] }],
      writingTo(bucket, context),
    );
    return {
      ETag: quoted(body.etag),
      ...writtenVersion(bucket, written),
      ...expirationMember(bucket, written),
      ...(Object.keys(checksums).length === 0 ? {} : { ...checksumMembers(checksums), ChecksumType: 'FULL_OBJECT' as const }),
      ...(input.ServerSideEncryption === undefined ? {} : { ServerSideEncryption: input.ServerSideEncryption }),
    };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
