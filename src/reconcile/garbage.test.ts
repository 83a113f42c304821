import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { iamWorld } from '../../test/fixtures/iam-world.ts';
import { present } from '../stdx/assert.ts';
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
    const garbage = new GarbageReconciler({ store, blobDirectory, clock });
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 2, failures: [] });
    expect(store.iam.sessionCount()).toBe(1);
    expect(await garbage.activate(new AbortController().signal)).toEqual({ changed: 0, failures: [] });
  } finally {
    rmSync(blobDirectory, { recursive: true });
  }
});
