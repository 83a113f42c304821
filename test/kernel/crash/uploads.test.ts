import { openSync, writeSync } from 'node:fs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bucket } from '../../crash/uploads/clients.ts';
import { absent, fateOf, Ledger, type Content } from '../../crash/uploads/ledger.ts';
import { UploadBed } from '../../crash/uploads/upload-bed.ts';
import { largestBlob } from '../../crash/uploads/verify.ts';

/**
 * SIGKILL in the middle of many uploads. The seed repeats what the clients ask and after how many answers the daemon dies,
 * not which answers these are: `SEED=… UPLOADS=… ROUNDS=… npx vitest run --project kernel test/kernel/crash/uploads.test.ts`
 */
const seed = Number(process.env['SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000);
const uploads = Number(process.env['UPLOADS'] ?? 50);
const rounds = Number(process.env['ROUNDS'] ?? 3);
const roundMs = 120_000 + uploads * 1_000;

let bed: UploadBed;
beforeAll(async () => (bed = await UploadBed.make(seed)));
afterAll(async () => await bed?.dispose());

it(
  `keeps every acknowledged object and half of none, over ${rounds} deaths among ${uploads} uploads (SEED=${seed} UPLOADS=${uploads})`,
  { timeout: rounds * roundMs },
  async () => {
    let acknowledged = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const result = await bed.round(uploads);
      expect({ round, faults: result.faults }).toEqual({ round, faults: [] });
      acknowledged += result.acknowledged;
    }
    expect(acknowledged).toBeGreaterThan(rounds);
  },
);

it('knows what may be there: what was answered, unless more was; and what was not, or nothing of it', () => {
  const ledger = new Ledger();
  const [first, second, lost] = [1, 2, 3].map((number) => ({ parts: [{ number, size: 100 }] }));
  const possible = (...contents: readonly (Content | undefined)[]) => contents.map(fateOf);
  expect(ledger.possible('key')).toEqual([absent]);
  const attempts = [first, second].map((content) => ledger.start('key', content));
  expect(ledger.possible('key')).toEqual(possible(undefined, first, second));
  for (const attempt of attempts) ledger.acknowledge(attempt);
  // They overlapped.
  expect(ledger.possible('key')).toEqual(possible(first, second));
  ledger.start('key', lost);
  expect(ledger.possible('key')).toEqual(possible(first, second, lost));
  ledger.acknowledge(ledger.start('key', undefined));
  expect(ledger.possible('key')).toEqual(possible(lost, undefined));
  ledger.settle('key', fateOf(lost));
  expect(ledger.possible('key')).toEqual(possible(lost));
});

it('would tell an object whose bytes are not what was sent', async () => {
  await bed.s3.send(new PutObjectCommand({ Bucket, Key: 'nobodys', Body: 'nobody wrote this down' }));
  const path = await largestBlob(bed.daemon.dataDirectory);
  writeSync(openSync(path, 'r+'), 'something else', 0);
  const { faults } = await bed.judged();
  expect(faults).toContain('nobodys was written by nobody');
  expect(faults.filter((fault) => fault.includes('cannot be read') || fault.includes(' may be '))).not.toEqual([]);
});
