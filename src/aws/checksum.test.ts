import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksumAlgorithms, checksumOf, createChecksum } from './checksum.ts';

/** The check values of the catalogue of CRC algorithms and of RFC 1321 and FIPS 180: the digits 1 to 9. */
it.each([
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
  ['md5', '25f9e794323b453885f5181f1b624d0b'],
  ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
] as const)('%s of "123456789" is %s', (algorithm, expected) => {
  const checksum = createChecksum(algorithm);
  for (const part of ['1', '2345', '', '6789']) checksum.update(Buffer.from(part));
  expect(Buffer.from(checksum.digest()).toString('hex')).toBe(expected);
});

it('is the same whichever pieces the bytes come in', () => {
  fc.assert(
    fc.property(fc.constantFrom(...checksumAlgorithms), fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (algorithm, parts) => {
      const checksum = createChecksum(algorithm);
      for (const part of parts) checksum.update(part);
      expect(Buffer.from(checksum.digest()).toString('base64')).toBe(checksumOf(algorithm, Buffer.concat(parts)));
    }),
  );
});
