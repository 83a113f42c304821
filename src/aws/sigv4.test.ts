import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from './hmac.ts';
import { uriEncode } from './sigv4-canonical.ts';
import { findSignature, SignatureError, type SignedRequest, SigV4Verifier, type VerifiedSignature } from './sigv4.ts';

const require = createRequire(import.meta.url);

/** Keys and dates of AWS's published examples. */
const suite = { secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', now: new Date('2015-08-30T12:36:00Z'), date: '20150830T123600Z' };
const s3 = { secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', now: new Date('2013-05-24T00:00:00Z'), date: '20130524T000000Z' };

function verify(request: SignedRequest, secret: string, now: Date, body: string | Uint8Array = ''): VerifiedSignature {
  const stated = findSignature(request);
  if (stated === undefined) throw new Error('the request is unsigned');
  return new SigV4Verifier().verify(request, stated, secret, now, () => sha256Hex(body));
}

const problemOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof SignatureError ? error.problem : String(error);
  }
  return 'none';
};

interface Vector {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signature: string;
}

function suiteRequest({ method = 'GET', target = '/', headers = {}, signature }: Vector): SignedRequest {
  const all: Record<string, string> = { host: 'example.amazonaws.com', 'x-amz-date': suite.date, ...headers };
  const signed = Object.keys(all).sort().join(';');
  const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`;
  return { method, target, headers: new Map([...Object.entries(all), ['authorization', authorization]]) };
}

describe("AWS's Signature Version 4 test suite", () => {
  const vectors: readonly (readonly [string, Vector])[] = [
    ['get-vanilla', { signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' }],
    [
      'get-vanilla-query-order-key-case',
      { target: '/?Param2=value2&Param1=value1', signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500' },
    ],
    ['get-vanilla-utf8-query', { target: '/?%E1%88%B4=bar', signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04' }],
    ['get-relative', { target: '/example/..', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' }],
    ['get-slash-dot-slash', { target: '/./', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' }],
    ['get-slashes', { target: '//example//', signature: '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84' }],
    [
      'get-header-value-trim',
      {
        headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
        signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
      },
    ],
    ['post-vanilla', { method: 'POST', signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' }],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Param1=value1',
        signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
      },
    ],
  ];

  it.each(vectors)('%s', (_name, vector) => {
    expect(verify(suiteRequest(vector), suite.secret, suite.now, vector.body).scope).toBe('20150830/us-east-1/service/aws4_request');
    expect(problemOf(() => verify(suiteRequest(vector), `${suite.secret}x`, suite.now, vector.body))).toBe('mismatch');
  });
});

describe("S3's published examples", () => {
  const empty = sha256Hex('');
  const request = (
    method: string,
    target: string,
    headers: Record<string, string>,
    signature: string,
    host = 'examplebucket.s3.amazonaws.com',
  ): SignedRequest => {
    const all: Record<string, string> = { host, ...headers };
    const signed = Object.keys(all).sort().join(';');
    const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signed},Signature=${signature}`;
    return { method, target, headers: new Map([...Object.entries(all), ['authorization', authorization]]) };
  };
  const dated = { 'x-amz-date': s3.date, 'x-amz-content-sha256': empty };

  it.each([
    [
      'GET an object',
      request('GET', '/test.txt', { ...dated, range: 'bytes=0-9' }, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'),
    ],
    ['GET ?lifecycle', request('GET', '/?lifecycle', dated, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543')],
    ['list objects', request('GET', '/?max-keys=2&prefix=J', dated, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')],
    [
      'PUT an object, dated by the Date header',
      request(
        'PUT',
        '/test$file.text',
        {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
          'x-amz-date': s3.date,
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        },
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      ),
    ],
  ])('%s', (_name, signed) => {
    expect(verify(signed, s3.secret, s3.now).payload).toBe(signed.headers.get('x-amz-content-sha256'));
  });

  const presigned = (signature: string, expires = 86400): SignedRequest => ({
    method: 'GET',
    target: `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=${s3.date}&X-Amz-Expires=${expires}&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`,
    headers: new Map([['host', 'examplebucket.s3.amazonaws.com']]),
  });
  const signature = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

  it('a presigned URL, until it expires', () => {
    const after = (seconds: number): Date => new Date(s3.now.getTime() + seconds * 1000);
    expect(verify(presigned(signature), s3.secret, after(86_400)).payload).toBe('UNSIGNED-PAYLOAD');
    expect(problemOf(() => verify(presigned(signature), s3.secret, after(86_401)))).toBe('expired');
    expect(problemOf(() => verify(presigned(signature), s3.secret, after(-901)))).toBe('not-yet-valid');
    expect(problemOf(() => verify(presigned(signature, 86_401), s3.secret, s3.now))).toBe('mismatch');
    expect(problemOf(() => verify(presigned(signature, 604_801), s3.secret, s3.now))).toBe('malformed-query');
  });
});

describe('what must be signed', () => {
  const vector = { signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' };
  const withHeaders = (more: readonly (readonly [string, string])[]): SignedRequest => {
    const request = suiteRequest(vector);
    return { ...request, headers: new Map([...request.headers, ...more]) };
  };

  it('is everything that is called x-amz-', () => {
    expect(problemOf(() => verify(withHeaders([['x-amz-security-token', 't']]), suite.secret, suite.now))).toBe('unsigned-header');
    expect(problemOf(() => verify(withHeaders([['accept', '*/*']]), suite.secret, suite.now))).toBe('none');
  });

  it.each([
    [901, 'skewed'],
    [-901, 'skewed'],
    [899, 'none'],
    [-899, 'none'],
  ])('is at most a quarter of an hour old or ahead (%i s: %s)', (seconds, problem) => {
    const now = new Date(suite.now.getTime() + seconds * 1000);
    expect(problemOf(() => verify(suiteRequest(vector), suite.secret, now))).toBe(problem);
  });

  it.each([
    ['AWS AKID:signature', 'unsupported'],
    ['AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00', 'malformed'],
    [`AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`, 'malformed'],
    [
      `AWS4-HMAC-SHA256 Credential=AKID/20150829/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      'malformed',
    ],
    [
      `AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/service/aws4_request, SignedHeaders=x-amz-date, Signature=${'0'.repeat(64)}`,
      'unsigned-header',
    ],
  ])('%s is %s', (authorization, problem) => {
    const request = withHeaders([['authorization', authorization]]);
    expect(problemOf(() => verify(request, suite.secret, suite.now))).toBe(problem);
  });

  it('is signed once', () => {
    const request = suiteRequest(vector);
    expect(problemOf(() => findSignature({ ...request, target: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256' }))).toBe('two-mechanisms');
  });
});

describe("the SDK's own signer", () => {
  const { SignatureV4 } = require('@smithy/signature-v4');
  const { HttpRequest } = require('@smithy/core/protocols');
  const { Sha256 } = require('@smithy/core/checksum');
  const now = new Date('2026-11-21T10:00:00Z');
  const segment = fc.stringMatching(/^[A-Za-z0-9 ._~+!'()*,;:@$&=é日-]{0,8}$/);
  const wordArbitrary = fc.stringMatching(/^[A-Za-z0-9 ._~+!'()*,;:@$&=/é-]{1,8}$/);

  it('signs what is verified here, for any path and query, and nothing else verifies', async () => {
    const arbitraries = [
      fc.array(segment, { maxLength: 4 }),
      fc.dictionary(wordArbitrary, wordArbitrary, { maxKeys: 3 }),
      fc.string({ maxLength: 20 }),
      fc.boolean(),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...arbitraries, async (segments, query, body, isS3) => {
        const service = isS3 ? 's3' : 'ec2';
        const signer = new SignatureV4({
          service,
          region: 'eu-central-1',
          credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
          sha256: Sha256,
          uriEscapePath: !isS3,
        });
        const path = `/${segments.map(uriEncode).join('/')}`;
        const unsigned = new HttpRequest({ method: 'POST', protocol: 'http:', hostname: 'h', path, query, headers: { host: 'h' }, body });
        const { headers } = await signer.sign(unsigned, { signingDate: now });
        const target = `${path}?${Object.entries(query)
          .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
          .join('&')}`;
        const entries = Object.entries(headers as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value] as const);
        const request = { method: 'POST', target, headers: new Map(entries) };
        expect(problemOf(() => verify(request, 'secret', now, body))).toBe('none');
        expect(problemOf(() => verify({ ...request, method: 'PUT' }, 'secret', now, body))).toBe('mismatch');
        expect(problemOf(() => verify({ ...request, target: `${target}&x=y` }, 'secret', now, body))).toBe('mismatch');
        expect(problemOf(() => verify({ ...request, target: `/z${target}` }, 'secret', now, body))).toBe('mismatch');
        // S3 takes the header's word for the body, which is checked against it when it is here.
        expect(problemOf(() => verify(request, 'secret', now, `${body}x`))).toBe(isS3 ? 'none' : 'mismatch');
      }),
      { numRuns: 200 },
    );
  });
});
