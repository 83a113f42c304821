import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAgentStorage, type AgentStorage } from '../../test/fixtures/agent-storage.ts';
import type { FakeS3 } from '../../test/kernel/container/fake-s3.ts';
import type { AgentPipe } from '../model/job/agent-orders.ts';
import { pieceBytes } from './limits.ts';
import { objectsOfEpoch, Pipes } from './pipes.ts';
import { recordHeader } from './record-io.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

let lab: AgentStorage;
let folder: string;
let s3: FakeS3;
let storage: Storage;
let transfer: Transfer;
let finish: AbortController;

beforeEach(async () => {
  lab = await openAgentStorage();
  ({ folder, s3, storage, transfer } = lab);
  finish = new AbortController();
});
afterEach(() => {
  finish.abort();
  lab.close();
});

const put = (key: string, content: string | Buffer = key): void => void s3.objects.set(`data/set/${key}`, Buffer.from(content));
const pipe = (change: Partial<AgentPipe> = {}): AgentPipe => ({
  channelName: 'train',
  dataType: 'S3Prefix',
  bucket: 'data',
  prefix: 'set/',
  shard: { index: 0, count: 1 },
  compressionType: 'None',
  recordWrapperType: 'None',
  ...change,
});

/** Opens the pipes and streams. What the stream came to is to be awaited after `finish`. */
async function begin(...channels: readonly AgentPipe[]): Promise<{ readonly streaming: Promise<void> }> {
  const pipes = await Pipes.open(storage, channels, folder, transfer);
  const streaming = pipes.stream(transfer, finish.signal);
  streaming.catch(() => undefined);
  return { streaming };
}

/** Resolves once the pipe is there: the next one is made when the one before is opened, a moment later. */
async function made(epoch: number, channel = 'train'): Promise<string> {
  const path = join(folder, `${channel}_${epoch}`);
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  return path;
}

/** By a program: opening a pipe waits, and this process has few threads to wait in. */
async function read(epoch: number, channel = 'train'): Promise<Buffer> {
  const cat = spawn('cat', [await made(epoch, channel)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  cat.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(cat, 'close');
  return Buffer.concat(chunks);
}

describe('a pipe', () => {
  it('holds the objects one after the other, in every epoch again, and is gone afterwards', async () => {
    const large = randomBytes(2 * pieceBytes + 5);
    put('a', 'first');
    put('b', large);
    put('c', '');
    put('d/');
    s3.objects.set('data/set/d/', Buffer.alloc(0));
    put('e', 'last');
    const { streaming } = await begin(pipe());
    const whole = Buffer.concat([Buffer.from('first'), large, Buffer.from('last')]);
    for (const epoch of [0, 1, 2]) expect((await read(epoch)).equals(whole)).toBe(true);
    finish.abort();
    await streaming;
    expect([0, 1, 2].filter((epoch) => existsSync(join(folder, `train_${epoch}`)))).toEqual([]);
  });

  it('is readable for every user, and nothing but a pipe', async () => {
    put('a');
    await begin(pipe());
    const status = statSync(join(folder, 'train_0'));
    expect([status.isFIFO(), status.mode & 0o777]).toEqual([true, 0o644]);
  });

  it('may be closed early, or never opened', async () => {
    put('a', randomBytes(3 * pieceBytes));
    const { streaming } = await begin(pipe(), pipe({ channelName: 'unread' }));
    for (const epoch of [0, 1]) {
      const head = spawn('head', ['-c', '10', await made(epoch)], { stdio: ['ignore', 'pipe', 'inherit'] });
      head.stdout.resume();
      await once(head, 'close');
    }
    expect((await read(2)).length).toBe(3 * pieceBytes);
    finish.abort();
    await streaming;
  });

  it('streams 20 channels at once, each to a slow reader', async () => {
    const channels = Array.from({ length: 20 }, (_, index) => pipe({ channelName: `c${index}` }));
    put('a', randomBytes(300_000));
    await begin(...channels);
    const all = await Promise.all(channels.map(async ({ channelName }) => await read(0, channelName)));
    expect(new Set(all.map((bytes) => createHash('sha256').update(bytes).digest('hex'))).size).toBe(1);
  });

  it('follows a manifest in its order, with what it names twice twice', async () => {
    put('a', 'A');
    put('b', randomBytes(pieceBytes + 1));
    s3.objects.set('data/manifest', Buffer.from(JSON.stringify([{ prefix: 's3://data/set/' }, 'b', 'a', 'b'])));
    await begin(pipe({ dataType: 'ManifestFile', prefix: 'manifest' }));
    const b = s3.objects.get('data/set/b') ?? Buffer.alloc(0);
    expect((await read(0)).equals(Buffer.concat([b, Buffer.from('A'), b]))).toBe(true);
  });

  it('goes on where a body broke off, and through an outage of S3', async () => {
    const large = randomBytes(2 * pieceBytes);
    put('a', large);
    await begin(pipe());
    s3.breakBodies = 2;
    let refusals = 6;
    s3.refuse = () => (refusals-- > 0 ? [503, 'SlowDown'] : undefined);
    expect((await read(0)).equals(large)).toBe(true);
  });
});

describe('what is streamed', () => {
  it('is unpacked, of several members too', async () => {
    put('a.gz', Buffer.concat([gzipSync('one '), gzipSync('two ')]));
    put('b.gz', gzipSync('three'));
    await begin(pipe({ compressionType: 'Gzip' }));
    expect((await read(0)).toString()).toBe('one two three');
  });

  it.each([
    ['None', (text: string) => Buffer.from(text)],
    ['Gzip', (text: string) => gzipSync(text)],
  ] as const)('is wrapped as records, compression %s', async (compressionType, packed) => {
    put('a', packed('12345'));
    put('b', packed(''));
    await begin(pipe({ recordWrapperType: 'RecordIO', compressionType }));
    expect((await read(0)).equals(Buffer.concat([recordHeader(5), Buffer.from('12345\0\0\0'), recordHeader(0)]))).toBe(true);
  });

  it('is another order in every epoch, and the instances’ shares of it are whole', () => {
    const objects = Array.from({ length: 40 }, (_, index) => ({ bucket: 'b', key: `k${index}`, prefix: '' }));
    const share = (index: number, epoch: number, shuffleSeed?: number): string[] =>
      objectsOfEpoch(objects, pipe({ shard: { index, count: 3 }, ...(shuffleSeed !== undefined && { shuffleSeed }) }), epoch).map(({ key }) => key);
    const epoch = (number: number, seed?: number): string[] => [0, 1, 2].flatMap((index) => share(index, number, seed));
    expect(epoch(0, 7).toSorted()).toEqual(objects.map(({ key }) => key).toSorted());
    expect(share(0, 0, 7)).toEqual(share(0, 0, 7));
    expect(share(0, 0, 7).toSorted()).not.toEqual(share(0, 1, 7).toSorted());
    expect(share(0, 0, 7)).not.toEqual(share(0, 0, 8));
    expect(share(0, 0)).toEqual(share(0, 1));
  });
});

describe('a failure', () => {
  const failure = async (streaming: Promise<void>): Promise<unknown> =>
    await streaming.then(
      () => 'none',
      (error: { observation: unknown }) => error.observation,
    );

  it('is told, and never looks like the end of the data', async () => {
    put('a', 'first');
    put('b', 'second');
    const { streaming } = await begin(pipe());
    s3.refuse = (request) => (request.includes('set/b') ? [403, 'AccessDenied'] : undefined);
    const cat = spawn('cat', [join(folder, 'train_0')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    cat.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await failure(streaming)).toMatchObject({ kind: 'http-status', code: 'AccessDenied', attempted: 'GetObject s3://data/set/b' });
    await vi.waitFor(() => expect(text).toBe('first'));
    expect(cat.exitCode).toBeNull();
    cat.kill();
    await once(cat, 'close');
  });

  it('is one when an object changes in its middle', async () => {
    put('a', randomBytes(4 * pieceBytes));
    let gets = 0;
    s3.refuse = (request) => {
      if (request.startsWith('GET data/set/a') && ++gets === 3) put('a', randomBytes(4 * pieceBytes));
      return undefined;
    };
    const { streaming } = await begin(pipe());
    const cat = spawn('cat', [join(folder, 'train_0')], { stdio: ['ignore', 'pipe', 'inherit'] });
    cat.stdout.resume();
    expect(await failure(streaming)).toMatchObject({ message: 'the object changed while it was streamed' });
    cat.kill();
    await once(cat, 'close');
  });

  it('is one when an object is not gzip', async () => {
    put('a', 'plain text');
    const { streaming } = await begin(pipe({ compressionType: 'Gzip' }));
    const cat = spawn('cat', [join(folder, 'train_0')], { stdio: 'ignore' });
    expect(await failure(streaming)).toMatchObject({ message: expect.stringContaining('not gzip') as string });
    cat.kill();
    await once(cat, 'close');
  });

  it('is one when the container put something else in the place of a pipe', async () => {
    put('a');
    const pipes = await Pipes.open(storage, [pipe()], folder, transfer);
    rmSync(join(folder, 'train_0'));
    writeFileSync(join(folder, 'train_0'), 'mine');
    await expect(pipes.stream(transfer, finish.signal)).rejects.toMatchObject({ observation: { message: 'something else is in its place' } });
    expect(readFileSync(join(folder, 'train_0'), 'utf8')).toBe('mine');
  });
});
