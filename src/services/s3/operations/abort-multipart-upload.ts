import { objectDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';
import { requireUpload } from '../upload.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload: S3Operation<'AbortMultipartUpload'> = {
  authorize: ({ Bucket, Key }, context) => [objectDemand(context, 's3:AbortMultipartUpload', Bucket, Key)],

  commit(input, context) {
    const { uploadId } = requireUpload(context, input);
    context.store.s3.objects.deleteUpload(uploadId, context.now);
    return {};
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
