import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProcessError, run } from '../../../src/drivers/process/process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-packages-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('says what apt said of the mirror when there is no way to it, and not only what the empty lists lack', async () => {
  const module = resolve('src/drivers/container/image/distribution-packages.ts');
  const program = `const { fetchPackages } = await import(${JSON.stringify(module)});
    await fetchPackages(${JSON.stringify(folder)}, ['base-files']).catch((error) => { console.error(error.message); process.exitCode = 7; });`;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program] as const;
  // A network without even a loopback interface that is up.
  const failure = await run(['unshare', '--net', ...node], { timeoutMs: 50_000 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ProcessError);
  const { exitCode, stderr } = failure as ProcessError;
  expect(exitCode).toBe(7);
  expect(stderr).toMatch(/^the packages of this machine's distribution could not be fetched: apt-get .* update: exit code 100: /u);
  expect(stderr).toContain('Failed to fetch');
  expect(stderr).toContain('Unable to locate package base-files');
});
