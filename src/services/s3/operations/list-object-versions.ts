import type { ListedVersionRow } from '../../../store/object-store.ts';
import type { ListingPosition } from '../../../store/s3-listing.ts';
import { canonicalUserId, requireBucket } from '../bucket.ts';
import { bucketDemand, conditionKeys } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { commonPrefixes, listedObject } from '../listed-object.ts';
import { keyText, limitOf } from '../listing-text.ts';
import { parseTime } from '../object-description.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { requireVersionId } from '../versions.ts';

/** After which version the listing goes on: behind all of a key without its id. */
function positionOf({ KeyMarker = '', VersionIdMarker }: S3Input<'ListObjectVersions'>): ListingPosition | undefined {
  if (VersionIdMarker !== undefined && KeyMarker === '') {
    throw s3Errors.invalidArgument('A version-id marker cannot be specified without a key marker.');
  }
  if (VersionIdMarker === '') throw s3Errors.invalidArgument('A version-id marker cannot be empty.');
  if (KeyMarker === '') return undefined;
  return { key: KeyMarker, ...(VersionIdMarker === undefined ? {} : { id: requireVersionId(VersionIdMarker) }) };
}

const listedVersion = (row: ListedVersionRow, text: (key: string) => string, ownerId: string) => ({
  ...listedObject(row, text, ownerId),
  StorageClass: 'STANDARD' as const,
  VersionId: row.versionId,
  IsLatest: row.isLatest,
});

const listedMarker = ({ key, versionId, isLatest, lastModified }: ListedVersionRow, text: (key: string) => string, ownerId: string) => ({
  Key: text(key),
  VersionId: versionId,
  IsLatest: isLatest,
  LastModified: parseTime(lastModified),
  Owner: { ID: canonicalUserId(ownerId) },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export const listObjectVersions: S3Operation<'ListObjectVersions'> = {
  authorize: ({ Bucket, Prefix, Delimiter, MaxKeys }, context) => [
    bucketDemand(context, 's3:ListBucketVersions', Bucket, conditionKeys({ 's3:prefix': Prefix, 's3:delimiter': Delimiter, 's3:max-keys': MaxKeys })),
  ],

  commit(input, context) {
    const { Bucket, Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker = '', EncodingType } = input;
    refuseUnsupported(input);
    const { ownerId } = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    const limit = limitOf(input.MaxKeys, 'maxKeys');
    const text = keyText(EncodingType);
    const after = positionOf(input);
    const listing = context.store.s3.objects.listVersions(Bucket, {
      prefix: Prefix,
      limit,
      ...(Delimiter === '' ? {} : { delimiter: Delimiter }),
      ...(after === undefined ? {} : { after }),
    });
    const { next } = listing;
    return {
      Name: Bucket,
      Prefix: text(Prefix),
      KeyMarker: text(KeyMarker),
      VersionIdMarker,
      ...(Delimiter === '' ? {} : { Delimiter: text(Delimiter) }),
      ...(EncodingType === undefined ? {} : { EncodingType }),
      MaxKeys: limit,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextKeyMarker: text(next.key), ...(next.id === undefined ? {} : { NextVersionIdMarker: next.id }) }),
      Versions: listing.rows.filter(({ isDeleteMarker }) => !isDeleteMarker).map((row) => listedVersion(row, text, ownerId)),
      DeleteMarkers: listing.rows.filter(({ isDeleteMarker }) => isDeleteMarker).map((row) => listedMarker(row, text, ownerId)),
      CommonPrefixes: commonPrefixes(listing.groups, text),
    };
  },
};
