import { createHash } from 'node:crypto';
import type { ObjectRow } from '../../../store/object-store.ts';
import { rangesWithin, type ByteRange } from '../byte-range.ts';
import { checksumMembers } from '../checksum.ts';
import { copySourceDemand, requireCopySource } from '../copy-source.ts';
import { objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { quoted } from '../etag.ts';
import { bodyBytesMax } from '../object-description.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { requirePartNumber, requireUpload } from '../upload.ts';

/** The bytes to copy: `bytes=first-last`, both given and within the source; all of them without a header. */
function copiedRange(header: string | undefined, source: ObjectRow): ByteRange {
  if (header === undefined) return { start: 0, end: source.size - 1 };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || start > end) {
    throw s3Errors.invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  }
  if (end >= source.size) throw s3Errors.invalidArgument(`Range specified is not valid for source object of size: ${source.size}`);
  return { start, end };
}

/** A part that shares blobs with its source. https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export const uploadPartCopy: S3Operation<'UploadPartCopy'> = {
  authorize: (input, context) => [copySourceDemand(input, context), objectDemand(context, 's3:PutObject', input.Bucket, input.Key)],

  commit(input, context) {
    refuseUnsupported(input);
    requirePartNumber(input.PartNumber);
    const { uploadId } = requireUpload(context, input);
    const { object: source, answered } = requireCopySource(input, context);
    const range = copiedRange(input.CopySourceRange, source);
    const size = range.end - range.start + 1;
    if (size > bodyBytesMax) throw s3Errors.copySourceTooLarge();

    const { objects } = context.store.s3;
    const whole = size === source.size && source.checksumType === 'FULL_OBJECT';
    // The bytes are not read, so an entity tag is made from where they are: the same bytes, the same tag.
    const etag = `${createHash('md5').update(`${source.etag} ${range.start} ${range.end}`).digest('hex')}-1`;
    const part = {
      partNumber: input.PartNumber,
      etag,
      size,
      lastModified: context.now.toISOString(),
      checksums: whole ? source.checksums : {},
      ranges: rangesWithin(objects.listObjectParts(source), range),
    };
    objects.putPart(uploadId, part, context.now);
    return { ...answered, CopyPartResult: { ETag: quoted(etag), LastModified: context.now, ...checksumMembers(part.checksums) } };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
