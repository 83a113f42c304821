import type { BucketRow } from '../../../store/s3.ts';
import { canonicalUserId } from '../bucket.ts';
import { bucketArn } from '../demand.ts';
import { readToken, writeToken } from '../listing-text.ts';
import { parseTime } from '../object-description.ts';
import type { S3Operation } from '../s3-operation.ts';

const answered = ({ bucketName, createdAt, region }: BucketRow) => ({
  Name: bucketName,
  CreationDate: parseTime(createdAt),
  BucketRegion: region,
  BucketArn: bucketArn(bucketName),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export const listBuckets: S3Operation<'ListBuckets'> = {
  authorize: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],

  commit({ MaxBuckets, ContinuationToken, Prefix = '', BucketRegion }, context) {
    const ownerId = context.accountId;
    const after = ContinuationToken === undefined ? '' : readToken(ContinuationToken).key;
    const found = context.store.s3.buckets
      .list({ ownerId })
      .filter(({ bucketName, region }) => bucketName > after && bucketName.startsWith(Prefix) && (BucketRegion ?? region) === region);
    const page = found.slice(0, MaxBuckets);
    const last = page.at(-1);
    return {
      Buckets: page.map((bucket) => answered(bucket)),
      Owner: { ID: canonicalUserId(ownerId) },
      ...(Prefix === '' ? {} : { Prefix }),
      ...(last === undefined || page.length === found.length ? {} : { ContinuationToken: writeToken({ key: last.bucketName }) }),
    };
  },
};
