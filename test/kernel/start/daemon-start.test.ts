import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runOwnProgram, startDaemon, type DaemonProcess } from '../../../src/drivers/process/program.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'cloister-start-'));
const directories = [folder(), folder(), folder()] as const;
const [data, other, third] = directories;
const running: DaemonProcess[] = [];

const start = async (directory: string, port: string): Promise<DaemonProcess> => {
  const daemon = await startDaemon(['--data', directory, '--port', port]);
  running.push(daemon);
  return daemon;
};
const endpointOf = (directory: string): URL =>
  new URL((JSON.parse(readFileSync(join(directory, 'daemon.json'), 'utf8')) as { endpoint: string }).endpoint);

/** In the program's own words, without how it was called. */
const refusal = (message: string) => ({ name: 'OwnProgramRefused', message });

afterAll(async () => {
  for (const daemon of running) await daemon.stop();
  for (const directory of directories) await runOwnProgram('purge', ['--data', directory]);
});

it('keeps a second daemon and a purge from its data directory, and leaves it to the next one', async () => {
  const daemon = await start(data, '0');
  const told = `a daemon (process ${daemon.pid}) runs on ${data}. Stop it with: cloister down --data ${data}`;
  await expect(start(data, '0')).rejects.toMatchObject(refusal(told));
  await expect(runOwnProgram('purge', ['--data', data])).rejects.toMatchObject(refusal(told));
  for (const file of ['cloister.sqlite', 'cloister.sqlite-wal', 'credentials.json', 'daemon.json', 'lock']) {
    expect([file, statSync(join(data, file)).mode & 0o077]).toEqual([file, 0]);
  }
  await daemon.stop();
  expect(existsSync(join(data, 'daemon.json'))).toBe(false);
  await start(data, '0');
});

it('two purges of one directory, as after an ephemeral daemon that somebody else purges, both succeed', async () => {
  const daemon = await start(third, '0');
  await daemon.stop();
  const purges = [1, 2].map(async () => await runOwnProgram('purge', ['--data', third]));
  await expect(Promise.all(purges)).resolves.toEqual(['[]\n', '[]\n']);
  expect(existsSync(third)).toBe(false);
});

it('says in one line that its port is taken, and can be started again', async () => {
  const { port } = endpointOf(data);
  const told = `port ${port} of 127.0.0.1 is taken by another program. Choose one with --port or CLOISTER_PORT`;
  await expect(start(other, port)).rejects.toMatchObject(refusal(told));
  await start(other, '0');
});

it('audits requests', async () => {
  const endpoint = endpointOf(other);
  await fetch(new URL('/no-such-bucket/key', endpoint));
  await running.at(-1)?.stop();
  const [line] = readFileSync(join(other, 'audit', 'audit.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({ service: 's3', operation: 'GetObject', status: 403 });
});
