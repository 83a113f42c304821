import { describe, expect, it } from 'vitest';
import { observe } from './failure.ts';
import { LookupFailed } from './failure.ts';
import { parseManifest } from './manifest.ts';
import { objectPath, shardOf } from './object-path.ts';
import { tarHeader } from './tar.ts';

describe('the path of an object', () => {
  it.each([
    ['data/train/a.csv', 'data/train/', 'a.csv'],
    ['data/train/a.csv', 'data/train', 'a.csv'],
    ['data/train/b/a.csv', 'data/train', 'b/a.csv'],
    ['data/train-1.csv', 'data/train', 'train-1.csv'],
    ['data/train.csv', 'data/train.csv', 'train.csv'],
    ['train.csv', 'train.csv', 'train.csv'],
    ['a/b', '', 'a/b'],
    ['data//x///y', 'data/', 'x/y'],
  ])('of %s below prefix "%s" is %s', (key, prefix, path) => {
    expect(objectPath(key, prefix)).toEqual({ path, isFolder: false });
  });

  it.each(['d/../x', 'd/./x', 'd/a\0b', `d/${'x'.repeat(256)}`])('is refused for %j', (key) => {
    expect(objectPath(key, 'd/')).toHaveProperty('refused');
  });

  it('is a folder for the marker of one', () => {
    expect(objectPath('data/', 'data/')).toEqual({ path: '', isFolder: true });
    expect(objectPath('data/x/', 'data/')).toEqual({ path: 'x', isFolder: true });
  });
});

it('gives every object to exactly one shard', () => {
  const all = Array.from({ length: 23 }, (_, index) => index);
  const shares = [0, 1, 2, 3].map((index) => shardOf(all, { index, count: 4 }));
  expect(shares.flat().sort((a, b) => a - b)).toEqual(all);
});

describe('a manifest', () => {
  it('names a bucket, a folder and objects', () => {
    expect(parseManifest('[{"prefix":"s3://b/p/"},"a","b/c"]')).toEqual({ bucket: 'b', prefix: 'p/', entries: ['a', 'b/c'] });
  });
  it.each(['', '{}', '[]', '["a"]', '[{"prefix":"b/p"}]', '[{"prefix":"s3://b/p/"},1]'])('is refused when it is %s', (text) => {
    expect(() => parseManifest(text)).toThrow(/manifest/);
  });
});

describe('what was seen', () => {
  const target = { attempted: 'GetObject s3://b/k', host: 'b.s3', address: '198.18.0.1' };
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  it.each([
    [failure('ECONNREFUSED'), 'connection-refused'],
    [failure('EHOSTUNREACH'), 'no-answer'],
    [Object.assign(new Error('slow'), { name: 'TimeoutError' }), 'no-answer'],
    [failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls-failed'],
    [failure('ENOSPC'), 'local-files'],
    [new Error('outer', { cause: failure('ECONNRESET') }), 'no-answer'],
  ])('is told from %s', (error, kind) => {
    expect(observe(error, target).observation).toMatchObject({ kind, attempted: target.attempted });
  });

  it('names the resolver that gave no address', () => {
    const { observation } = observe(new LookupFailed('b.s3', '10.0.0.2', 'ETIMEOUT'), target);
    expect(observation).toMatchObject({ kind: 'lookup-failed', host: 'b.s3', address: '10.0.0.2', port: 53, code: 'ETIMEOUT' });
  });

  it('is thrown on when nobody knows it', () => {
    expect(() => observe(new TypeError('bug'), target)).toThrow('bug');
  });
});

it('says sizes that the old field cannot hold', () => {
  const size = 10 * 2 ** 30;
  const header = tarHeader({ path: 'big', kind: 'file', mode: 0o644, size, modifiedSeconds: 0 });
  expect(header.toString('latin1')).toContain(` size=${size}\n`);
});
