import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode } from 'dns-packet';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ResolverSockets, type UnansweredQuestion } from './resolver-sockets.ts';

let resolver: ResolverSockets;
let port: number;
let told: UnansweredQuestion[];

beforeEach(async () => {
  told = [];
  const zone = { region: 'us-east-1', privateAddresses: [], names: {} };
  // UDP and TCP share a number: one that is free for UDP may be taken for TCP.
  for (;;) {
    const probe = createSocket('udp4');
    probe.bind(0, '127.0.0.1');
    await once(probe, 'listening');
    port = probe.address().port;
    probe.close();
    const place = { id: 'r', addresses: ['127.0.0.1'], port };
    const opened = await ResolverSockets.open(place, zone, (questions) => told.push(...questions)).catch(() => undefined);
    if (opened !== undefined) {
      resolver = opened;
      return;
    }
  }
});
afterEach(async () => resolver.close());

const question = (name: string): Buffer => encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] });
const s3 = question('s3.amazonaws.com');

it('answers so many questions of one source per second and drops the rest, without remembering them', async () => {
  const socket = createSocket('udp4');
  let answered = 0;
  socket.on('message', () => (answered += 1));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  for (let n = 0; n < 5_000; n += 1) {
    socket.send(s3, port, '127.0.0.1');
    if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Two seconds' worth when the burst crosses from one second into the next.
  expect(answered).toBeGreaterThanOrEqual(1024);
  expect(answered).toBeLessThanOrEqual(2048);
  answered = 0;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  socket.send(s3, port, '127.0.0.1');
  await once(socket, 'message');
  expect(answered).toBe(1);
  socket.close();
});

it('tells of what nobody answered once, counted', async () => {
  const socket = createSocket('udp4');
  for (let n = 0; n < 300; n += 1) socket.send(question(n < 10 ? 'same.example' : `n${n}.example`), port, '127.0.0.1');
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told[0]).toEqual({ name: 'same.example', type: 'A', sourceIp: '127.0.0.1', count: 10 });
  expect(told.at(-1)).toEqual({ name: '', type: '', sourceIp: '127.0.0.1', count: 300 - 10 - 255 });
  expect(told.length).toBe(257);
  socket.close();
});

const framed = (message: Buffer): Buffer => Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);

it('answers several questions on one connection, cut anywhere', async () => {
  const client = connect(port, '127.0.0.1');
  const bytes = Buffer.concat([framed(s3), framed(s3), framed(s3)]);
  let received = Buffer.alloc(0);
  client.on('data', (data: Buffer) => (received = Buffer.concat([received, data])));
  for (let at = 0; at < bytes.length; at += 7) {
    client.write(bytes.subarray(at, at + 7));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const answers: unknown[] = [];
  while (answers.length < 3) {
    while (received.length < 2 || received.length < 2 + received.readUInt16BE()) await once(client, 'data');
    const end = 2 + received.readUInt16BE();
    answers.push(decode(received.subarray(2, end)));
    received = received.subarray(end);
  }
  expect(received.length).toBe(0);
  for (const answer of answers) expect(answer).toMatchObject({ id: 1, answers: [{ data: '198.18.0.10' }] });
  client.destroy();
});

it('lets go of a connection that sends no DNS, too much of it, or nothing', async () => {
  for (const bytes of [Buffer.from([0, 3, 1, 2, 3]), Buffer.concat([Buffer.from([255, 255]), Buffer.alloc(60_000)])]) {
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    client.write(bytes);
    await new Promise((resolve) => client.on('close', resolve).resume());
  }
  const silent = connect(port, '127.0.0.1');
  const start = performance.now();
  await new Promise((resolve) => silent.on('close', resolve).resume());
  expect(performance.now() - start).toBeGreaterThan(4_000);
});
