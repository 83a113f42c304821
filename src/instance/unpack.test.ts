import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarOf } from '../../test/fixtures/compiler-image.ts';
import { hostileArchives } from '../../test/fixtures/hostile-archives.ts';
import { tarEnd, tarHeader, type TarEntry } from './tar.ts';
import { archiveFault, unpackArchive } from './unpack.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-unpack-'));
  mkdirSync(join(folder, 'input'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function unpack(archive: Buffer): Promise<readonly string[]> {
  writeFileSync(join(folder, 'archive'), archive);
  await unpackArchive(join(folder, 'archive'), join(folder, 'input'), new AbortController().signal);
  return (readdirSync(join(folder, 'input'), { recursive: true }) as string[]).sort();
}

const entry = (more: Partial<TarEntry>): Buffer =>
  gzipSync(Buffer.concat([tarHeader({ path: 'a', kind: 'file', mode: 0o644, size: 0, modifiedSeconds: 0, ...more }), tarEnd]));

/** A header of another kind, with its checksum. */
function ofKind(flag: string, path = 'a'): Buffer {
  const block = tarHeader({ path, kind: 'file', mode: 0o644, size: 0, modifiedSeconds: 0 });
  block.write(flag, 156);
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return gzipSync(Buffer.concat([block, tarEnd]));
}

it.each(['gnu', 'pax', 'ustar'])('unpacks what GNU tar makes of a tree (%s), and takes away what was there before', async (format) => {
  writeFileSync(join(folder, 'input/old'), 'old');
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'variables', 'd'.repeat(90)), { recursive: true });
  const long = `variables/${'d'.repeat(90)}/${'f'.repeat(60)}`;
  writeFileSync(join(tree, long), 'long');
  writeFileSync(join(tree, 'model.onnx'), Buffer.alloc(100_000, 7));
  writeFileSync(join(tree, 'empty'), '');
  const archive = execFileSync('tar', [`--format=${format}`, '-czf', '-', '-C', tree, '.'], { maxBuffer: 1 << 26 });
  expect(await unpack(archive)).toEqual(['empty', 'model.onnx', 'variables', `variables/${'d'.repeat(90)}`, long]);
  expect(readFileSync(join(folder, 'input', long), 'utf8')).toBe('long');
  expect(statSync(join(folder, 'input/model.onnx')).size).toBe(100_000);
});

describe('is not unpacked', () => {
  it.each([
    ['no gzip', Buffer.from('no archive at all'), /incorrect header check/],
    ['no tar', gzipSync(Buffer.alloc(1_024, 65)), 'It is no tar archive'],
    ['nothing', gzipSync(Buffer.alloc(0)), 'It is empty'],
    ['a truncated gzip', gzipSync(tarOf({ a: 'x'.repeat(5_000) })).subarray(0, 60), /unexpected end of file/],
    ['a truncated tar', gzipSync(tarOf({ a: 'x'.repeat(5_000) }).subarray(0, 1_500)), 'It ends in the middle'],
    ['a name that leads out', entry({ path: '../../etc/passwd' }), 'It holds a name that leads out of it: ../../etc/passwd'],
    ['such a name inside', entry({ path: 'a/b/../../../c' }), 'It holds a name that leads out of it'],
    ['an absolute name', entry({ path: '/etc/passwd' }), 'It holds an absolute name: /etc/passwd'],
    ['a long name that leads out', entry({ path: `${'d/'.repeat(80)}../x` }), 'It holds a name that leads out of it'],
    ['a link', entry({ kind: 'link', target: '/etc/passwd' }), 'It holds a link: a'],
    ['a hard link', ofKind('1'), 'It holds a link: a'],
    ['a device', ofKind('3'), 'It holds a device: a'],
    ['a pipe', ofKind('6'), 'It holds a pipe: a'],
    ['a file and a folder of one name', gzipSync(tarOf({ a: 'x', 'a/b': 'y' })), /EEXIST|ENOTDIR/],
    ['more than it may hold', entry({ size: 20 * 2 ** 30 }), 'It holds more than'],
  ])('%s', async (_what, archive, message) => {
    await expect(unpack(archive)).rejects.toThrow(message);
    expect(readdirSync(folder).sort()).toEqual(['archive', 'input']);
  });
});

it.each(hostileArchives)('does not unpack $name', async ({ bytes, reason }) => {
  await expect(unpack(bytes()).catch((error: unknown) => Promise.reject(new Error(archiveFault(error))))).rejects.toThrow(reason);
  expect(readdirSync(folder).sort()).toEqual(['archive', 'input']);
  expect(existsSync('/tmp/cloister-owned')).toBe(false);
});

it('writes through no link that stands in its folder', async () => {
  mkdirSync(join(folder, 'outside'));
  symlinkSync(join(folder, 'outside'), join(folder, 'input/link'));
  await unpack(gzipSync(tarOf({ 'link/x': 'x' })));
  expect(readdirSync(join(folder, 'outside'))).toEqual([]);
});
