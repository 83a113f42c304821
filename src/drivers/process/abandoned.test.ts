import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeAbandoned } from './abandoned.ts';

it('removes what was begun long ago, and leaves what may be at work or has another name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-abandoned-'));
  try {
    const longAgo = new Date('2020-01-01');
    for (const name of ['unfinished-old', 'unfinished-new', 'finished']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file'), '');
      if (name !== 'unfinished-new') utimesSync(join(folder, name), longAgo, longAgo);
    }
    await removeAbandoned(folder, 'unfinished-');
    expect(readdirSync(folder).toSorted()).toEqual(['finished', 'unfinished-new']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
