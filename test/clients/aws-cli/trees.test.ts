import { execFile } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestsOf, makeFile } from '../trees/tree.ts';
import { AwsCli, type Version } from './aws-cli.ts';

/** What the AWS CLI does with trees and single objects beside moving them: trees.test.ts shows that they arrive. */

/** Version 1 computes the rarer ones with a library that it does not bring. */
const algorithms = { v1: ['CRC32', 'SHA1', 'SHA256'], v2: ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] } as const;
const versions: readonly Version[] = ['v1', 'v2'];
const bucket = 's3://trees';
const names = ['a', 'b/with space', 'b/plus+percent%', 'c/ü', 'empty'];
const awkward = 'b/plus+percent%';

describe.each(versions)('%s', (version) => {
  const cli = new AwsCli(version);
  const local = join(cli.folder, 'tree');
  beforeAll(async () => {
    await cli.open();
    for (const [index, name] of names.entries()) await makeFile(join(local, name), index, name === 'empty' ? 0 : 10_000 + index);
    await cli.run('s3', 'mb', bucket);
  });
  afterAll(async () => await cli.close());

  /** What a synchronisation did, a word for each file. */
  const synchronised = async (from: string, to: string): Promise<string[]> => {
    const { code, stdout, stderr } = await cli.attempt(['s3', 'sync', '--delete', '--no-progress', from, to]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => line.split(':')[0] ?? '').toSorted();
  };

  it('synchronises what changed, and nothing when nothing did', async () => {
    expect(await synchronised(local, bucket)).toEqual(names.map(() => 'upload'));
    expect(await synchronised(local, bucket)).toEqual([]);
    renameSync(join(local, 'a'), join(local, 'renamed'));
    writeFileSync(join(local, 'empty'), 'not any more');
    expect(await synchronised(local, bucket)).toEqual(['delete', 'upload', 'upload']);
    const back = join(cli.folder, 'back');
    expect(await synchronised(bucket, back)).toEqual(names.map(() => 'download'));
    expect(await synchronised(bucket, back)).toEqual([]);
    expect(await digestsOf(back)).toEqual(await digestsOf(local));
    rmSync(join(back, 'renamed'));
    expect(await synchronised(back, bucket)).toEqual(['delete']);
    expect(await synchronised(local, bucket)).toEqual(['upload']);
  });

  it('signs an address that curl reads', async () => {
    const url = (await cli.run('s3', 'presign', `${bucket}/${awkward}`)) as string;
    const curl = async (address: string): Promise<string> => {
      const words = ['--silent', '--output', join(cli.folder, 'curled'), '--write-out', '%{http_code}', address];
      return (await promisify(execFile)('curl', words)).stdout;
    };
    expect(await curl(url.trim())).toBe('200');
    expect(readFileSync(join(cli.folder, 'curled')).equals(readFileSync(join(local, awkward)))).toBe(true);
    expect(await curl(url.trim().replace('plus', 'minus'))).toBe('403');
  });

  const object = ['--bucket', 'trees', '--key'];
  it.each(algorithms[version])('puts and gets an object with its %s', async (algorithm) => {
    const [file, back] = [join(local, awkward), join(cli.folder, 'with-checksum')];
    const put = await cli.run('s3api', 'put-object', ...object, algorithm, '--checksum-algorithm', algorithm, '--body', file);
    const got = await cli.run('s3api', 'get-object', ...object, algorithm, '--checksum-mode', 'ENABLED', back);
    expect(put[`Checksum${algorithm}`]).toMatch(/^[A-Za-z0-9+/]+=*$/u);
    expect(got[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
    expect(readFileSync(back).equals(readFileSync(file))).toBe(true);
  });

  it('refuses an object that is not what its checksum says, and keeps nothing of it', async () => {
    const wrong = ['--checksum-sha256', Buffer.alloc(32).toString('base64'), '--body', join(local, 'renamed')];
    const { code, stderr } = await cli.attempt(['s3api', 'put-object', ...object, 'wrong', ...wrong]);
    expect([code === 0, stderr]).toEqual([false, expect.stringMatching(/An error occurred \(BadDigest\) when calling the PutObject operation/u)]);
    const head = await cli.attempt(['s3api', 'head-object', ...object, 'wrong']);
    expect(head.stderr).toContain('(404)');
  });

  it('removes everything', async () => {
    const { stdout } = await cli.attempt(['s3', 'rm', '--recursive', bucket]);
    expect(stdout.split('\n').filter((line) => line.startsWith('delete: ')).length).toBeGreaterThanOrEqual(names.length);
    expect(await cli.attempt(['s3', 'ls', '--recursive', bucket])).toMatchObject({ stdout: '' });
    await cli.run('s3', 'rb', bucket);
  });
});
