import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { LocalPlacement } from '../../../src/drivers/placement/local/local-placement.ts';
import type { InstanceSpec } from '../../../src/drivers/placement/placement-driver.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { instanceLayout } from '../../../src/model/job/instance-layout.ts';
import { systemRandom } from '../../../src/stdx/random.ts';
import { loopFiles } from '../../fixtures/holdings.ts';

const uidBase = 3_500_000;
const mib = 2 ** 20;
let folder: string;
let placement: LocalPlacement;

beforeAll(() => {
  // A space: the kernel writes it otherwise in its list of mounts.
  folder = mkdtempSync(join(tmpdir(), 'cloister volumes-'));
  placement = new LocalPlacement({ root: join(folder, 'instances'), random: systemRandom });
});
afterAll(async () => {
  await placement.purge();
  rmSync(folder, { recursive: true, force: true });
});

const specOf = (name: string, volumeBytes = 64 * mib): InstanceSpec => ({
  instanceId: name,
  region: 'us-east-1',
  directory: join(folder, 'instances', name),
  uidBase,
  volumeBytes,
  networkNamespacePath: '/proc/self/ns/net',
  nameServers: [],
  certificateAuthorities: '',
  configuration: {},
  hosts: '',
  resolvConf: '',
});

/** What the machine holds of the folder: mounts, and loop devices. */
const held = (): readonly string[] => [
  ...readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes('cloister\\040volumes-')),
  ...loopFiles().filter((path) => path.includes(folder)),
];

it('holds what its size says and nothing more, and says what is left', async () => {
  const spec = specOf('job.algo-1');
  await placement.prepare(spec);
  const { ml, volume } = instanceLayout(spec.directory);
  expect([readdirSync(volume), statSync(ml).uid]).toEqual([['ml'], uidBase]);
  const fresh = await placement.volumeUse(spec.directory);
  expect(fresh?.bytes).toBeLessThanOrEqual(64 * mib);
  expect(fresh?.freeBytes).toBeGreaterThan(50 * mib);
  writeFileSync(join(ml, 'model', 'fits'), Buffer.alloc(40 * mib));
  expect(() => writeFileSync(join(ml, 'model', 'does-not'), Buffer.alloc(30 * mib))).toThrow(/ENOSPC/);
  expect((await placement.volumeUse(spec.directory))?.freeBytes).toBeLessThan(mib);
});

it('is made once, and again only mounted', async () => {
  const spec = specOf('job.algo-2');
  await placement.prepare(spec);
  const { ml, volume, volumeImage } = instanceLayout(spec.directory);
  writeFileSync(join(ml, 'kept'), 'kept');
  await placement.prepare(spec);
  // As after a boot.
  await run(['umount', volume]);
  expect(await placement.volumeUse(spec.directory)).toBeUndefined();
  await placement.prepare(spec);
  expect(readFileSync(join(ml, 'kept'), 'utf8')).toBe('kept');
  // The file takes of the host what is in it.
  expect(statSync(volumeImage).blocks * 512).toBeLessThan(8 * mib);
});

it('makes one anew whose making was interrupted', async () => {
  const spec = specOf('job.algo-3');
  await placement.prepare(specOf('other.algo-1'));
  await placement.release('job.algo-3', spec.directory);
  await run(['mkdir', '-p', spec.directory]);
  writeFileSync(`${instanceLayout(spec.directory).volumeImage}.new`, 'half');
  await placement.prepare(spec);
  expect((await placement.volumeUse(spec.directory))?.bytes).toBeGreaterThan(50 * mib);
});

it('promises no more than the machine has', async () => {
  const spec = specOf('job.algo-4', 2 ** 50);
  await placement.prepare(spec);
  expect((await placement.volumeUse(spec.directory))?.bytes).toBeLessThan(2 ** 45);
});

it('says when the machine has not what several volumes promised', async () => {
  const root = join(folder, 'small');
  await run(['mkdir', '-p', root]);
  await run(['mount', '-t', 'tmpfs', '-o', 'size=2g', 'x', root]);
  const small = new LocalPlacement({ root, random: systemRandom });
  try {
    const spec = { ...specOf('job.algo-7'), directory: join(root, 'job.algo-7') };
    await small.prepare(spec);
    expect((await small.volumeUse(spec.directory))?.hostFreeBytes).toBeGreaterThan(2 ** 30);
    // Others took the rest.
    await run(['mount', '-o', 'remount,size=16m', root]);
    const path = join(instanceLayout(spec.directory).ml, 'model', 'large');
    // The page cache takes it all; the device does not.
    expect(() => writeFileSync(path, Buffer.alloc(40 * mib), { flush: true })).toThrow(/EIO|ENOSPC/);
    const use = await small.volumeUse(spec.directory);
    expect(use?.freeBytes).toBeGreaterThan(mib);
    expect(use?.hostFreeBytes).toBeLessThan(mib);
  } finally {
    await small.purge();
    await run(['umount', root]);
  }
});

it('goes with its instance, also when something below it is mounted', async () => {
  const spec = specOf('job.algo-5');
  await placement.prepare(spec);
  const { ml } = instanceLayout(spec.directory);
  await run(['mount', '-t', 'tmpfs', 'x', join(ml, 'input/data')]);
  const before = held().length;
  await placement.release('job.algo-5', spec.directory);
  await placement.release('job.algo-5', spec.directory);
  // The kernel lets go of a loop device a moment after its last mount.
  await vi.waitFor(() => expect(held()).toHaveLength(before - 3), { timeout: 10_000 });
});

it('goes with a purge', async () => {
  await placement.prepare(specOf('job.algo-6'));
  expect(held().length).toBeGreaterThan(2);
  await placement.purge();
  await vi.waitFor(() => expect(held()).toEqual([]), { timeout: 10_000 });
  expect(readdirSync(join(folder, 'instances'))).toEqual([]);
});
