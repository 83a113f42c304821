import type { ObjectPart, StorageClass } from '@aws-sdk/client-s3';
import type { ObjectRow, PartRow } from '../../../store/object-store.ts';
import { requireBucket } from '../bucket.ts';
import { checksumMembers } from '../checksum.ts';
import { limitOf } from '../listing-text.ts';
import { parseTime } from '../object-description.ts';
import { requireObject } from '../read-object.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { readVersion, versionDemand } from '../versions.ts';

type AttributesInput = S3Input<'GetObjectAttributes'>;

/** Of an object that came in parts: how many, and page by page those of which checksums are known. */
function partsOf(input: AttributesInput, parts: readonly PartRow[]) {
  const limit = limitOf(input.MaxParts, 'max-parts');
  const marker = Number(input.PartNumberMarker ?? 0);
  const rest = parts.filter(({ partNumber, checksums }) => partNumber > marker && Object.keys(checksums).length > 0);
  const page = rest.slice(0, limit);
  const total = { TotalPartsCount: parts.length };
  if (!parts.some(({ checksums }) => Object.keys(checksums).length > 0)) return total;
  return {
    ...total,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.partNumber ?? 0),
    MaxParts: limit,
    IsTruncated: limit > 0 && rest.length > limit,
    Parts: page.map(({ partNumber, size, checksums }): ObjectPart => ({ PartNumber: partNumber, Size: size, ...checksumMembers(checksums) })),
  };
}

const checksumOf = ({ checksums, checksumType }: ObjectRow) =>
  Object.keys(checksums).length === 0 ? undefined : { ...checksumMembers(checksums), ChecksumType: checksumType };

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export const getObjectAttributes: S3Operation<'GetObjectAttributes'> = {
  authorize: (input, context) => [
    versionDemand(input, context, 's3:GetObject', 's3:GetObjectVersion'),
    versionDemand(input, context, 's3:GetObjectAttributes', 's3:GetObjectVersionAttributes'),
  ],

  commit(input, context) {
    refuseUnsupported(input);
    const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    const object = requireObject(context, input);
    const asked = new Set<string>(input.ObjectAttributes);
    const parts = asked.has('ObjectParts') && object.partCount > 0 ? context.store.s3.objects.listObjectParts(object) : undefined;
    const checksum = asked.has('Checksum') ? checksumOf(object) : undefined;
    return {
      LastModified: parseTime(object.lastModified),
      ...readVersion(bucket, object),
      // Here alone it comes without quotes.
      ...(asked.has('ETag') ? { ETag: object.etag } : {}),
      ...(checksum === undefined ? {} : { Checksum: checksum }),
      ...(parts === undefined ? {} : { ObjectParts: partsOf(input, parts) }),
      ...(asked.has('StorageClass') ? { StorageClass: object.storageClass as StorageClass } : {}),
      ...(asked.has('ObjectSize') ? { ObjectSize: object.size } : {}),
    };
  },
};
