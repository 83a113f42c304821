import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';
import type { ChecksumType, PartRow } from '../../store/s3.ts';
import { combineCrcs, crc32c, crcAlgorithms, type CrcAlgorithm } from './crc.ts';
import { s3Errors } from './errors.ts';

/** Base64 checksums by algorithm in lower case: `crc32`, `sha256`, … */
type Checksums = Readonly<Record<string, string>>;
type ChecksumMember = `Checksum${'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256' | 'SHA512' | 'MD5' | 'XXHASH64' | 'XXHASH3' | 'XXHASH128'}`;
type ChecksumMembers = { readonly [Member in ChecksumMember]?: string | undefined };

const memberPattern = /^Checksum(CRC32|CRC32C|CRC64NVME|SHA1|SHA256|SHA512|MD5|XXHASH64|XXHASH3|XXHASH128)$/;

/** `ChecksumCRC32: …` for an answer. */
export const checksumMembers = (checksums: Checksums): ChecksumMembers =>
  Object.fromEntries(Object.entries(checksums).map(([algorithm, value]) => [`Checksum${algorithm.toUpperCase()}`, value]));

/** The checksums a request names, by algorithm. */
export function checksumsOf(input: object): Checksums {
  return Object.fromEntries(
    Object.entries(input).flatMap(([member, value]) => {
      const algorithm = memberPattern.exec(member)?.[1];
      return algorithm === undefined || typeof value !== 'string' ? [] : [[algorithm.toLowerCase(), value]];
    }),
  );
}

/** The algorithms as a listing names them. */
export const algorithmNames = (checksums: Checksums): string[] => Object.keys(checksums).map((algorithm) => algorithm.toUpperCase());

/** The checksums an object keeps of what was received. An MD5 is there to be compared with Content-MD5, and is the entity tag's affair. */
export function keptChecksums({ checksums }: ReceivedBlob): Checksums {
  const { md5: _, ...kept } = checksums;
  return kept;
}

/** What a request said its body's checksums are must be what was received, for all that were computed. */
export function checkDigests(input: { readonly ContentMD5?: string | undefined }, received: ReceivedBlob): void {
  const { ContentMD5 } = input;
  if (ContentMD5 !== undefined) {
    const digest = Buffer.from(ContentMD5, 'base64');
    if (digest.length !== 16) throw s3Errors.invalidDigest();
    if (received.md5 !== undefined && digest.toString('hex') !== received.md5) throw s3Errors.badDigest();
  }
  for (const [algorithm, expected] of Object.entries(checksumsOf(input))) {
    const computed = received.checksums[algorithm];
    if (computed !== undefined && computed !== expected) throw s3Errors.badDigest(algorithm.toUpperCase());
  }
}

function bigEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}

/** Base64 of the digest of `bytes`, for the algorithms that a composite checksum can have. */
const digests: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  crc32: (bytes) => bigEndian(crc32(bytes)),
  crc32c: (bytes) => bigEndian(crc32c(bytes)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest('base64'),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
  sha512: (bytes) => createHash('sha512').update(bytes).digest('base64'),
};

/** Whether an object's checksum of this kind follows from those of its parts. */
export const canCombine = (algorithm: string, type: ChecksumType): boolean => algorithm in (type === 'FULL_OBJECT' ? crcAlgorithms : digests);

/**
 * The checksum of an object from those of its parts, which all have one of this algorithm: COMPOSITE is the checksum
 * of the parts' checksums, FULL_OBJECT is the one of all bytes. Undefined when it cannot be known from the parts.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export function checksumOfParts(algorithm: string, type: ChecksumType, parts: readonly PartRow[]): string | undefined {
  const values = parts.map((part) => ({ checksum: Buffer.from(part.checksums[algorithm] ?? '', 'base64'), size: part.size }));
  if (values.some(({ checksum }) => checksum.length === 0)) return undefined;
  if (type === 'FULL_OBJECT') return algorithm in crcAlgorithms ? combineCrcs(algorithm as CrcAlgorithm, values).toString('base64') : undefined;
  const digest = digests[algorithm]?.(Buffer.concat(values.map(({ checksum }) => checksum)));
  return digest === undefined ? undefined : `${digest}-${parts.length}`;
}
