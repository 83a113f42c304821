import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDataDirectory, lockForPurge } from './data-directory-lock.ts';
import { layout } from './layout.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problem = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => '',
    (error: unknown) => String(error),
  );

it('a purge does not wait for a daemon, and says which', async () => {
  const daemon = lockDataDirectory(folder);
  expect(await problem(lockForPurge(folder))).toBe(
    `Error: a daemon (process ${process.pid}) runs on ${folder}. Stop it with: cloister down --data ${folder}`,
  );
  daemon.release();
});

it('a purge waits for another one, and keeps a daemon away', async () => {
  const first = await lockForPurge(folder);
  let isSecond = false;
  const second = lockForPurge(folder).then((lock) => {
    isSecond = true;
    return lock;
  });
  expect(() => lockDataDirectory(folder)).toThrow(`${folder} is being removed (process ${process.pid})`);
  expect(isSecond).toBe(false);
  first?.release();
  (await second)?.release();
  expect(isSecond).toBe(true);
});

it('a purge has nothing to do when the one before took the directory away', async () => {
  const first = await lockForPurge(folder);
  const second = lockForPurge(folder);
  rmSync(folder, { recursive: true });
  first?.release();
  expect(await second).toBeUndefined();
  expect(await lockForPurge(folder)).toBeUndefined();
});

it('a purge waits for a holder that has not written down who it is', async () => {
  const daemon = lockDataDirectory(folder);
  // Of a process that has ended: no number is as high.
  writeFileSync(layout(folder).lock, '99999999\n');
  const purge = lockForPurge(folder);
  daemon.release();
  const lock = await purge;
  expect(() => lockDataDirectory(folder)).toThrow('is being removed');
  lock?.release();
});
