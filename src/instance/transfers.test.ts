import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAgentStorage, type AgentStorage } from '../../test/fixtures/agent-storage.ts';
import type { FakeS3 } from '../../test/kernel/container/fake-s3.ts';
import type { AgentChannel } from '../model/job/agent-orders.ts';
import { nothingListed } from '../model/job/fast-file.ts';
import { downloadChannels } from './download.ts';
import type { OrderFailed } from './failure.ts';
import { rangeBytes } from './limits.ts';
import { listChannels } from './list-channels.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

let lab: AgentStorage;
let folder: string;
let s3: FakeS3;
let storage: Storage;
let moved: AgentStorage['moved'];
let transfer: Transfer;

beforeEach(async () => {
  lab = await openAgentStorage();
  ({ folder, s3, storage, moved, transfer } = lab);
});
afterEach(() => lab.close());

const put = (key: string, text = key): void => void s3.objects.set(key, Buffer.from(text));
const channel = (change: Partial<AgentChannel> = {}): AgentChannel => ({
  channelName: 'train',
  dataType: 'S3Prefix',
  bucket: 'data',
  prefix: 'set/',
  shard: { index: 0, count: 1 },
  ...change,
});
const download = (change: Partial<AgentChannel> = {}): Promise<void> => downloadChannels(storage, [channel(change)], join(folder, 'data'), transfer);
const filesOf = (channelName = 'train'): string[] =>
  readdirSync(join(folder, 'data', channelName), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'data', channelName).length + 1))
    .sort();

describe('download', () => {
  it('takes all pages of a prefix, and keeps folders', async () => {
    s3.pageSize = 2;
    for (const key of ['a.csv', 'b/c.csv', 'b/d.csv', 'b/e/f.csv', 'g.csv']) put(`data/set/${key}`);
    put('data/other.csv');
    await download();
    expect(filesOf()).toEqual(['a.csv', 'b/c.csv', 'b/d.csv', 'b/e/f.csv', 'g.csv']);
    expect(readFileSync(join(folder, 'data/train/b/c.csv'), 'utf8')).toBe('data/set/b/c.csv');
    expect(moved.objects).toBe(5);
  });

  it('takes an object whose key is the prefix', async () => {
    put('data/set/train.csv', '1,2');
    await download({ prefix: 'set/train.csv' });
    expect(filesOf()).toEqual(['train.csv']);
  });

  it('makes folders of keys that end with a slash', async () => {
    put('data/set/', '');
    put('data/set/empty/', '');
    put('data/set/a.csv');
    await download();
    expect(filesOf()).toEqual(['a.csv']);
    expect(statSync(join(folder, 'data/train/empty')).isDirectory()).toBe(true);
  });

  it('divides objects among instances, each to exactly one', async () => {
    for (let index = 0; index < 7; index++) put(`data/set/${index}`);
    const shares: string[] = [];
    for (let index = 0; index < 3; index++) {
      await download({ channelName: `share-${index}`, shard: { index, count: 3 } });
      shares.push(...filesOf(`share-${index}`));
    }
    expect(shares.sort()).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('takes what a manifest lists', async () => {
    put('data/manifest.json', JSON.stringify([{ prefix: 's3://elsewhere/root/' }, 'a.csv', 'b/c.csv']));
    put('elsewhere/root/a.csv');
    put('elsewhere/root/b/c.csv');
    await download({ dataType: 'ManifestFile', prefix: 'manifest.json' });
    expect(filesOf()).toEqual(['a.csv', 'b/c.csv']);
  });

  it('refuses a manifest that is none', async () => {
    put('data/manifest.json', '{}');
    await expect(download({ dataType: 'ManifestFile', prefix: 'manifest.json' })).rejects.toMatchObject({
      observation: { kind: 'local-files', message: 'the manifest is not a list' },
    });
  });

  it('says when there is nothing', async () => {
    await expect(download()).rejects.toMatchObject({ observation: { kind: 'no-objects', attempted: 'ListObjectsV2 s3://data/set/' } });
  });

  it('never leaves the folder of the channel', async () => {
    put('data/set/../../escaped');
    await expect(download()).rejects.toMatchObject({ observation: { kind: 'local-files' } });
    await expect(download({ channelName: '..' })).rejects.toMatchObject({ observation: { kind: 'local-files' } });
    expect(existsSync(join(folder, 'escaped'))).toBe(false);
  });

  it('puts odd keys where their names say', async () => {
    const long = Array.from({ length: 4 }, (_, index) => String(index).repeat(250)).join('/');
    const keys = ['ä/\u{1f600}.csv', 'tab\there', 'new\nline', 'control\u0001', 'plus+and space%', '"<&>\'', 'x'.repeat(255), `${long}/last`];
    for (const key of keys) put(`data/set/${key}`);
    put('data/set//twice//slashed', 'twice');
    await download();
    expect(filesOf()).toEqual([...keys, 'twice/slashed'].sort());
    for (const key of keys) expect(readFileSync(join(folder, 'data/train', key), 'utf8')).toBe(`data/set/${key}`);
  });

  it.each([
    [['a', 'a/b'], 'the file would be where "set/a" is'],
    [['x/y', 'x//y'], 'the file would be where'],
    [['a/', 'a'], 'the file would be where'],
    [['a/b/', 'a'], 'the file would be where'],
    [['x'.repeat(256)], 'longer than 255 bytes'],
    [['./a'], 'holds "." or ".."'],
  ])('refuses %j, before anything is read', async (keys, message) => {
    for (const key of keys) put(`data/set/${key}`, key.endsWith('/') ? '' : key);
    await expect(download()).rejects.toMatchObject({ observation: { kind: 'local-files', message: expect.stringContaining(message) as string } });
    expect(s3.requests.filter((request) => !request.includes('list-type'))).toEqual([]);
  });

  it('refuses content behind a key that is a folder', async () => {
    put('data/set/a/', 'content');
    await expect(download()).rejects.toMatchObject({ observation: { kind: 'local-files', message: expect.stringContaining('slash') as string } });
  });

  it('reads large objects in ranges, of a manifest too, each range from where it broke off', async () => {
    const content = randomBytes(2 * rangeBytes + 12_345);
    s3.objects.set('data/set/large', content);
    put('data/manifest', JSON.stringify([{ prefix: 's3://data/set/' }, 'large', 'large', 'empty']));
    put('data/set/empty', '');
    s3.breakBodies = 2;
    await download();
    await download({ channelName: 'listed', dataType: 'ManifestFile', prefix: 'manifest' });
    for (const name of ['train', 'listed']) {
      expect(readFileSync(join(folder, 'data', name, 'large')).equals(content)).toBe(true);
      expect(statSync(join(folder, 'data', name, 'empty')).size).toBe(0);
    }
    expect(existsSync(join(folder, '.cloister-unfinished'))).toBe(false);
  });

  it('never mixes two contents of an object that changes meanwhile', async () => {
    const [before, after] = [randomBytes(3 * rangeBytes), randomBytes(3 * rangeBytes)];
    s3.objects.set('data/set/large', before);
    let gets = 0;
    s3.refuse = (request) => {
      if (request.startsWith('GET data/set/large') && ++gets === 2) s3.objects.set('data/set/large', after);
      return undefined;
    };
    await download();
    expect(readFileSync(join(folder, 'data/train/large')).equals(after)).toBe(true);
  });

  it('gives up on an object that always changes, and leaves nothing of it', async () => {
    s3.refuse = (request) => {
      if (request.startsWith('GET data/set/large')) s3.objects.set('data/set/large', randomBytes(2 * rangeBytes));
      return undefined;
    };
    s3.objects.set('data/set/large', randomBytes(2 * rangeBytes));
    await expect(download()).rejects.toMatchObject({ observation: { message: 'the object changed each time while it was read' } });
    expect(filesOf()).toEqual([]);
    expect(existsSync(join(folder, '.cloister-unfinished'))).toBe(false);
  });

  it('takes 20 channels in one order, and one of them fails it', async () => {
    const channels = Array.from({ length: 20 }, (_, index) => channel({ channelName: `c${index}`, prefix: `set/${index}/` }));
    for (let index = 0; index < 20; index++) put(`data/set/${index}/a`);
    await downloadChannels(storage, channels, join(folder, 'data'), transfer);
    expect(channels.flatMap(({ channelName }) => filesOf(channelName))).toHaveLength(20);
    s3.objects.delete('data/set/7/a');
    await expect(downloadChannels(storage, channels, join(folder, 'data'), transfer)).rejects.toMatchObject({ observation: { kind: 'no-objects' } });
  });

  it('gives an instance beyond the number of objects an empty folder', async () => {
    put('data/set/a');
    await download({ shard: { index: 1, count: 3 } });
    expect(filesOf()).toEqual([]);
    expect(statSync(join(folder, 'data/train')).isDirectory()).toBe(true);
  });

  it('gives the same when it is ordered again, without what was there before', async () => {
    put('data/set/a.csv');
    mkdirSync(join(folder, 'data/train'), { recursive: true });
    writeFileSync(join(folder, 'data/train/half.cloister-part'), 'x');
    await download();
    await download();
    expect(filesOf()).toEqual(['a.csv']);
  });

  it('asks again for a body that broke off', async () => {
    put('data/set/a.csv', 'x'.repeat(100_000));
    s3.breakBodies = 1;
    await download();
    expect(readFileSync(join(folder, 'data/train/a.csv'))).toHaveLength(100_000);
  });

  it('reports what S3 answered', async () => {
    put('data/set/a.csv');
    s3.refuse = (request) => (request.includes('a.csv') ? [403, 'AccessDenied'] : undefined);
    await expect(download()).rejects.toMatchObject({
      observation: { kind: 'http-status', status: 403, code: 'AccessDenied', attempted: 'GetObject s3://data/set/a.csv' },
    });
  });

  it('reports a refused connection', async () => {
    lab.stopS3();
    await expect(download()).rejects.toMatchObject({ observation: { kind: 'connection-refused', address: '127.0.0.1', code: 'ECONNREFUSED' } });
  });
});

describe('FastFile', () => {
  const list = async (change: Partial<AgentChannel>): Promise<unknown> =>
    JSON.parse(await listChannels(storage, [channel(change)], folder, transfer));
  const listed = (): string[] => readFileSync(join(folder, 'train.list'), 'utf8').trim().split('\n');
  const failure = async (change: Partial<AgentChannel>): Promise<unknown> => {
    const { observation } = (await list(change).catch((error: unknown) => error)) as OrderFailed;
    return `${observation.message} (${observation.attempted})`;
  };

  it('finds a whole folder and reads nothing of it', async () => {
    put('data/set/a');
    put('data/set/b/c');
    put('data/settings');
    for (const prefix of ['set/', 'set']) {
      expect(await list({ prefix })).toEqual([{ channelName: 'train', bucket: 'data', folder: 'set/', isListed: false }]);
    }
    expect(moved).toEqual({ objects: 4, bytes: 0 });
  });

  it('lists the share of an instance; one without a share sees nothing', async () => {
    for (const name of ['a', 'b/c', 'd']) put(`data/set/${name}`);
    expect(await list({ shard: { index: 1, count: 2 } })).toMatchObject([{ folder: 'set/', isListed: true }]);
    expect(listed()).toEqual(['b/c']);
    await list({ shard: { index: 3, count: 4 } });
    expect(listed()).toEqual([nothingListed]);
  });

  it('takes one object by its whole key, and no part of a name', async () => {
    put('data/set/a.csv');
    put('data/set/a.csv.old');
    expect(await list({ prefix: 'set/a.csv' })).toMatchObject([{ folder: 'set/', isListed: true }]);
    expect(listed()).toEqual(['a.csv']);
    expect(await failure({ prefix: 'set/a' })).toBe(
      'the prefix of a FastFile channel must not be a part of the name of a folder or object (ListObjectsV2 s3://data/set/a)',
    );
  });

  it('takes what a manifest names, below one folder', async () => {
    put('data/manifest', JSON.stringify([{ prefix: 's3://data/set/' }, 'a', 'b/c']));
    expect(await list({ dataType: 'ManifestFile', prefix: 'manifest' })).toMatchObject([{ bucket: 'data', folder: 'set/', isListed: true }]);
    expect(listed()).toEqual(['a', 'b/c']);
  });

  it('refuses keys that would be hidden or shown as others', async () => {
    put('data/set/a//b');
    expect(await failure({})).toBe('FastFile cannot show a key with an empty folder name (GetObject s3://data/set/a//b)');
    s3.objects.clear();
    put('data/set/a\tb');
    expect(await failure({})).toContain('control characters');
    s3.objects.clear();
    put('data/set/a');
    put('data/set/a/b');
    expect(await failure({})).toContain('the file would be where');
  });
});
