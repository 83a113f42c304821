import { requireBucket } from '../bucket.ts';
import { bucketDemand, conditionKeys } from '../demand.ts';
import { commonPrefixes, listedObject } from '../listed-object.ts';
import { keyText, limitOf } from '../listing-text.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const listObjects: S3Operation<'ListObjects'> = {
  authorize: ({ Bucket, Prefix, Delimiter, MaxKeys }, context) => [
    bucketDemand(context, 's3:ListBucket', Bucket, conditionKeys({ 's3:prefix': Prefix, 's3:delimiter': Delimiter, 's3:max-keys': MaxKeys })),
  ],

  commit(input, context) {
    const { Bucket, Prefix = '', Delimiter = '', Marker = '', EncodingType } = input;
    const { ownerId } = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    const limit = limitOf(input.MaxKeys, 'maxKeys');
    const text = keyText(EncodingType);
    const listing = context.store.s3.objects.listObjects(Bucket, {
      prefix: Prefix,
      limit,
      ...(Delimiter === '' ? {} : { delimiter: Delimiter }),
      ...(Marker === '' ? {} : { after: { key: Marker } }),
    });
    return {
      Name: Bucket,
      Prefix: text(Prefix),
      Marker: text(Marker),
      ...(Delimiter === '' ? {} : { Delimiter: text(Delimiter) }),
      ...(EncodingType === undefined ? {} : { EncodingType }),
      MaxKeys: limit,
      IsTruncated: listing.next !== undefined,
      // Without a delimiter the last key is the marker, and S3 does not repeat it.
      ...(listing.next === undefined || Delimiter === '' ? {} : { NextMarker: text(listing.next.key) }),
      Contents: listing.rows.map((object) => listedObject(object, text, ownerId)),
      CommonPrefixes: commonPrefixes(listing.groups, text),
    };
  },
};
