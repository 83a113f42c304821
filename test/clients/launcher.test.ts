import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** `./cloister`, with an npm and a Node that only say what they were asked for. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-launcher-'));
  copyFileSync('cloister', join(folder, 'cloister'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  mkdirSync(join(folder, 'bin'));
  program('node', 'case $1 in --version) echo v24.0.0 ;; *) echo "$@" ;; esac');
  // It is seen at work long enough for another one to come.
  program('npm', `echo "$*" >>'${folder}/npm.log'; sleep 0.5; mkdir -p node_modules; echo {} >node_modules/.package-lock.json`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

async function cloister(command: string): Promise<string> {
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
  return (await promisify(execFile)(join(folder, 'cloister'), [command], { env })).stdout;
}

const installed = (): string[] => readFileSync(join(folder, 'npm.log'), 'utf8').trim().split('\n');

it('installs npm packages once when two commands come together', async () => {
  const outputs = await Promise.all([cloister('env'), cloister('help')]);
  expect(outputs).toEqual([expect.stringMatching(/main\.ts env$/mu), expect.stringMatching(/main\.ts help$/mu)]);
  await cloister('env');
  expect(installed()).toEqual(['ci --omit=dev --no-audit --no-fund --loglevel=error']);
});

it('keeps the packages for development where they are', async () => {
  mkdirSync(join(folder, 'node_modules', 'vitest'), { recursive: true });
  const stamp = join(folder, 'node_modules', '.package-lock.json');
  writeFileSync(stamp, '{}');
  utimesSync(stamp, 1, 1);
  await cloister('env');
  expect(installed()).toEqual(['ci --no-audit --no-fund --loglevel=error']);
});
