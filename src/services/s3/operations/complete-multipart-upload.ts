import type { NewObject, ObjectRow, PartRow, UploadRow } from '../../../store/object-store.ts';
import type { OperationContext } from '../../operation.ts';
import { requireBucket } from '../bucket.ts';
import { checksumMembers, checksumOfParts, checksumsOf } from '../checksum.ts';
import { conditionKeys, objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { etagOfParts, quoted } from '../etag.ts';
import { expirationMember } from '../lifecycle.ts';
import type { Encryption } from '../managed-key.ts';
import { checkWriteConditions } from '../preconditions.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { partBytesMin, partNumberMax, requireUpload } from '../upload.ts';
import { writingTo, writtenVersion } from '../versions.ts';

type CompleteInput = S3Input<'CompleteMultipartUpload'>;
type NamedPart = NonNullable<NonNullable<CompleteInput['MultipartUpload']>['Parts']>[number];

const bare = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

/** The uploaded parts that the request names, in its order, which must be ascending. */
function chosenParts(named: readonly NamedPart[], uploaded: readonly PartRow[]): PartRow[] {
  if (named.length === 0 || named.length > partNumberMax) throw s3Errors.malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  let last = 0;
  const parts = named.map((name) => {
    const partNumber = name.PartNumber ?? 0;
    if (partNumber <= last) throw s3Errors.invalidPartOrder();
    last = partNumber;
    const part = byNumber.get(partNumber);
    const sameChecksums = Object.entries(checksumsOf(name)).every(([algorithm, value]) => (part?.checksums[algorithm] ?? value) === value);
    if (part === undefined || part.etag !== bare(name.ETag) || !sameChecksums)
      throw s3Errors.invalidPart({ PartNumber: partNumber, ETag: bare(name.ETag) });
    return part;
  });
  const small = parts.slice(0, -1).find(({ size }) => size < partBytesMin);
  if (small !== undefined)
    throw s3Errors.entityTooSmall({ ProposedSize: small.size, MinSizeAllowed: partBytesMin, PartNumber: small.partNumber, ETag: small.etag });
  return parts;
}

/** The object's checksum, when the upload was begun with an algorithm, and as the request says it is. */
function checksumsOfUpload(input: CompleteInput, upload: UploadRow, parts: readonly PartRow[]): Pick<ObjectRow, 'checksums' | 'checksumType'> {
  const { checksumAlgorithm, checksumType = 'COMPOSITE' } = upload;
  if (checksumAlgorithm === undefined) return { checksums: {}, checksumType };
  const algorithm = checksumAlgorithm.toLowerCase();
  const value = checksumOfParts(algorithm, checksumType, parts);
  const expected = checksumsOf(input)[algorithm];
  if (expected !== undefined && value === undefined) throw s3Errors.notImplemented(`${checksumAlgorithm} of parts that were copied without one`);
  if (expected !== undefined && bareChecksum(expected) !== bareChecksum(value ?? '')) throw s3Errors.badDigest(checksumAlgorithm);
  return { checksums: value === undefined ? {} : { [algorithm]: value }, checksumType };
}

/** A composite checksum may be given with or without the number of parts behind it. */
const bareChecksum = (checksum: string): string => checksum.replace(/-\d+$/, '');

/** A client that lost the answer asks again: what it asked for is there, so it gets the same answer. */
function completedBefore({ Bucket, Key, MultipartUpload }: CompleteInput, context: OperationContext): ObjectRow | undefined {
  const named = MultipartUpload?.Parts ?? [];
  const object = context.store.s3.objects.findObject(Bucket, Key);
  return named.length > 0 && object?.etag === etagOfParts(named.map(({ ETag }) => bare(ETag))) ? object : undefined;
}

function complete(input: CompleteInput, context: OperationContext): ObjectRow {
  const { objects } = context.store.s3;
  const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
  const before = objects.findUpload(input.UploadId) === undefined ? completedBefore(input, context) : undefined;
  if (before !== undefined) return before;

  const upload = requireUpload(context, input);
  const parts = chosenParts(input.MultipartUpload?.Parts ?? [], objects.listParts(upload.uploadId));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    throw s3Errors.invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
  checkWriteConditions(input, objects.findObject(input.Bucket, input.Key));
  const { bucketName, key, storageClass, headers, metadata, tags } = upload;
  const object: NewObject = {
    ...checksumsOfUpload(input, upload, parts),
    bucketName,
    key,
    storageClass,
    headers,
    metadata,
    tags,
    size,
    etag: etagOfParts(parts.map(({ etag }) => etag)),
    lastModified: context.now.toISOString(),
    partCount: parts.length,
  };
  const completed = objects.putObject(object, parts, writingTo(bucket, context));
  objects.deleteUpload(upload.uploadId, context.now);
  return completed;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export const completeMultipartUpload: S3Operation<'CompleteMultipartUpload'> = {
  authorize: ({ Bucket, Key, IfMatch, IfNoneMatch }, context) => [
    objectDemand(context, 's3:PutObject', Bucket, Key, conditionKeys({ 's3:if-match': IfMatch, 's3:if-none-match': IfNoneMatch })),
    ...(IfMatch === undefined ? [] : [objectDemand(context, 's3:GetObject', Bucket, Key)]),
  ],

  commit(input, context) {
    refuseUnsupported(input);
    const object = complete(input, context);
    const { bucketName, key, etag, checksums, checksumType, headers } = object;
    const path = key.split('/').map(encodeURIComponent).join('/');
    const bucket = requireBucket(context, bucketName);
    return {
      Location: `https://${bucketName}.s3.${context.region}.amazonaws.com/${path}`,
      Bucket: bucketName,
      Key: key,
      ETag: quoted(etag),
      ...writtenVersion(bucket, object),
      ...expirationMember(bucket, object),
      ...(Object.keys(checksums).length === 0 ? {} : { ...checksumMembers(checksums), ChecksumType: checksumType }),
      ...(headers['ServerSideEncryption'] === undefined ? {} : { ServerSideEncryption: headers['ServerSideEncryption'] as Encryption }),
    };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
