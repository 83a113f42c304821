import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAgentStorage, type AgentStorage } from '../../test/fixtures/agent-storage.ts';
import type { FakeS3 } from '../../test/kernel/container/fake-s3.ts';
import { partBytes } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';
import { uploadTree } from './upload-tree.ts';
import { uploadArchive } from './upload.ts';

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

describe('upload', () => {
  const upload = async (): Promise<readonly string[]> => (await send()).clashes;
  const send = () =>
    uploadArchive(storage, [join(folder, 'model'), join(folder, 'peer')], { bucket: 'out', key: 'job/output/model.tar.gz' }, transfer);
  const stored = (): Buffer | undefined => s3.objects.get('out/job/output/model.tar.gz');

  /** What GNU tar makes of it. */
  function unpack(): string {
    const target = join(folder, 'unpacked');
    mkdirSync(target);
    execFileSync('tar', ['-xzf', '-', '-C', target], { input: stored() });
    return target;
  }

  beforeEach(() => mkdirSync(join(folder, 'model')));

  it('stores nothing when there is nothing', async () => {
    await upload();
    rmSync(join(folder, 'model'), { recursive: true });
    await upload();
    expect(s3.requests).toEqual([]);
    expect(moved).toEqual({ objects: 0, bytes: 0 });
  });

  it('archives files, folders, long names and odd characters as tar reads them', async () => {
    const long = join('d'.repeat(120), 'ä'.repeat(60));
    mkdirSync(join(folder, 'model', 'd'.repeat(120)));
    mkdirSync(join(folder, 'model/empty'));
    writeFileSync(join(folder, 'model', long), 'long');
    writeFileSync(join(folder, 'model/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    await upload();
    const unpacked = unpack();
    expect(readdirSync(unpacked).sort()).toEqual(['d'.repeat(120), 'empty', 'run.sh']);
    expect(readFileSync(join(unpacked, long), 'utf8')).toBe('long');
    expect(statSync(join(unpacked, 'run.sh')).mode & 0o777).toBe(0o755);
    expect(moved.objects).toBe(1);
  });

  it('archives links as links, wherever they lead, and nothing but regular files', async () => {
    writeFileSync(join(folder, 'secret'), 'not yours');
    symlinkSync(join(folder, 'secret'), join(folder, 'model/link'));
    symlinkSync('/', join(folder, 'model/root'));
    execFileSync('mkfifo', [join(folder, 'model/pipe')]);
    writeFileSync(join(folder, 'model/real'), 'x');
    await upload();
    const unpacked = unpack();
    expect(readdirSync(unpacked).sort()).toEqual(['link', 'real', 'root']);
    expect(readlinkSync(join(unpacked, 'root'))).toBe('/');
    expect(execFileSync('tar', ['-tvzf', '-'], { input: stored() }).toString()).not.toContain('not yours');
  });

  it('refuses a name that it could not give back', async () => {
    execFileSync('sh', ['-c', `touch "$(printf 'model/\\377')"`], { cwd: folder });
    await expect(upload()).rejects.toMatchObject({ observation: { kind: 'local-files', message: 'a name that is not UTF-8' } });
  });

  it('is not led elsewhere by a link in place of the directory', async () => {
    rmSync(join(folder, 'model'), { recursive: true });
    mkdirSync(join(folder, 'private'));
    writeFileSync(join(folder, 'private/key'), 'secret');
    symlinkSync(join(folder, 'private'), join(folder, 'model'));
    await upload();
    expect(stored()).toBeUndefined();
  });

  it('puts what peers left into the same archive, and keeps its own of two with one name', async () => {
    for (const own of ['model', 'peer']) {
      mkdirSync(join(folder, own, 'shared'), { recursive: true });
      writeFileSync(join(folder, own, 'same'), own);
      writeFileSync(join(folder, own, 'shared', own), own);
    }
    expect(await upload()).toEqual(['same']);
    const listed = execFileSync('tar', ['-tzf', '-'], { input: stored() }).toString().trim().split('\n');
    expect(listed).toEqual(['same', 'shared/', 'shared/model', 'shared/peer']);
    expect(readFileSync(join(unpack(), 'same'), 'utf8')).toBe('model');
  });

  it('sends large archives in parts', async () => {
    const content = randomBytes(2 * partBytes + 12_345);
    writeFileSync(join(folder, 'model/weights'), content);
    await upload();
    expect(s3.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(3);
    expect(readFileSync(join(unpack(), 'weights')).equals(content)).toBe(true);
    expect(moved).toEqual({ objects: 1, bytes: stored()?.length });
  });

  it('says the digest of what it sent, and none of nothing', async () => {
    expect(await send()).toEqual({ clashes: [] });
    writeFileSync(join(folder, 'model/a'), 'a');
    const { digest } = await send();
    expect(digest).toBe(
      createHash('blake2b512')
        .update(stored() ?? '')
        .digest('hex'),
    );
  });

  it('stores files as objects of their own, and no links', async () => {
    mkdirSync(join(folder, 'model/sub'));
    mkdirSync(join(folder, 'peer'));
    const content = randomBytes(partBytes + 5);
    writeFileSync(join(folder, 'model/sub/weights'), content);
    writeFileSync(join(folder, 'model/empty'), '');
    writeFileSync(join(folder, 'model/same'), 'model');
    writeFileSync(join(folder, 'peer/same'), 'peer');
    writeFileSync(join(folder, 'peer/own'), 'peer');
    symlinkSync('/etc/passwd', join(folder, 'model/link'));
    await uploadTree(storage, [join(folder, 'model'), join(folder, 'peer')], { bucket: 'out', key: 'job/output/model/' }, transfer);
    const found = [...s3.objects.keys()].sort().map((key) => [key.slice('out/job/output/model/'.length), s3.objects.get(key)?.length]);
    expect(found).toEqual([
      ['empty', 0],
      ['own', 4],
      ['same', 5],
      ['sub/weights', content.length],
    ]);
    expect(moved.objects).toBe(4);
  });

  it('leaves no parts behind when one is refused', async () => {
    writeFileSync(join(folder, 'model/weights'), randomBytes(2 * partBytes));
    s3.refuse = (request) => (request.includes('partNumber=2') ? [403, 'AccessDenied'] : undefined);
    await expect(upload()).rejects.toMatchObject({ observation: { kind: 'http-status', code: 'AccessDenied' } });
    expect(s3.uploads.size).toBe(0);
    expect(stored()).toBeUndefined();
  });
});
