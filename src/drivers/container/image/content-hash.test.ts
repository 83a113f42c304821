import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contentHash } from './content-hash.ts';

let rootfs: string;
beforeEach(() => {
  rootfs = mkdtempSync(join(tmpdir(), 'cloister-hash-'));
  mkdirSync(join(rootfs, 'bin'));
  writeFileSync(join(rootfs, 'bin/tool'), 'bytes');
  symlinkSync('tool', join(rootfs, 'bin/alias'));
});
afterEach(() => rmSync(rootfs, { recursive: true }));

const hash = (entrypoint: readonly string[] = ['tool']): Promise<string> => contentHash({ rootfs, entrypoint, environment: {} });

it('depends on content, not on times', async () => {
  const before = await hash();
  utimesSync(join(rootfs, 'bin/tool'), 1, 1);
  expect(await hash()).toBe(before);
});

it.each([
  ['bytes', () => writeFileSync(join(rootfs, 'bin/tool'), 'other')],
  ['a mode', () => chmodSync(join(rootfs, 'bin/tool'), 0o755)],
  ['a name', () => writeFileSync(join(rootfs, 'bin/more'), '')],
  ['a link', () => symlinkSync('nowhere', join(rootfs, 'link'))],
])('changes with %s', async (_what, change) => {
  const before = await hash();
  change();
  expect(await hash()).not.toBe(before);
});

it('changes with the entry point', async () => {
  expect(await hash(['tool'])).not.toBe(await hash(['tool', '-v']));
});
