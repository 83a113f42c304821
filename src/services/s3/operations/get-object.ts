import { BlobSlice, BlobSlices } from '../../../store/blobs/blob.ts';
import { rangesWithin } from '../byte-range.ts';
import { s3Errors } from '../errors.ts';
import { readDemands, readObject } from '../read-object.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';

const overridesOf = (input: S3Input<'GetObject'>): boolean =>
  Object.entries(input).some(([name, value]) => name.startsWith('Response') && value !== undefined);

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject: S3Operation<'GetObject'> = {
  authorize: readDemands,

  commit(input, context) {
    if (context.principal.type === 'anonymous' && overridesOf(input)) {
      throw s3Errors.invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
    }
    const { members, parts, range } = readObject(input, context);
    const slices = rangesWithin(parts, range).map(({ blobId, start, size }) => new BlobSlice(context.blobPath(blobId), start, start + size - 1));
    return { ...members, Body: new BlobSlices(slices) };
  },
};
