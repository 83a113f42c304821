import { Writable } from 'node:stream';
import { createChecksum, isChecksumAlgorithm } from '../../aws/checksum.ts';
import type { ObjectRow } from '../../store/object-store.ts';
import { sendSlices } from '../../store/blobs/send-slices.ts';
import type { OperationContext } from '../operation.ts';
import { rangesWithin } from './byte-range.ts';
import { parseCopySource } from './copy-source.ts';
import { s3Errors } from './errors.ts';
import { bodyBytesMax } from './object-description.ts';
import type { S3Input } from './s3-operation.ts';

/** A checksum of all bytes of a source that did not have it, and of which source it is. */
export interface CopyChecksum {
  readonly source: Pick<ObjectRow, 'versionId' | 'etag' | 'lastModified'>;
  readonly checksums: Readonly<Record<string, string>>;
}

/** Reads the source once more when the copy asks for a checksum that it does not have. A source that is not there is the commit's affair. */
export async function computeCopyChecksum(input: S3Input<'CopyObject'>, context: OperationContext): Promise<CopyChecksum | undefined> {
  const algorithm = input.ChecksumAlgorithm?.toLowerCase();
  if (algorithm === undefined) return undefined;
  if (!isChecksumAlgorithm(algorithm) || algorithm === 'md5') throw s3Errors.notImplemented(`ChecksumAlgorithm ${input.ChecksumAlgorithm}`);
  const { bucketName, key, versionId } = parseCopySource(input.CopySource);
  const { objects } = context.store.s3;
  const source = objects.findVersion(bucketName, key, versionId);
  if (source?.isDeleteMarker !== false || source.checksums[algorithm] !== undefined || source.size > bodyBytesMax) return undefined;

  const ranges = rangesWithin(objects.listObjectParts(source), { start: 0, end: source.size - 1 });
  const checksum = createChecksum(algorithm);
  const taking = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      checksum.update(chunk);
      // Others have their turn between two chunks.
      setImmediate(done);
    },
  });
  await sendSlices(
    ranges.map(({ blobId, start, size }) => ({ path: context.blobPath(blobId), start, end: start + size - 1 })),
    taking,
  );
  return { source, checksums: { [algorithm]: Buffer.from(checksum.digest()).toString('base64') } };
}

/** The checksums of the copy: those of its source, or the one that was asked for and computed of this very source. */
export function checksumsOfCopy(
  input: S3Input<'CopyObject'>,
  source: ObjectRow,
  computed: CopyChecksum | undefined,
): Pick<ObjectRow, 'checksums' | 'checksumType'> {
  const { checksums, checksumType } = source;
  const algorithm = input.ChecksumAlgorithm?.toLowerCase();
  if (algorithm === undefined || checksums[algorithm] !== undefined) return { checksums, checksumType };
  const same = computed?.source;
  const isSame = same?.versionId === source.versionId && same.etag === source.etag && same.lastModified === source.lastModified;
  if (computed === undefined || !isSame) throw s3Errors.operationAborted();
  return { checksums: computed.checksums, checksumType: 'FULL_OBJECT' };
}
