import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { iamWorld } from '../../test/fixtures/iam-world.ts';
import { present } from '../stdx/assert.ts';
import { blobPath } from '../store/blobs/blob-directory.ts';
import { GarbageReconciler } from './garbage.ts';

const dayMs = 86_400_000;

it('removes sessions that have ended and log events that are kept no longer, and nothing else', async () => {
  const blobDirectory = mkdtempSync(join(tmpdir(), 'cloister-garbage-'));
  try {
    const { store, clock, makeRole, sessionOf } = iamWorld();
    const roleArn = makeRole('executes');
    sessionOf(roleArn);
    clock.advance(3_500_000);
    sessionOf(roleArn);
    clock.advance(200_000);
    const now = clock.now().getTime();
    store.transact(() => {
      store.logs.insertGroup('a', 'g', now, {});
      const { groupId } = present(store.logs.findGroup('a', 'g'), 'it was made');
      store.logs.setRetention(groupId, 1);
      store.logs.insertStream(groupId, 's', now);
      const stream = present(store.logs.findStream(groupId, 's'), 'it was made');
      const events = [now - 2 * dayMs, now].map((timestamp) => ({ timestamp, message: 'x' }));
      store.logs.insertEvents(stream, events, now, 54);
    });
    const garbage = new GarbageReconciler({ store, blobDirectory, clock, startedAt: clock.now() });
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 2, failures: [] });
    expect(store.iam.sessionCount()).toBe(1);
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 0, failures: [] });
  } finally {
    rmSync(blobDirectory, { recursive: true });
  }
});

it('removes at once what an upload of a killed daemon left, and nothing that is being uploaded, whatever the clock does', async () => {
  const blobDirectory = mkdtempSync(join(tmpdir(), 'cloister-garbage-'));
  try {
    const { store, clock } = iamWorld();
    const startedAt = clock.now();
    const upload = (blobId: string, afterMs: number): string => {
      const path = blobPath(blobDirectory, blobId);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'bytes');
      const at = new Date(startedAt.getTime() + afterMs);
      utimesSync(path, at, at);
      return path;
    };
    const [named, left, current] = [upload('named', -5), upload('left', -5), upload('current', 5)];
    store.transact(() => store.s3.blobs.take([{ ranges: [{ blobId: 'named' }] }]));
    const garbage = new GarbageReconciler({ store, blobDirectory, clock, startedAt });
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 1, failures: [] });
    expect([named, left, current].map((path) => existsSync(path))).toEqual([true, false, true]);
    // A clock that was set back dates it before the daemon's start.
    const later = upload('later', -60_000);
    clock.advance(dayMs);
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 0, failures: [] });
    expect([current, later].map((path) => existsSync(path))).toEqual([true, true]);
  } finally {
    rmSync(blobDirectory, { recursive: true });
  }
});

it('removes files that no read looks for, whatever they are called', async () => {
  const blobDirectory = mkdtempSync(join(tmpdir(), 'cloister-garbage-'));
  try {
    const { store, clock } = iamWorld();
    store.transact(() => store.s3.blobs.take([{ ranges: [{ blobId: 'named' }] }]));
    const startedAt = clock.now();
    const inPlace = blobPath(blobDirectory, 'named');
    const elsewhere = ['00', '01'].map((folder) => join(blobDirectory, folder, 'named')).find((path) => path !== inPlace) ?? '';
    const strange = join(blobDirectory, '00', 'not.a.blob');
    for (const path of [inPlace, elsewhere, strange]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'bytes');
      utimesSync(path, new Date(startedAt.getTime() - 5), new Date(startedAt.getTime() - 5));
    }
    const garbage = new GarbageReconciler({ store, blobDirectory, clock, startedAt });
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 2, failures: [] });
    expect([inPlace, elsewhere, strange].map((path) => existsSync(path))).toEqual([true, false, false]);
  } finally {
    rmSync(blobDirectory, { recursive: true });
  }
});
