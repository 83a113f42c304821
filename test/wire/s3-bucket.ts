import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { s3 as operations } from '../../src/services/s3/registry.ts';
import { client, region, setUp } from './gateway-clients.ts';

/** S3's own operations behind a server, an unmodified client of them, and a bucket. */
export async function setUpBucket(Bucket: string): Promise<{ readonly endpoint: string; readonly s3: S3Client }> {
  const endpoint = await setUp({ s3: operations }).endpoint();
  const s3 = client(S3Client, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  return { endpoint, s3 };
}
