import { checkDigests, checksumMembers, keptChecksums } from '../checksum.ts';
import { objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { etagOfBody, quoted } from '../etag.ts';
import { bodyBytesMax } from '../object-description.ts';
import type { S3ReceivingOperation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { requirePartNumber, requireUpload } from '../upload.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart: S3ReceivingOperation<'UploadPart'> = {
  receivesBody: true,

  authorize: ({ Bucket, Key }, context) => [objectDemand(context, 's3:PutObject', Bucket, Key)],

  commit(input, context, received) {
    refuseUnsupported(input);
    requirePartNumber(input.PartNumber);
    const { uploadId, checksumAlgorithm } = requireUpload(context, input);
    if (received.size > bodyBytesMax) throw s3Errors.entityTooLarge({ ProposedSize: received.size, MaxSizeAllowed: bodyBytesMax });
    checkDigests(input, received);
    if (checksumAlgorithm !== undefined && received.checksums[checksumAlgorithm.toLowerCase()] === undefined) {
      const actual = Object.keys(received.checksums)[0] ?? 'null';
      throw s3Errors.invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${checksumAlgorithm.toLowerCase()}, actual checksum Type: ${actual}`,
      );
    }

    const { blobId, size } = received;
    const checksums = keptChecksums(received);
    const etag = etagOfBody(received);
    const lastModified = context.now.toISOString();
    const part = { partNumber: input.PartNumber, etag, size, lastModified, checksums, ranges: [{ blobId, start: 0, size }] };
    context.store.s3.objects.putPart(uploadId, part, context.now);
    return { ETag: quoted(etag), ...checksumMembers(checksums) };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
