import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filesOf } from './archive.ts';
import { openArtefact } from './artefact.ts';
import { readRows, shortest } from './rows.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-predict-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = async (text: string, features: number): Promise<number[][]> => {
  const found: number[][] = [];
  for await (const { rows, count } of readRows(Readable.from([text]), features)) {
    expect(rows).toHaveLength(count * features);
    found.push(Array.from(rows));
  }
  return found;
};

it('reads rows, with nothing or nan for what is missing', async () => {
  expect(await read('1,,-2.5e-1\r\nnan, .5 ,+inf\n', 3)).toEqual([[1, NaN, -0.25, NaN, 0.5, Infinity]]);
  expect(await read('1\n\n2', 1)).toEqual([[1, NaN, 2]]);
  expect(await read('', 3)).toEqual([]);
});

it('hands many rows on batch by batch', async () => {
  const batches = await read('1,2\n'.repeat(10_000), 2);
  expect(batches.map(({ length }) => length / 2)).toEqual([4_096, 4_096, 1_808]);
});

it.each([
  ['1,2\n', 'line 1 has 2 values; the model takes 3'],
  ['1,2,3\n\n', 'line 2 is empty; the model takes 3, with commas between them'],
  ['1;2;3\n', 'line 1 has 1 value; the model takes 3, with commas between them'],
  ['age,"bmi",_x\n1,2,3\n', 'line 1 holds no number: rows have no header (tail -n +2 leaves it out)'],
  ['age,bmi\n', 'line 1 holds no number'],
  ['nan,inf,bmi\n', 'line 1, column 3: "bmi" is no number'],
  ['1,2,3\nage,bmi,x\n', 'line 2, column 1: "age" is no number'],
  ['1,2,3\na,2,3\n', 'line 2, column 1: "a" is no number'],
  ['1,0x10,3\n', 'line 1, column 2: "0x10" is no number'],
])('refuses %j', async (text, why) => {
  await expect(read(text, 3)).rejects.toThrow(why);
});

it.each([0, -0, 1, 0.1, 1 / 3, 16_777_216, 1e-45, 3.402_823_5e38, -7.038_531e-26, 123_456_790])('writes float32 %d shortly and exactly', (value) => {
  const float = Math.fround(value);
  expect(Math.fround(Number(shortest(float)))).toBe(float);
  expect(shortest(float).length).toBeLessThanOrEqual(shortest(float).includes('e') ? 14 : 21);
});

it.each([
  [Math.fround(0.1), '0.1'],
  [NaN, 'nan'],
  [-Infinity, '-inf'],
  [-0, '-0'],
])('%d is %s', (value, text) => {
  expect(shortest(value)).toBe(text);
});

function archiveOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const source = join(folder, 'source');
  mkdirSync(source, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(source, name), text);
  return execFileSync('tar', ['--create', '--gzip', '--directory', source, '.']);
}

it('takes the files it is asked for, and of other things nothing', () => {
  mkdirSync(join(folder, 'source/folder'), { recursive: true });
  writeFileSync(join(folder, 'source/folder/runner'), 'of a folder');
  symlinkSync('/etc/passwd', join(folder, 'source/compiled.so'));
  const found = filesOf(archiveOf({ runner: 'run', other: 'x' }), ['runner', 'compiled.so', 'manifest']);
  expect([...found].map(([name, bytes]) => [name, bytes.toString()])).toEqual([['runner', 'run']]);
});

it('refuses what is no archive, is cut off, or holds a name twice', () => {
  const archive = archiveOf({ runner: 'run' });
  expect(() => filesOf(Buffer.from('PK'), ['runner'])).toThrow('it is no .tar.gz');
  expect(() => filesOf(archive.subarray(0, -10), ['runner'])).toThrow('it is no .tar.gz');
  expect(() => filesOf(gzipSync(Buffer.alloc(1_024, 65)), ['runner'])).toThrow('it is no tar archive');
  const plain = gunzipSync(archive);
  const end = plain.findLastIndex((byte) => byte !== 0);
  expect(() => filesOf(gzipSync(plain.subarray(0, end)), ['runner'])).toThrow('the archive is cut off');
  const entries = plain.subarray(0, Math.ceil(end / 512) * 512);
  expect(() => filesOf(gzipSync(Buffer.concat([entries, plain])), ['runner'])).toThrow('the archive holds runner twice');
});

it('refuses an archive that unpacks to more than it will hold', () => {
  const archive = archiveOf({ runner: Buffer.alloc(200_000) });
  expect(archive.length).toBeLessThan(2_000);
  expect(() => filesOf(archive, ['runner'], 100_000)).toThrow('the archive holds more than 100000 bytes');
});

const elf = (machine: number): Buffer => {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0x464c_457f);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
};
const manifest = JSON.stringify({ target: 'rasp3b' });
const meta = JSON.stringify({ Model: { Inputs: [{ name: 'data', shape: [-1, 3] }] } });

it.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
  ['without a model', { runner: 'x' }, 'it holds no compiled model'],
  ["of somebody else's compiler", { 'compiled.so': 'x' }, 'it holds no runner'],
  ['without a manifest', { 'compiled.so': 'x', runner: 'x' }, 'its manifest is missing or no JSON'],
  ['that says nothing of its rows', { 'compiled.so': 'x', runner: 'x', manifest, 'compiled.meta': '{}' }, 'does not say how many numbers'],
  [
    'for another processor',
    { 'compiled.so': 'x', runner: elf(243), manifest, 'compiled.meta': meta },
    `it was compiled for rasp3b, and this machine is ${process.arch}`,
  ],
])('refuses an archive %s', (_, files, why) => {
  const path = join(folder, 'model.tar.gz');
  writeFileSync(path, archiveOf(files));
  expect(() => openArtefact(join(folder, 'none.tar.gz'))).toThrow('none.tar.gz: there is no such file');
  expect(() => openArtefact(folder)).toThrow(`${folder}: there is no such file`);
  expect(() => openArtefact(path)).toThrow(`${path}: ${why.startsWith('does') ? 'compiled.meta ' : ''}${why}`);
});
