import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { channelsOf, contentName, filesBelow, pathWithin } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-run-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
}

const channels = (): Record<string, string[]> =>
  Object.fromEntries(Array.from(channelsOf(filesBelow(folder, { hidden: true })), ([name, files]) => [name, files.map(({ key }) => key)]));

describe('channels of a folder', () => {
  it('are its folders, when there is no file beside them', () => {
    make('train/a.csv', 'train/deep/b.csv', 'validation/c.csv');
    expect(channels()).toEqual({ train: ['a.csv', 'deep/b.csv'], validation: ['c.csv'] });
  });

  it.each([
    ['a file beside folders', ['train/a.csv', 'b.csv']],
    ['a folder whose name is no name of a channel', ['my data/a.csv']],
    ["a folder with the name of the code's channel", ['code/a.csv']],
    ['more folders than a job has channels', Array.from({ length: 20 }, (_, index) => `c${index}/a`)],
  ])('is one with all of it for %s', (_, names) => {
    make(...names);
    expect(channels()).toEqual({ training: names.toSorted() });
  });
});

it('follows links to files and leaves hidden files of the code', () => {
  make('train.py', 'lib/a.py', '.git/config', 'lib/.cache/x');
  symlinkSync(join(folder, 'train.py'), join(folder, 'link.py'));
  expect(filesBelow(folder, { hidden: false }).map(({ key }) => key)).toEqual(['lib/a.py', 'link.py', 'train.py']);
});

it('names content by keys and bytes, in whatever order they come', () => {
  const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const name = contentName([
    { key: 'x', sha256: a },
    { key: 'y', sha256: b },
  ]);
  const reordered = contentName([
    { key: 'y', sha256: b },
    { key: 'x', sha256: a },
  ]);
  const swapped = contentName([
    { key: 'x', sha256: b },
    { key: 'y', sha256: a },
  ]);
  expect(reordered).toBe(name);
  expect(swapped).not.toBe(name);
});

it('finds a script in the folder of its code, and refuses one that is elsewhere', () => {
  expect(pathWithin('/src', '/src/jobs/train.py')).toBe('jobs/train.py');
  expect(() => pathWithin('/src', '/other/train.py')).toThrow('/other/train.py is not in /src');
});
