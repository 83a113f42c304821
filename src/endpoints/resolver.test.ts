import { decode, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerQuery, compileZone, resolve } from './resolver.ts';

const east = compileZone({
  region: 'us-east-1',
  privateAddresses: ['10.0.1.4'],
  names: { 'sts.us-east-1.amazonaws.com': ['10.0.1.9', '10.0.2.9'] },
});
const west = compileZone({ region: 'eu-west-1', privateAddresses: ['10.0.1.4'], names: {} });
const s3 = { kind: 'addresses', addresses: ['198.18.0.10'] };

it.each([
  's3.us-east-1.amazonaws.com',
  's3-us-east-1.amazonaws.com',
  'bucket.s3.us-east-1.amazonaws.com',
  'bucket.with.dots.s3.us-east-1.amazonaws.com',
  'bucket.s3-us-east-1.amazonaws.com',
  's3.dualstack.us-east-1.amazonaws.com',
  'al2023-repos-us-east-1-de612dc2.s3.dualstack.us-east-1.amazonaws.com',
  's3.amazonaws.com',
  'bucket.s3.amazonaws.com',
  's3-external-1.amazonaws.com',
  'repo.us-east-1.amazonaws.com',
  'packages.us-east-1.amazonaws.com',
  'amazonlinux.us-east-1.amazonaws.com',
  'S3.US-East-1.AmazonAWS.com',
])('%s is S3', (name) => {
  expect(resolve(name, 'A', east)).toEqual(s3);
  expect(resolve(name, 'AAAA', east)).toEqual({ kind: 'empty' });
});

it.each([
  's3.eu-west-1.amazonaws.com',
  'repo.eu-west-1.amazonaws.com',
  'amazonaws.com',
  'evils3.us-east-1.amazonaws.com',
  'example.com',
  '',
  'localhost',
])('%j is unknown in us-east-1', (name) => {
  expect(resolve(name, 'A', east)).toEqual({ kind: 'unknown' });
});

it('knows the private names of interfaces that are there, and their addresses', () => {
  expect(resolve('ip-10-0-1-4.ec2.internal', 'A', east)).toEqual({ kind: 'addresses', addresses: ['10.0.1.4'] });
  expect(resolve('ip-10-0-1-4.eu-west-1.compute.internal', 'A', west)).toEqual({ kind: 'addresses', addresses: ['10.0.1.4'] });
  expect(resolve('ip-10-0-1-4.ec2.internal', 'A', west)).toEqual({ kind: 'unknown' });
  expect(resolve('ip-10-0-1-5.ec2.internal', 'A', east)).toEqual({ kind: 'unknown' });
  expect(resolve('4.1.0.10.in-addr.arpa', 'PTR', east)).toEqual({ kind: 'name', name: 'ip-10-0-1-4.ec2.internal' });
  expect(resolve('5.1.0.10.in-addr.arpa', 'PTR', east)).toEqual({ kind: 'unknown' });
});

const ask = (name: string, more: Partial<Packet> = {}, type: 'A' | 'AAAA' | 'HTTPS' = 'A'): Packet & { rcode?: string } => {
  const query = encode({ type: 'query', id: 7, flags: 0x100, questions: [{ type: type as 'A', name }], ...more });
  const answer = answerQuery(query, east);
  if (answer === undefined) throw new Error('no answer');
  return decode(answer.packet);
};

it('answers with every address, the id and the question', () => {
  expect(ask('sts.us-east-1.amazonaws.com')).toMatchObject({
    type: 'response',
    id: 7,
    rcode: 'NOERROR',
    flag_rd: true,
    flag_ra: true,
    questions: [{ name: 'sts.us-east-1.amazonaws.com', type: 'A' }],
    answers: [
      { type: 'A', data: '10.0.1.9', ttl: 5 },
      { type: 'A', data: '10.0.2.9', ttl: 5 },
    ],
  });
});

it('says that a known name has no address of another kind, and that an unknown name is unknown', () => {
  expect(ask('s3.amazonaws.com', {}, 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  expect(ask('s3.amazonaws.com', {}, 'HTTPS')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  expect(ask('example.com')).toMatchObject({ rcode: 'NXDOMAIN', answers: [] });
  const query = encode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'secret.example.com' }] });
  expect(answerQuery(query, east)?.unanswered).toEqual({ name: 'secret.example.com', type: 'A' });
});

it('refuses other classes, other operations and several questions', () => {
  expect(ask('version.bind', { questions: [{ type: 'TXT', class: 'CH', name: 'version.bind' }] })).toMatchObject({ rcode: 'REFUSED' });
  expect(ask('s3.amazonaws.com', { flags: 4 << 11 })).toMatchObject({ rcode: 'NOTIMP' });
  const two = ['a', 'b'].map((name) => ({ type: 'A' as const, name }));
  expect(ask('a', { questions: two })).toMatchObject({ rcode: 'FORMERR' });
});

it('answers EDNS with EDNS', () => {
  const edns = { type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] } as const;
  expect(ask('s3.amazonaws.com', { additionals: [{ ...edns, options: [] }] }).additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
});

it('is silent to answers, and survives any bytes', () => {
  expect(answerQuery(encode({ type: 'response', id: 1 }), east)).toBeUndefined();
  const query = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 's3.us-east-1.amazonaws.com' }] });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void answerQuery(bytes, east)));
  const damaged = fc.tuple(fc.nat(query.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(damaged, { maxLength: 6 }), (damages) => {
      const bytes = Buffer.from(query);
      for (const [at, value] of damages) bytes[at] = value;
      answerQuery(bytes, east);
    }),
    { numRuns: 2000 },
  );
});
