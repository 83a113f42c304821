import { checksumOf, isChecksumAlgorithm, type ChecksumAlgorithm } from '../../aws/checksum.ts';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';
import type { ChecksumType, PartRow } from '../../store/object-store.ts';
import { combineCrcs, crcAlgorithms, type CrcAlgorithm } from './crc.ts';
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

/** Algorithms that a composite checksum can have: all that are computed of what is received, but those that only a whole object has. */
const canCompose = (algorithm: string): algorithm is ChecksumAlgorithm =>
  isChecksumAlgorithm(algorithm) && algorithm !== 'md5' && algorithm !== 'crc64nvme';

/** Whether an object's checksum of this kind follows from those of its parts. */
export const canCombine = (algorithm: string, type: ChecksumType): boolean =>
  type === 'FULL_OBJECT' ? Object.hasOwn(crcAlgorithms, algorithm) : canCompose(algorithm);

/**
 * The checksum of an object from those of its parts, which all have one of this algorithm: COMPOSITE is the checksum
 * of the parts' checksums, FULL_OBJECT is the one of all bytes. Undefined when it cannot be known from the parts.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export function checksumOfParts(algorithm: string, type: ChecksumType, parts: readonly PartRow[]): string | undefined {
  const values = parts.map((part) => ({ checksum: Buffer.from(part.checksums[algorithm] ?? '', 'base64'), size: part.size }));
  if (values.some(({ checksum }) => checksum.length === 0)) return undefined;
  if (type === 'FULL_OBJECT')
    return Object.hasOwn(crcAlgorithms, algorithm) ? combineCrcs(algorithm as CrcAlgorithm, values).toString('base64') : undefined;
  if (!canCompose(algorithm)) return undefined;
  return `${checksumOf(algorithm, Buffer.concat(values.map(({ checksum }) => checksum)))}-${parts.length}`;
}
