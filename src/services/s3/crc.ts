import { crc32cPolynomial, crc64Polynomial } from '../../aws/checksum.ts';

/** Reflected CRCs as S3 uses them: width in bits and polynomial, lowest degree in the highest bit. */
export const crcAlgorithms = {
  crc32: { width: 32n, polynomial: 0xedb88320n },
  crc32c: { width: 32n, polynomial: BigInt(crc32cPolynomial) },
  crc64nvme: { width: 64n, polynomial: crc64Polynomial },
} as const;

export type CrcAlgorithm = keyof typeof crcAlgorithms;

interface Crc {
  readonly width: bigint;
  readonly polynomial: bigint;
}

/** a·b modulo the CRC's polynomial. The highest bit is x⁰. */
function multiply({ width, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if ((a & bit) !== 0n) product ^= factor;
    factor = (factor & 1n) === 0n ? factor >> 1n : (factor >> 1n) ^ polynomial;
  }
  return product;
}

/** x to the power of `8 · bytes`: what `bytes` zero bytes do to a CRC. */
function shift(crc: Crc, bytes: number): bigint {
  let power = 1n << (crc.width - 1n - 8n);
  let result = 1n << (crc.width - 1n);
  for (let rest = BigInt(bytes); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = multiply(crc, result, power);
    power = multiply(crc, power, power);
  }
  return result;
}

/** The CRC of pieces put together, from the CRC (big-endian) and the size in bytes of each: no byte is read again. */
export function combineCrcs(algorithm: CrcAlgorithm, pieces: readonly { readonly checksum: Uint8Array; readonly size: number }[]): Buffer {
  const crc = crcAlgorithms[algorithm];
  const shifts = new Map<number, bigint>();
  let combined = 0n;
  for (const { checksum, size } of pieces) {
    const factor = shifts.get(size) ?? shift(crc, size);
    shifts.set(size, factor);
    combined = multiply(crc, factor, combined) ^ BigInt(`0x${Buffer.from(checksum).toString('hex')}`);
  }
  return Buffer.from(combined.toString(16).padStart(Number(crc.width) / 4, '0'), 'hex');
}
