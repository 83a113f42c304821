import type { ObjectRow } from '../../../store/s3.ts';
import { requireBucket } from '../bucket.ts';
import { checksumMembers } from '../checksum.ts';
import { copySourceDemand, parseCopySource, requireCopySource } from '../copy-source.ts';
import { objectDemand, requestTagKeys } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { quoted } from '../etag.ts';
import { bodyBytesMax, describeObject, requireKey, storageClassOf } from '../object-description.ts';
import { checkWriteConditions } from '../preconditions.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';
import { tagsOfHeader } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { writeDemands } from '../write-demands.ts';

type CopyObjectInput = S3Input<'CopyObject'>;

/** What the copy is described by: what the source is, but for what the request replaces. */
function describeCopy(input: CopyObjectInput, source: ObjectRow) {
  const storageClass = storageClassOf(input.StorageClass);
  const { headers, metadata } = input.MetadataDirective === 'REPLACE' ? describeObject(input) : source;
  const tags = input.TaggingDirective === 'REPLACE' ? tagsOfHeader(input.Tagging) : source.tags;
  const encryption = input.ServerSideEncryption === undefined ? {} : { ServerSideEncryption: input.ServerSideEncryption };
  return { storageClass, headers: { ...headers, ...encryption }, metadata, tags };
}

/** A copy shares the blobs of its source: no byte is moved. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const copyObject: S3Operation<'CopyObject'> = {
  authorize(input, context) {
    const { bucketName, key } = parseCopySource(input.CopySource);
    const copiedTags = input.TaggingDirective === 'REPLACE' ? {} : (context.store.s3.findObject(bucketName, key)?.tags ?? {});
    const copiesTags = Object.keys(copiedTags).length > 0;
    return [
      copySourceDemand(input, context),
      ...writeDemands(input, context),
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
      ...(copiesTags ? [objectDemand(context, 's3:GetObjectTagging', bucketName, key)] : []),
      ...(copiesTags ? [objectDemand(context, 's3:PutObjectTagging', input.Bucket, input.Key, requestTagKeys(copiedTags))] : []),
    ];
  },

  commit(input, context) {
    const { Bucket, Key } = input;
    const { s3 } = context.store;
    refuseUnsupported(input);
    requireBucket(context, Bucket, input.ExpectedBucketOwner);
    requireKey(Key);
    const source = requireCopySource(input, context);
    if (source.size > bodyBytesMax) throw s3Errors.copySourceTooLarge();
    const changesNothing =
      input.MetadataDirective !== 'REPLACE' && input.ServerSideEncryption === undefined && storageClassOf(input.StorageClass) === source.storageClass;
    if (source.bucketName === Bucket && source.key === Key && changesNothing) throw s3Errors.copyOntoItself();
    if (input.ChecksumAlgorithm !== undefined && source.checksums[input.ChecksumAlgorithm.toLowerCase()] === undefined) {
      throw s3Errors.notImplemented(`ChecksumAlgorithm ${input.ChecksumAlgorithm} that the source does not have`);
    }
    checkWriteConditions(input, s3.findObject(Bucket, Key));

    const lastModified = context.now.toISOString();
    const parts = s3.listObjectParts(source.bucketName, source.key);
    s3.putObject({ ...source, ...describeCopy(input, source), bucketName: Bucket, key: Key, lastModified }, parts, context.now);
    return {
      CopyObjectResult: {
        ETag: quoted(source.etag),
        LastModified: context.now,
        ...checksumMembers(source.checksums),
        ...(Object.keys(source.checksums).length === 0 ? {} : { ChecksumType: source.checksumType }),
      },
      ...(input.ServerSideEncryption === undefined ? {} : { ServerSideEncryption: input.ServerSideEncryption }),
    };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
