import { decode, encode, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerQuery } from './dns-answer.ts';
import { compileZone } from './resolver.ts';

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
const east = compileZone({
  region: 'us-east-1',
  privateAddresses: ['10.0.1.4'],
  names: {
    'sts.us-east-1.amazonaws.com': ['10.0.1.9', '10.0.2.9'],
    // Of 512 bytes, what remains beside header and question is enough for 29 records of 16.
    'fit.example.org': many(29),
    'over.example.org': many(30),
    'large.example.org': many(70),
    'huge.example.org': many(400),
  },
});

const ask = (name: string, more: Partial<Packet> = {}, type: 'A' | 'AAAA' | 'HTTPS' = 'A'): Packet & { rcode?: string } => {
  const query = encode({ type: 'query', id: 7, flags: 0x100, questions: [{ type: type as 'A', name }], ...more });
  const answer = answerQuery(query, east, 'udp');
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
  expect(answerQuery(query, east, 'udp')?.unanswered).toEqual({ name: 'secret.example.com', type: 'A' });
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
  expect(answerQuery(encode({ type: 'response', id: 1 }), east, 'udp')).toBeUndefined();
  const query = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 's3.us-east-1.amazonaws.com' }] });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void answerQuery(bytes, east, 'udp')));
  const damaged = fc.tuple(fc.nat(query.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(damaged, { maxLength: 6 }), (damages) => {
      const bytes = Buffer.from(query);
      for (const [at, value] of damages) bytes[at] = value;
      answerQuery(bytes, east, 'udp');
    }),
    { numRuns: 2000 },
  );
});

const edns = (udpPayloadSize: number, ednsVersion = 0) =>
  ({ type: 'OPT', name: '.', udpPayloadSize, extendedRcode: 0, ednsVersion, flags: 0, flag_do: false, options: [] }) as const;
const packetOf = (name: string, transport: 'udp' | 'tcp', payload?: number): Buffer => {
  const additionals = payload === undefined ? [] : [{ ...edns(payload), options: [] }];
  const query = encode({ type: 'query', id: 7, questions: [{ type: 'A', name }], additionals });
  return answerQuery(query, east, transport)?.packet ?? Buffer.alloc(0);
};

it.each<[string, number | undefined, number]>([
  ['fit.example.org', undefined, 29],
  ['over.example.org', undefined, 0],
  ['over.example.org', 100, 0],
  ['over.example.org', 600, 30],
  ['large.example.org', 600, 0],
  ['large.example.org', 1232, 70],
  ['huge.example.org', 4096, 0],
])('by UDP %s, asked with room for %s bytes, has %s addresses; by TCP all', (name, payload, count) => {
  const packet = packetOf(name, 'udp', payload);
  expect(packet.length).toBeLessThanOrEqual(Math.max(512, payload ?? 0));
  const { answers = [], flag_tc: isTruncated } = decode(packet) as Packet & { flag_tc: boolean };
  expect([answers.length, isTruncated]).toEqual([count, count === 0]);
  const byTcp = decode(packetOf(name, 'tcp', payload)) as Packet & { flag_tc: boolean };
  expect([byTcp.flag_tc, byTcp.answers?.map((answer) => 'data' in answer && answer.data)]).toEqual([false, many(byTcp.answers?.length ?? 0)]);
  expect(byTcp.answers?.length).toBeGreaterThanOrEqual(29);
});

it('gives the question back byte for byte, in the letters that it came in (draft-vixie-dnsext-dns0x20)', () => {
  const letters = fc.stringMatching(/^[sS]3\.[aA][mM][aA]zon[aA][wW]s\.[cC][oO]m$/);
  fc.assert(
    fc.property(letters, fc.uint8Array({ minLength: 1, maxLength: 63 }), (name, label) => {
      for (const query of [encode({ type: 'query', id: 9, questions: [{ type: 'A', name }] }), binaryQuery(label)]) {
        const packet = answerQuery(query, east, 'udp')?.packet ?? Buffer.alloc(0);
        expect(packet.subarray(12, query.length)).toEqual(query.subarray(12));
        expect(packet.readUInt16BE(0)).toBe(query.readUInt16BE(0));
      }
      expect(decode(packetOf(name, 'udp')).answers).toMatchObject([{ name, data: '198.18.0.10' }]);
    }),
  );
});

/** A question with one label of any bytes. */
function binaryQuery(label: Uint8Array): Buffer {
  const query = encode({ type: 'query', id: 9, questions: [{ type: 'A', name: 'x' }] });
  return Buffer.concat([query.subarray(0, 12), Buffer.from([label.length]), label, query.subarray(14)]);
}

it('answers types that nobody knows yet, and what they are asked of', () => {
  const query = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 's3.amazonaws.com' }] });
  query.writeUInt16BE(65_280, query.length - 4);
  expect(decode(answerQuery(query, east, 'udp')?.packet ?? query)).toMatchObject({
    rcode: 'NOERROR',
    answers: [],
    questions: [{ type: 'UNKNOWN_65280' }],
  });
});

it('refuses versions of EDNS that nobody knows yet, and two of them', () => {
  const version1 = decode(
    answerQuery(encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'a' }], additionals: [{ ...edns(512, 1), options: [] }] }), east, 'udp')
      ?.packet ?? Buffer.alloc(0),
  );
  expect(version1.additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1, ednsVersion: 0 }]);
  expect(version1.answers).toEqual([]);
  expect(ask('s3.amazonaws.com', { additionals: [edns(512), edns(512)].map((one) => ({ ...one, options: [] })) })).toMatchObject({
    rcode: 'FORMERR',
  });
});

it('answers addresses by their names', () => {
  const query = encode({ type: 'query', id: 7, questions: [{ type: 'PTR', name: '4.1.0.10.in-addr.arpa' }] });
  expect(decode(answerQuery(query, east, 'udp')?.packet ?? query).answers).toMatchObject([{ type: 'PTR', data: 'ip-10-0-1-4.ec2.internal' }]);
});
