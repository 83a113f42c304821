import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import { receiveBlob } from './receive-blob.ts';

const folder = mkdtempSync(join(tmpdir(), 'cloister-turns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [chunkBytes, chunks, streams] = [64 << 10, 128, 6];

/** A stream that always has a chunk ready. */
function eager(): Readable {
  let left = chunks;
  return new Readable({
    read() {
      left -= 1;
      this.push(left < 0 ? null : Buffer.alloc(chunkBytes));
    },
  });
}

it('lets everything else of a thread have its turn between the bytes of streams that have more and more', async () => {
  let [thisTurn, most, turns] = [0, 0, 0];
  let isOver = false;
  const turn = (): void => {
    most = Math.max(most, thisTurn);
    thisTurn = 0;
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const see = (chunk: Uint8Array): void => void (thisTurn += chunk.length);
  const received = Array.from({ length: streams }, async (_, index) => {
    return await receiveBlob(eager(), join(folder, `blob-${index}`), { maxBytes: chunks * chunkBytes, see });
  });
  expect(await Promise.all(received)).toEqual(Array.from({ length: streams }, () => chunks * chunkBytes));
  isOver = true;
  // A quarter of a megabyte, and the chunk that each stream was holding when it was told.
  expect(most).toBeLessThanOrEqual((256 << 10) + streams * chunkBytes);
  expect(most).toBeGreaterThan(0);
  expect(turns).toBeGreaterThan((streams * chunks * chunkBytes) / ((256 << 10) + streams * chunkBytes));
});
