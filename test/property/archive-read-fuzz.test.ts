import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { damage } from '../fixtures/damage.ts';
import { filesOf } from '../../src/cli/predict/archive.ts';
import { tarEnd, tarHeader, tarPadding } from '../../src/instance/tar.ts';
import { readTar, UnusableArchive } from '../../src/instance/untar.ts';
import { seededRandom } from '../../src/stdx/random.ts';

/** `ARCHIVE_SEED=… ARCHIVE_RUNS=… npm run fuzz -- -t archives` replays a run. */
const seed = Number(process.env['ARCHIVE_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = Number(process.env['ARCHIVE_RUNS'] ?? 1_500);

vi.setConfig({ testTimeout: 20_000 + runs * 20 });

const member = (path: string, size: number): Buffer =>
  Buffer.concat([tarHeader({ path, kind: 'file', mode: 0o644, size, modifiedSeconds: 0 }), Buffer.alloc(size, 'x'), tarPadding(size)]);

const whole = Buffer.concat([
  member('runner', 700),
  tarHeader({ path: 'folder/', kind: 'folder', mode: 0o755, size: 0, modifiedSeconds: 0 }),
  // Records of pax stand before it.
  member(`folder/${'n'.repeat(200)}`, 10),
  member('compiled.so', 0),
  tarEnd,
]);

/** In the headers, where something can be damaged that means something; and their checksums are made right again. */
function damagedHeaders(random: (count: number) => number): Buffer {
  const bytes = Buffer.from(whole);
  for (let times = 1 + random(3); times > 0; times -= 1) {
    const block = bytes.subarray(random(bytes.length / 512) * 512).subarray(0, 512);
    const text = ['/', '..', '../', '\0', '7777', '\u00ff\u00ff\u00ff\u00ff', 'x', 'L', 'S', '1', '5', '99999999999 size=1\n'][random(12)] ?? '';
    block.write(text, [0, 1, 100, 124, 135, 156, 157, 257, 345][random(9)] ?? 0, 'latin1');
    if (random(4) > 0) withChecksum(block);
  }
  return bytes;
}

function withChecksum(block: Buffer): void {
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}

it(`damaged archives are read within their folder or refused, never anything else (ARCHIVE_SEED=${seed})`, async () => {
  const random = seededRandom(seed);
  const below = (count: number): number => Number.parseInt(random.hex(8), 16) % count;
  let refused = 0;
  for (let run = 0; run < runs; run += 1) {
    const bytes = below(2) === 0 ? damage(whole, below) : damagedHeaders(below);
    try {
      for await (const { path, size } of readTar(Readable.from([bytes]))) {
        expect(path).not.toMatch(/^\/|(^|\/)\.\.(\/|$)|\0/u);
        expect(size).toBeGreaterThanOrEqual(0);
      }
    } catch (error) {
      if (!(error instanceof UnusableArchive))
        throw new Error(`run ${run}: ARCHIVE_SEED=${seed} ARCHIVE_RUNS=${run + 1} npm run fuzz -- -t archives`, { cause: error });
      refused += 1;
    }
    readByPredict(bytes, run);
  }
  expect(refused).toBeGreaterThan(runs / 4);
});

/** Its own reader takes nothing but files of these names. */
function readByPredict(bytes: Buffer, run: number): void {
  try {
    const found = filesOf(gzipSync(bytes, { level: 0 }), ['runner', 'compiled.so']);
    for (const [name, content] of found) expect([name, content.length <= bytes.length]).toEqual([name, true]);
  } catch (error) {
    if (!/^(the archive (is cut off|holds \S+ twice)|it is no \.tar\.gz)$/u.test((error as Error).message))
      throw new Error(`run ${run}: ARCHIVE_SEED=${seed} ARCHIVE_RUNS=${run + 1} npm run fuzz -- -t archives`, { cause: error });
  }
}
