import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request, Agent, type IncomingHttpHeaders } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DataPlane } from '../../src/endpoints/data-plane.ts';
import { limits } from '../../src/endpoints/limits.ts';
import { FakeGateway, until } from './fake-gateway.ts';

let directory: string;
let gateway: FakeGateway;
let plane: DataPlane;
let port: number;
let reports: string[];
let worker: Worker | undefined;
const noCertificates = { certificateFor: () => Promise.reject(new Error('no certificates')) };

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cloister-host-listener-'));
  gateway = new FakeGateway(directory);
  reports = [];
  process.once('worker', (started) => (worker = started));
  plane = new DataPlane({ handler: gateway, blobDirectory: directory, certificates: noCertificates, report: (text) => reports.push(text) });
  ({ port } = await plane.open({ id: 'host', arrival: { kind: 'host' }, address: '127.0.0.1', port: 0, protocols: 'http' }));
});
afterEach(async () => {
  await plane.stop();
  rmSync(directory, { recursive: true, force: true });
});

const url = (target: string): string => `http://127.0.0.1:${port}${target}`;
const blobFiles = (): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));

/** One request over a raw socket: what the client sends when, and everything that comes back. */
async function raw(text: string, then?: (answer: string, socket: ReturnType<typeof connect>) => void): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let answer = '';
  socket.on('data', (data: string) => {
    answer += data;
    then?.(answer, socket);
  });
  socket.write(text);
  await new Promise((resolve) => socket.on('close', resolve));
  return answer;
}

it('hands over the raw target, the headers as they came and the arrival of the host', async () => {
  const answer = await raw('GET /b/../k//x%2F?a=%20 HTTP/1.1\r\nHost: h\r\nX-Odd: one\r\nX-Odd: two\r\nConnection: close\r\n\r\n');
  expect(answer).toContain('200 OK');
  expect(gateway.heads).toEqual([
    {
      method: 'GET',
      target: '/b/../k//x%2F?a=%20',
      headers: [
        ['host', 'h'],
        ['x-odd', 'one'],
        ['x-odd', 'two'],
        ['connection', 'close'],
      ],
      arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
    },
  ]);
});

it('sends an API request to the gateway whole, and an S3 request head first', async () => {
  const form = await fetch(url('/'), { method: 'POST', body: new URLSearchParams({ Action: 'DescribeVpcs' }) });
  expect(await form.json()).toMatchObject({ body: 'Action=DescribeVpcs' });
  const empty = await fetch(url('/'), { method: 'POST', headers: { 'x-amz-target': 'SageMaker.ListTrainingJobs' } });
  expect(await empty.json()).toMatchObject({ body: '' });
  const s3 = await fetch(url('/bucket?delete'), { method: 'POST', body: Buffer.from('x') });
  expect(await s3.json()).toMatchObject({ body: null });
  const collected = await fetch(url('/collect'), { method: 'POST', body: Buffer.from('<xml/>') });
  expect(await collected.json()).toEqual({ collected: '<xml/>' });
});

it('refuses a body over the limit, announced or not', async () => {
  const big = await fetch(url('/'), { method: 'POST', headers: { 'x-amz-target': 'A.B' }, body: Buffer.alloc((8 << 20) + 1) });
  expect(big.status).toBe(413);
  expect(await big.json()).toMatchObject({ __type: 'RequestEntityTooLarge' });
  const collected = await fetch(url('/collect'), { method: 'POST', body: Buffer.alloc(1001) });
  expect(collected.status).toBe(400);
  expect(gateway.failures).toMatchObject([{ code: 'MaxMessageLengthExceeded' }]);
});

it('receives 64 MiB, says what it computed, and sends the same bytes', async () => {
  const sent = randomBytes(64 << 20);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(sent));
  const sha256 = createHash('sha256').update(sent).digest('hex');
  gateway.plans = { expectedChecksums: { crc32: checksum.toString('base64') }, expectedSha256: sha256, computeMd5: true };
  const put = await fetch(url('/bucket/big'), { method: 'PUT', body: sent });
  expect(await put.json()).toMatchObject({
    size: sent.length,
    md5: createHash('md5').update(sent).digest('hex'),
    checksums: { crc32: checksum.toString('base64') },
  });
  const got = await fetch(url('/bucket/big'));
  expect(got.headers.get('content-length')).toBe(String(sent.length));
  expect(
    createHash('sha256')
      .update(new Uint8Array(await got.arrayBuffer()))
      .digest('hex'),
  ).toBe(sha256);
});

it('answers a HEAD request without a body on a connection that stays usable', async () => {
  await fetch(url('/bucket/k'), { method: 'PUT', body: 'hello' });
  const stored = gateway.objects.get('/bucket/k');
  if (stored === undefined) throw new Error('not stored');
  gateway.objects.set('/bucket/h', stored);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const once = (method: string): Promise<{ headers: IncomingHttpHeaders; text: string }> =>
    new Promise((resolve, reject) => {
      request(url('/bucket/h'), { method, agent }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ headers: response.headers, text }));
      })
        .on('error', reject)
        .end();
    });
  const head = await once('HEAD');
  expect(head.headers['content-length']).toBe('5');
  expect(head.text).toBe('');
  expect((await once('GET')).text).toBe('hello');
  agent.destroy();
});

it.each([
  ['crc32', { expectedChecksums: { crc32: 'AAAAAA==' } }, 'BadDigest'],
  ['md5', { expectedChecksums: { md5: 'AAAAAAAAAAAAAAAAAAAAAA==' } }, 'BadDigest'],
  ['sha256', { expectedSha256: '00'.repeat(32) }, 'XAmzContentSHA256Mismatch'],
  ['size', { maxBytes: 4 }, 'EntityTooLarge'],
])('refuses a body whose %s is not as announced, and keeps nothing', async (_what, plans, code) => {
  gateway.plans = plans;
  const put = await fetch(url('/bucket/key'), { method: 'PUT', body: 'hello' });
  expect(put.status).toBe(400);
  expect(await put.text()).toBe(code);
  expect(gateway.failures).toMatchObject([{ code }]);
  expect(blobFiles()).toEqual([]);
});

const chunked = (text: string, trailer: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n${trailer}\r\n`;
const helloCrc32 = 'NhCmhg==';

it('takes aws-chunked off and believes the checksum of the trailer', async () => {
  gateway.plans = { decode: { decodedLength: 5, trailerChecksum: 'crc32' }, expectedChecksums: { crc32: 'trailer' } };
  const good = await fetch(url('/bucket/key'), { method: 'PUT', body: chunked('hello', `x-amz-checksum-crc32:${helloCrc32}\r\n`) });
  expect(await good.json()).toMatchObject({ size: 5, checksums: { crc32: helloCrc32 } });
  expect(await (await fetch(url('/bucket/key'))).text()).toBe('hello');
});

it.each([
  ['a wrong checksum', chunked('hello', 'x-amz-checksum-crc32:AAAAAA==\r\n'), 'BadDigest'],
  ['no checksum', chunked('hello', ''), 'MalformedTrailerError'],
  ['too few bytes', chunked('hell', `x-amz-checksum-crc32:${helloCrc32}\r\n`), 'IncompleteBody'],
  ['an unfinished chunk', '5\r\nhel', 'IncompleteBody'],
  ['no chunks', 'hello', 'IncompleteBody'],
])('refuses aws-chunked with %s, and keeps nothing', async (_what, body, code) => {
  gateway.plans = { decode: { decodedLength: 5, trailerChecksum: 'crc32' }, expectedChecksums: { crc32: 'trailer' } };
  expect(await (await fetch(url('/bucket/key'), { method: 'PUT', body })).text()).toBe(code);
  expect(gateway.failures).toMatchObject([{ code }]);
  expect(blobFiles()).toEqual([]);
});

it('sends 100 Continue only after the gateway agreed', async () => {
  const head = 'PUT /bucket/key HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n';
  const agreed = await raw(head, (answer, socket) => answer.endsWith('100 Continue\r\n\r\n') && socket.write('hello'));
  expect(agreed).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
  gateway.refuse = true;
  const refused = await raw(head.replace('Connection: close\r\n', ''));
  expect(refused).toMatch(/^HTTP\/1.1 403 Forbidden/);
  expect(refused).not.toContain('100 Continue');
});

it('lets a client read its refusal although it is still sending', async () => {
  gateway.refuse = true;
  const refused = await fetch(url('/bucket/key'), { method: 'PUT', body: Buffer.alloc(16 << 20) });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toBe('no');
});

it('abandons an upload whose client goes away, and keeps nothing', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write('PUT /bucket/key HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n');
  socket.write(Buffer.alloc(3_000_000));
  await until(() => blobFiles().length === 1);
  socket.destroy();
  await until(() => gateway.abandoned.length === 1);
  await until(() => blobFiles().length === 0);
  expect(gateway.objects.size).toBe(0);
  expect(reports).toEqual([]);
});

it('answers a bug of the gateway with 500 and reports it', async () => {
  const failed = await fetch(url('/throw'));
  expect(failed.status).toBe(500);
  expect(await failed.text()).not.toContain('a bug');
  await until(() => reports.length === 1);
  expect(reports[0]).toContain('a bug');
});

it('answers 500 when the bytes of an object are gone', async () => {
  gateway.objects.set('/bucket/lost', { blobId: 'lost', size: 3, checksums: {} });
  expect((await fetch(url('/bucket/lost'))).status).toBe(500);
});

it('answers 503 to more requests than it bears, and serves again afterwards', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gateway.held = promise;
  const waiting = Array.from({ length: limits.listenerRequestsMax }, (_, n) => fetch(url(`/wait/${n}`)));
  await until(() => gateway.heads.length === limits.listenerRequestsMax);
  const refused = await fetch(url('/more'));
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain('<Code>SlowDown</Code>');
  resolve();
  for (const reply of await Promise.all(waiting)) expect((await reply.json()) as object).toMatchObject({ method: 'GET' });
  expect((await fetch(url('/more'))).status).toBe(200);
});

it('answers 503 when the bodies that wait fill their memory, and serves again afterwards', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gateway.held = promise;
  const bodies = limits.collectedBytesMax / limits.bodyBytesMax + 1;
  const send = async (target: string): Promise<Response> =>
    fetch(url(target), { method: 'POST', headers: { 'x-amz-target': 'A.B' }, body: Buffer.alloc(limits.bodyBytesMax) });
  const waiting = Array.from({ length: bodies }, () => send('/wait'));
  await until(() => gateway.heads.length === bodies);
  const refused = await send('/more');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ __type: 'SlowDown' });
  resolve();
  for (const reply of await Promise.all(waiting)) {
    expect(reply.status).toBe(200);
    await reply.body?.cancel();
  }
  expect((await send('/more')).status).toBe(200);
});

it('refuses a head that is too large', async () => {
  expect(await raw(`GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toContain('431');
});

it('says when an address is taken, and lists what is open', async () => {
  await expect(plane.open({ id: 'other', arrival: { kind: 'host' }, address: '127.0.0.1', port, protocols: 'http' })).rejects.toThrow('EADDRINUSE');
  expect(plane.list()).toMatchObject([{ spec: { id: 'host', address: '127.0.0.1' }, port }]);
  await plane.close('host');
  expect(plane.list()).toEqual([]);
  await expect(fetch(url('/'))).rejects.toThrow('fetch failed');
});

it('starts a worker that died again, with its listeners on their ports, and fails what it was doing', async () => {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write('PUT /bucket/key HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n');
  socket.write(Buffer.alloc(3_000_000));
  await until(() => blobFiles().length === 1);
  await worker?.terminate();
  await until(() => gateway.abandoned.length === 1 && blobFiles().length === 0);
  await until(() =>
    fetch(url('/')).then(
      (reply) => reply.ok,
      () => false,
    ),
  );
  expect(reports.join('\n')).toContain('started again');
});

it('tries again to open what was taken while its worker was dead', async () => {
  process.once('worker', (started) => (worker = started));
  const taker = createServer().on('connection', (socket) => socket.destroy());
  const dead = worker;
  const taken = new Promise<void>((resolve) => {
    dead?.once('exit', () => taker.listen(port, '127.0.0.1', resolve));
  });
  await dead?.terminate();
  await taken;
  await until(() => reports.some((text) => text.includes('EADDRINUSE')));
  expect(plane.list().length).toBe(1);
  await new Promise((resolve) => taker.close(resolve));
  await until(() =>
    fetch(url('/')).then(
      (reply) => reply.ok,
      () => false,
    ),
  );
  expect(reports.join('\n')).toContain('is open again');
});
