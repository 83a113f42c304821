import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openAgentStorage, type AgentStorage } from '../../test/fixtures/agent-storage.ts';
import type { FakeS3 } from '../../test/kernel/container/fake-s3.ts';
import { Checkpoints } from './checkpoints.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

vi.mock(import('./limits.ts'), async (original) => ({ ...(await original()), synchroniseMs: 20 as 5_000 }));

let lab: AgentStorage;
let directory: string;
let s3: FakeS3;
let storage: Storage;
let transfer: Transfer;
let checkpoints: Checkpoints;
let finish: AbortController;

beforeEach(async () => {
  lab = await openAgentStorage();
  ({ s3, storage, transfer } = lab);
  directory = join(lab.folder, 'checkpoints');
  mkdirSync(directory);
  finish = new AbortController();
  checkpoints = new Checkpoints(storage, directory, { bucket: 'b', prefix: 'job/' });
});
afterEach(() => lab.close());

const held = (): Record<string, string> => Object.fromEntries([...s3.objects].map(([key, body]) => [key, body.toString()]));
const becomes = async (objects: Record<string, string>): Promise<void> => await vi.waitFor(() => expect(held()).toEqual(objects), 5_000);

it('copies in what is there, for every user to go on with, and stores none of it again', async () => {
  s3.objects.set('b/job/epoch-1/weights', Buffer.from('one'));
  s3.objects.set('b/other', Buffer.from('not ours'));
  await checkpoints.restore(transfer);
  expect(readFileSync(join(directory, 'epoch-1/weights'), 'utf8')).toBe('one');
  expect(['epoch-1', 'epoch-1/weights'].map((name) => statSync(join(directory, name)).mode & 0o777)).toEqual([0o777, 0o666]);
  finish.abort();
  await checkpoints.synchronise(transfer, finish.signal);
  expect(s3.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
});

it('begins with nothing where nothing is', async () => {
  await checkpoints.restore(transfer);
  finish.abort();
  await checkpoints.synchronise(transfer, finish.signal);
  expect(held()).toEqual({});
});

it('copies out what is new, changed and gone while it runs, and no links', async () => {
  s3.objects.set('b/job/old', Buffer.from('old'));
  s3.objects.set('b/job/kept', Buffer.from('kept'));
  await checkpoints.restore(transfer);
  const running = checkpoints.synchronise(transfer, finish.signal);
  s3.objects.set('b/job/later', Buffer.from('by another'));
  writeFileSync(join(directory, 'new'), '1');
  rmSync(join(directory, 'old'));
  symlinkSync('/etc/passwd', join(directory, 'link'));
  await becomes({ 'b/job/kept': 'kept', 'b/job/later': 'by another', 'b/job/new': '1' });
  writeFileSync(join(directory, 'new'), '22');
  await becomes({ 'b/job/kept': 'kept', 'b/job/later': 'by another', 'b/job/new': '22' });
  writeFileSync(join(directory, 'last'), 'written at the very end');
  finish.abort();
  await running;
  expect(held()['b/job/last']).toBe('written at the very end');
});

it('waits with a file that is being written', async () => {
  const running = checkpoints.synchronise(transfer, finish.signal);
  const path = join(directory, 'growing');
  let text = '';
  const writing = setInterval(() => writeFileSync(path, (text += 'x')), 5);
  writeFileSync(join(directory, 'done'), 'done');
  await becomes({ 'b/job/done': 'done' });
  clearInterval(writing);
  await becomes({ 'b/job/done': 'done', 'b/job/growing': text });
  finish.abort();
  await running;
  expect(held()['b/job/growing']).toBe(text);
});

it('tries again what was refused, keeps no other file back, and tells what is refused at the end', async () => {
  s3.refuse = (request) => (request.startsWith('PUT b/job/secret') ? [403, 'AccessDenied'] : undefined);
  const running = checkpoints.synchronise(transfer, finish.signal);
  running.catch(() => undefined);
  writeFileSync(join(directory, 'secret'), 's');
  writeFileSync(join(directory, 'usual'), 'u');
  await becomes({ 'b/job/usual': 'u' });
  finish.abort();
  await expect(running).rejects.toMatchObject({
    observation: { kind: 'http-status', code: 'AccessDenied', attempted: 'PutObject s3://b/job/secret' },
  });
  s3.refuse = () => undefined;
  await checkpoints.synchronise(transfer, finish.signal);
  expect(held()).toEqual({ 'b/job/secret': 's', 'b/job/usual': 'u' });
});

it('deletes nothing that it did not store itself', async () => {
  s3.objects.set('b/job/of-a-lost-agent', Buffer.from('kept'));
  finish.abort();
  await checkpoints.synchronise(transfer, finish.signal);
  expect(held()).toEqual({ 'b/job/of-a-lost-agent': 'kept' });
});
