import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is held by one, and says by whom', () => {
  const path = join(folder, 'lock');
  const lock = lockFile(path);
  expect(() => lockFile(path)).toThrow(`process ${process.pid} holds ${path}`);
  lock.release();
  lockFile(path).release();
});

it('is free again when its holder is killed', async () => {
  const path = join(folder, 'lock');
  const program = `const { lockFile } = await import(${JSON.stringify(new URL('file-lock.ts', import.meta.url).href)});
    lockFile(${JSON.stringify(path)}); process.stdout.write('held'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(holder.stdout, 'data');
  expect(() => lockFile(path)).toThrow(`process ${holder.pid} holds`);
  holder.kill('SIGKILL');
  await once(holder, 'close');
  lockFile(path).release();
});
