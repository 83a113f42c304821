import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { PodmanDriver } from '../../../src/drivers/container/podman/podman-driver.ts';
import { kernelPrefix } from '../../../src/daemon/options.ts';
import * as demo from '../../clients/demo-path.ts';
import { cgroupsThere, heldBy, readOrNothing } from './held.ts';
import { DaemonLab } from './lab.ts';

/** Whatever ran, and however the daemon ended: after a purge the machine is as it was. */

const labs: DaemonLab[] = [];
afterAll(async () => {
  for (const lab of labs) await lab.close();
});

it('leaves nothing of a daemon that was killed when it had just begun', async () => {
  // In a store of its own, so that it puts an image together.
  const imageStore = mkdtempSync(join(tmpdir(), 'cloister-image-store-'));
  vi.stubEnv('CLOISTER_IMAGE_STORE', imageStore);
  try {
    const lab = await DaemonLab.open('as a process');
    labs.push(lab);
    await expect.poll(() => readdirSync(`${lab.dataDirectory}/work`), { timeout: 10_000 }).not.toEqual([]);
    await lab.close();
    expect(existsSync(lab.dataDirectory)).toBe(false);
  } finally {
    vi.unstubAllEnvs();
    // The store is a cache that purges leave alone, with what a killed podman left mounted in it.
    const runRoot = `/run/${kernelPrefix(imageStore)}-images`;
    await new PodmanDriver({ root: imageStore, runRoot, labelPrefix: 'cloister' }).purge();
    for (const path of [imageStore, runRoot]) rmSync(path, { recursive: true, force: true });
  }
});

it.each(['in this process', 'as a process'] as const)('leaves nothing of jobs that run, of a daemon %s', async (kind) => {
  const lab = await DaemonLab.open(kind);
  labs.push(lab);
  await lab.makeDataAndRole();
  const networks = [await lab.makeNetwork(), await lab.makeNetwork()] as const;
  for (const network of networks) await lab.makeS3Endpoint(network);
  expect((await lab.runJob(demo.trainingJob('ended', networks[0]))).TrainingJobStatus).toBe('Completed');
  const two = demo.endlessJob('of-two', networks[1]);
  await lab.createJob({ ...two, ResourceConfig: { ...two.ResourceConfig, InstanceCount: 2 } });
  await lab.createJob(demo.endlessJob('of-one', networks[0]));
  await lab.training('of-two');
  await lab.training('of-one');

  const held = heldBy(lab);
  // Three instances: an agent, a monitor and an algorithm each.
  expect(held.processes.length).toBeGreaterThanOrEqual(9);
  expect(held.namespaces).toHaveLength(2 + 2 + 6);
  expect(held.mounts).not.toEqual([]);
  expect(cgroupsThere(held.cgroups)).not.toEqual([]);

  const removed = await lab.close();
  expect(removed.filter((name) => name.startsWith('container '))).toHaveLength(3);
  expect(heldBy(lab)).toEqual({ processes: [], cgroups: [], namespaces: [], mounts: [] });
  expect(cgroupsThere(held.cgroups)).toEqual([]);
  for (const pid of held.processes) expect(readOrNothing(`/proc/${pid}/cmdline`)).not.toContain(lab.dataDirectory);
  expect(existsSync(lab.dataDirectory)).toBe(false);
  expect(readdirSync('/run').filter((name) => name.includes(lab.prefix))).toEqual([]);
});
