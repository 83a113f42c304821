import type { ObjectRow } from '../../../store/object-store.ts';
import type { Operation } from '../../operation.ts';
import { requireBucket } from '../bucket.ts';
import { checksumMembers } from '../checksum.ts';
import { checksumsOfCopy, computeCopyChecksum, type CopyChecksum } from '../copy-checksum.ts';
import { copySourceDemand, parseCopySource, requireCopySource } from '../copy-source.ts';
import { objectDemand, requestTagKeys } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { quoted } from '../etag.ts';
import { expirationMember } from '../lifecycle.ts';
import { requireKeyOf } from '../managed-key.ts';
import { bodyBytesMax, describeObject, requireKey, storageClassOf } from '../object-description.ts';
import { checkWriteConditions } from '../preconditions.ts';
import type { S3Input, S3Output } from '../s3-operation.ts';
import { tagsOfHeader } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { versionDemand, writingTo, writtenVersion } from '../versions.ts';
import { writeDemands } from '../write-demands.ts';

type CopyObjectInput = S3Input<'CopyObject'>;

/** What the copy is described by: what the source is, but for what the request replaces. */
function describeCopy(input: CopyObjectInput, source: ObjectRow) {
  const storageClass = storageClassOf(input.StorageClass);
  const { headers: described, metadata } = input.MetadataDirective === 'REPLACE' ? describeObject(input) : source;
  // Encryption is the request's or the bucket's, never the source's.
  const { ServerSideEncryption: _source, ...headers } = described;
  const tags = input.TaggingDirective === 'REPLACE' ? tagsOfHeader(input.Tagging) : source.tags;
  const encryption = input.ServerSideEncryption === undefined ? {} : { ServerSideEncryption: input.ServerSideEncryption };
  return { storageClass, headers: { ...headers, ...encryption }, metadata, tags };
}

/** A copy shares the blobs of its source: no byte is moved, and none read but for another checksum. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const copyObject: Operation<CopyObjectInput, S3Output<'CopyObject'>, CopyChecksum | undefined> = {
  authorize(input, context) {
    const { bucketName, key, versionId } = parseCopySource(input.CopySource);
    const source = context.store.s3.objects.findVersion(bucketName, key, versionId);
    const copiedTags = input.TaggingDirective === 'REPLACE' || source?.isDeleteMarker !== false ? {} : source.tags;
    const copiesTags = Object.keys(copiedTags).length > 0;
    return [
      copySourceDemand(input, context),
      ...writeDemands(input, context),
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
      ...(copiesTags
        ? [versionDemand({ Bucket: bucketName, Key: key, VersionId: versionId }, context, 's3:GetObjectTagging', 's3:GetObjectVersionTagging')]
        : []),
      ...(copiesTags ? [objectDemand(context, 's3:PutObjectTagging', input.Bucket, input.Key, requestTagKeys(copiedTags))] : []),
    ];
  },

  prepare: computeCopyChecksum,

  commit(input, context, computed) {
    const { Bucket, Key } = input;
    const { objects } = context.store.s3;
    refuseUnsupported(input);
    const bucket = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    requireKey(Key);
    requireKeyOf(bucket, input.ServerSideEncryption, 'GenerateDataKey', context);
    const { object: source, answered } = requireCopySource(input, context);
    if (source.size > bodyBytesMax) throw s3Errors.copySourceTooLarge();
    const changesNothing =
      input.MetadataDirective !== 'REPLACE' && input.ServerSideEncryption === undefined && storageClassOf(input.StorageClass) === source.storageClass;
    // A version that is named is put back as the newest.
    const putsBack = bucket.versioning !== undefined && parseCopySource(input.CopySource).versionId !== undefined;
    if (source.bucketName === Bucket && source.key === Key && changesNothing && !putsBack) throw s3Errors.copyOntoItself();
    const { checksums, checksumType } = checksumsOfCopy(input, source, computed);
    checkWriteConditions(input, objects.findObject(Bucket, Key));

    const lastModified = context.now.toISOString();
    const copy = { ...source, ...describeCopy(input, source), checksums, checksumType, bucketName: Bucket, key: Key, lastModified };
    const written = objects.putObject(copy, objects.listObjectParts(source), writingTo(bucket, context));
    return {
      ...answered,
      ...writtenVersion(bucket, written),
      ...expirationMember(bucket, written),
      CopyObjectResult: {
        ETag: quoted(source.etag),
        LastModified: context.now,
        ...checksumMembers(checksums),
        ...(Object.keys(checksums).length === 0 ? {} : { ChecksumType: checksumType }),
      },
      ...(input.ServerSideEncryption === undefined ? {} : { ServerSideEncryption: input.ServerSideEncryption }),
    };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
