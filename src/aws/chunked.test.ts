import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from './aws-error.ts';
import { checksumOf } from './checksum.ts';
import { type ChunkedEnd, ChunkedDecoder } from './chunked.ts';
import type { ChunkedDecoding } from './message.ts';
import { deriveSigningKey } from './sigv4.ts';

const signingKey = deriveSigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '20130524', 'us-east-1', 's3');
const common = { signingKey, date: '20130524T000000Z', scope: '20130524/us-east-1/s3/aws4_request' };
const letters = Buffer.alloc(66_560, 'a');

function decode(decoding: ChunkedDecoding, body: Uint8Array, pieceBytes: number): ChunkedEnd & { bytes: Uint8Array } {
  const decoder = new ChunkedDecoder(decoding);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < body.length; i += pieceBytes) parts.push(...decoder.push(body.subarray(i, i + pieceBytes)));
  return { ...decoder.finish(), bytes: Buffer.concat(parts) };
}

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof AwsError ? error.code : String(error);
  }
  return 'none';
};

/** AWS's example of a body in signed chunks of 64 KiB, 1 KiB and nothing. */
function signedBody(signatures: readonly [string, string, string], trailer = ''): Buffer {
  const [first, second, last] = signatures;
  return Buffer.concat([
    Buffer.from(`10000;chunk-signature=${first}\r\n`),
    letters.subarray(0, 65_536),
    Buffer.from(`\r\n400;chunk-signature=${second}\r\n`),
    letters.subarray(65_536),
    Buffer.from(`\r\n0;chunk-signature=${last}\r\n${trailer}\r\n`),
  ]);
}

const examples: readonly (readonly [string, ChunkedDecoding, Buffer])[] = [
  [
    'signed chunks',
    {
      decodedLength: 66_560,
      signature: { ...common, seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9', trailerSigned: false },
    },
    signedBody([
      'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
      '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
      'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
    ]),
  ],
  [
    'signed chunks and a signed trailer',
    {
      decodedLength: 66_560,
      trailerChecksum: 'crc32c',
      signature: { ...common, seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e', trailerSigned: true },
    },
    signedBody(
      [
        'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
        '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
        '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
      ],
      'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
    ),
  ],
];

describe("AWS's published examples", () => {
  it.each(examples)('%s, in pieces of any size', (_name, decoding, body) => {
    for (const pieceBytes of [1, 7, 1000, 65_536, body.length]) {
      const { bytes, size, checksums } = decode(decoding, body, pieceBytes);
      expect(Buffer.compare(bytes, letters)).toBe(0);
      expect(size).toBe(66_560);
      expect(checksums).toEqual(decoding.trailerChecksum === undefined ? {} : { crc32c: 'sOO8/Q==' });
    }
  });

  it.each(examples)('%s: every changed byte is noticed', (_name, decoding, body) => {
    // Each place once in a while; every byte of what is not the letters.
    const places = [...body.keys()].filter((index) => body[index] !== 97 || index % 8191 === 0);
    for (const place of places) {
      const changed = Buffer.from(body);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(
        codeOf(() => decode(decoding, changed, body.length)),
        `byte ${place}`,
      ).not.toBe('none');
    }
  });

  it.each(examples)('%s: no shortened body is accepted', (_name, decoding, body) => {
    for (let length = body.length - 400; length < body.length - 2; length += 1) {
      const shortened = body.subarray(0, length);
      // The empty line after the last chunk may be missing when no trailer was announced.
      if (decoding.trailerChecksum === undefined && length >= body.length - 2) continue;
      expect(
        codeOf(() => decode(decoding, shortened, 1000)),
        `${length} bytes`,
      ).not.toBe('none');
    }
  });
});

describe('unsigned chunks', () => {
  const encode = (chunks: readonly Uint8Array[], trailer = ''): Buffer =>
    Buffer.concat([
      ...chunks.flatMap((chunk) => (chunk.length === 0 ? [] : [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')])),
      Buffer.from(`0\r\n${trailer}\r\n`),
    ]);

  it('come back as they were, with the checksum of their trailer', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 50 }), fc.constantFrom('crc32', 'crc64nvme', 'sha256'), (parts, pieceBytes, algorithm) => {
        const whole = Buffer.concat(parts);
        const sum = checksumOf(algorithm, whole);
        const body = encode(parts, `x-amz-checksum-${algorithm}:${sum}\r\n`);
        const end = decode({ decodedLength: whole.length, trailerChecksum: algorithm }, body, pieceBytes);
        expect(Buffer.from(end.bytes)).toEqual(whole);
        expect(end.checksums).toEqual({ [algorithm]: sum });
      }),
    );
  });

  it.each([
    ['a wrong checksum', { trailerChecksum: 'crc32' }, encode([Buffer.from('x')], 'x-amz-checksum-crc32:AAAAAA==\r\n'), 'BadDigest'],
    ['a missing trailer', { trailerChecksum: 'crc32' }, encode([Buffer.from('x')]), 'MalformedTrailerError'],
    ['an unknown algorithm', { trailerChecksum: 'crc16' }, encode([]), 'InvalidRequest'],
    ['a wrong length', { decodedLength: 2 }, encode([Buffer.from('x')]), 'IncompleteBody'],
    ['too many bytes', { decodedLength: 0 }, encode([Buffer.from('x')]), 'IncompleteBody'],
    ['no length', {}, Buffer.from('zz\r\n'), 'IncompleteBody'],
    ['an endless header', {}, Buffer.alloc(2000, 'a'), 'IncompleteBody'],
    ['bytes after the end', {}, Buffer.concat([encode([]), Buffer.from('x')]), 'IncompleteBody'],
    ['a trailer without a colon', {}, encode([], 'x-amz-checksum\r\n'), 'MalformedTrailerError'],
    ['a trailer given twice', {}, encode([], 'a:1\r\na:2\r\n'), 'MalformedTrailerError'],
  ])('are refused with %s', (_name, decoding, body, code) => {
    expect(codeOf(() => decode(decoding, body, 5))).toBe(code);
  });

  it('never crash on bytes that are not theirs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(codeOf(() => decode({}, bytes, 3))).toMatch(/^(none|IncompleteBody|MalformedTrailerError)$/);
      }),
    );
  });
});
