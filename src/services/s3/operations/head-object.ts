import { readDemands, readObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject: S3Operation<'HeadObject'> = {
  authorize: readDemands,
  commit: (input, context) => readObject(input, context).members,
};
