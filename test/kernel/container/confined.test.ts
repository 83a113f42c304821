import { buffer } from 'node:stream/consumers';
import { once } from 'node:events';
import { existsSync, rmSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startConfined } from '../../../src/drivers/process/confined.ts';

/** With the machine's own files for a root directory, so that there is a shell to ask with. */
async function ask(script: string): Promise<{ readonly code: number | null; readonly printed: string }> {
  const child = startConfined('/', ['/bin/sh', '-c', `PATH=/usr/bin:/bin:/usr/sbin:/sbin; ${script}`]);
  child.stdin.end();
  const [out, errors, [code]] = await Promise.all([buffer(child.stdout), buffer(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  return { code, printed: `${out.toString()}${errors.toString()}`.trim() };
}

it('is nobody, without rights and without a way to new ones', async () => {
  const { printed } = await ask('id -u; id -G; grep -E "^(CapPrm|CapEff|NoNewPrivs)" /proc/self/status');
  expect(printed.split('\n').slice(0, 2)).toEqual(['65534', '65534']);
  expect(printed.split('\n').slice(2)).toEqual(['CapPrm:\t0000000000000000', 'CapEff:\t0000000000000000', 'NoNewPrivs:\t1']);
});

it('has no network and sees no other process', async () => {
  expect((await ask('ip -oneline link show up')).printed).toBe('');
  expect((await ask('kill -9 -1; kill -0 1; echo $$')).printed).toMatch(/^2$/mu);
});

it('writes no file', async () => {
  const path = `/tmp/cloister-confined-${process.pid}`;
  await ask(`echo text > ${path}`);
  const size = existsSync(path) ? statSync(path).size : 0;
  rmSync(path, { force: true });
  expect(size).toBe(0);
});

it('ends with the process that started it', async () => {
  const child = startConfined('/', ['/bin/sh', '-c', 'sleep 1000 & echo started; wait']);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  // The pipe closes when the last of its processes has gone.
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
});
