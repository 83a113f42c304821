import { requireBucket } from '../bucket.ts';
import { bucketDemand, conditionKeys } from '../demand.ts';
import { commonPrefixes, listedObject } from '../listed-object.ts';
import { keyText, limitOf, readToken, writeToken } from '../listing-text.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjectsV2: S3Operation<'ListObjectsV2'> = {
  authorize: ({ Bucket, Prefix, Delimiter, MaxKeys }, context) => [
    bucketDemand(context, 's3:ListBucket', Bucket, conditionKeys({ 's3:prefix': Prefix, 's3:delimiter': Delimiter, 's3:max-keys': MaxKeys })),
  ],

  commit(input, context) {
    const { Bucket, Prefix = '', Delimiter = '', StartAfter, ContinuationToken, EncodingType } = input;
    const { ownerId } = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    const limit = limitOf(input.MaxKeys, 'maxKeys');
    const text = keyText(EncodingType);
    const after = ContinuationToken === undefined ? (StartAfter ?? '') : readToken(ContinuationToken).key;
    const listing = context.store.s3.objects.listObjects(Bucket, {
      prefix: Prefix,
      limit,
      ...(Delimiter === '' ? {} : { delimiter: Delimiter }),
      ...(after === '' ? {} : { after: { key: after } }),
    });
    return {
      Name: Bucket,
      Prefix: text(Prefix),
      ...(Delimiter === '' ? {} : { Delimiter: text(Delimiter) }),
      ...(EncodingType === undefined ? {} : { EncodingType }),
      ...(StartAfter === undefined ? {} : { StartAfter: text(StartAfter) }),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      MaxKeys: limit,
      KeyCount: listing.rows.length + listing.groups.length,
      IsTruncated: listing.next !== undefined,
      ...(listing.next === undefined ? {} : { NextContinuationToken: writeToken({ key: listing.next.key }) }),
      Contents: listing.rows.map((object) => listedObject(object, text, input.FetchOwner === true ? ownerId : undefined)),
      CommonPrefixes: commonPrefixes(listing.groups, text),
    };
  },
};
