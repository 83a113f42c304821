import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksumOf } from '../../aws/checksum.ts';
import { combineCrcs } from './crc.ts';

const bigEndian = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

it('combines CRC-32s as one over all bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 }), (pieces) => {
      const combined = combineCrcs(
        'crc32',
        pieces.map((piece) => ({ checksum: bigEndian(crc32(piece)), size: piece.length })),
      );
      expect(combined.toString('hex')).toBe(bigEndian(crc32(Buffer.concat(pieces))).toString('hex'));
    }),
  );
});

it('combines CRC-32Cs as one over all bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      const pieces = [first, second].map((piece) => ({ checksum: Buffer.from(checksumOf('crc32c', piece), 'base64'), size: piece.length }));
      expect(combineCrcs('crc32c', pieces).toString('base64')).toBe(checksumOf('crc32c', Buffer.concat([first, second])));
    }),
  );
});

/** Bit by bit, as the definition says. */
function crc64nvme(bytes: Uint8Array): Buffer {
  const ones = 0xffffffffffffffffn;
  let crc = ones;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1n) === 0n ? crc >> 1n : (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n;
  }
  return Buffer.from((crc ^ ones).toString(16).padStart(16, '0'), 'hex');
}

it('combines CRC-64/NVMEs as one over all bytes', () => {
  expect(crc64nvme(Buffer.from('123456789')).toString('hex')).toBe('ae8b14860a799888');
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      const pieces = [first, second].map((piece) => ({ checksum: crc64nvme(piece), size: piece.length }));
      expect(combineCrcs('crc64nvme', pieces).equals(crc64nvme(Buffer.concat([first, second])))).toBe(true);
    }),
  );
});
