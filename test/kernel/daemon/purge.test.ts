import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { PodmanDriver } from '../../../src/drivers/container/podman/podman-driver.ts';
import { layout } from '../../../src/daemon/layout.ts';
import { kernelPrefix } from '../../../src/daemon/options.ts';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { Bed } from '../../crash/bed.ts';
import { jobNameOf, rows } from '../../crash/cells.ts';
import { planOf } from '../../crash/run-cell.ts';
import { containerIdsOf, lastingDifference, nothing, processesOf, textOf, tracesOfContainers, type HeldProcess } from '../../fixtures/holdings.ts';
import { cgroupsThere, heldBy } from './held.ts';
import { DaemonLab } from './lab.ts';

const deathMs = 50_000;

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
  // With data to get, so that each instance has an agent.
  const withData = { InputDataConfig: [demo.channel('train')] };
  const two = { ...demo.endlessJob('of-two', networks[1]), ...withData };
  await lab.createJob({ ...two, ResourceConfig: { ...two.ResourceConfig, InstanceCount: 2 } });
  await lab.createJob({ ...demo.endlessJob('of-one', networks[0]), ...withData });
  await lab.training('of-two');
  await lab.training('of-one');

  // Three instances: an agent, a monitor and an algorithm each. A program is not findable by what it was started with while it becomes another one.
  const programsOf = () => programNames(processesOf(lab.dataDirectory));
  await expect.poll(programsOf, { timeout: 30_000 }).toEqual({ agents: 3, monitors: 3, algorithms: 3 });
  const held = heldBy(lab);
  expect(held.namespaces).toHaveLength(2 + 2 + 6);
  expect(held.mounts).not.toEqual([]);
  expect(cgroupsThere(held.cgroups)).not.toEqual([]);

  const removed = await lab.close();
  expect(removed.filter((name) => name.startsWith('container '))).toHaveLength(3);
  expect(heldBy(lab)).toEqual({ processes: [], cgroups: [], namespaces: [], mounts: [] });
  expect(cgroupsThere(held.cgroups)).toEqual([]);
  for (const pid of held.processes) expect(textOf(`/proc/${pid}/cmdline`)).not.toContain(lab.dataDirectory);
  expect(existsSync(lab.dataDirectory)).toBe(false);
  expect(readdirSync('/run').filter((name) => name.includes(lab.prefix))).toEqual([]);
});

/** Not of it: what the daemon asks of podman from time to time. */
const programNames = (processes: readonly HeldProcess[]) => ({
  agents: processes.filter(({ what }) => /^\/usr\/bin\/node .*\/cloister\/code/u.test(what)).length,
  monitors: processes.filter(({ what }) => what.includes('conmon')).length,
  algorithms: processes.filter(({ what }) => what.startsWith('node -e ')).length,
});

const damages = {
  deleted: (path: string): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
  },
  corrupt: (path: string): void => writeFileSync(path, 'this was a database'.repeat(1_000)),
} as const;

const deaths = [
  ['create-interfaces', 'deleted'],
  ['stage-instances, creating', 'corrupt'],
  ['stage-instances', 'deleted'],
  ['train-instances, starting', 'deleted'],
  ['train-instances', 'corrupt'],
  ['undo stage-instances, removing', 'deleted'],
  ['encrypt-traffic, encrypted', 'deleted'],
  ['stage-instances, registry', 'corrupt'],
  ['stage-model, compilation', 'deleted'],
  ['compile-model, compilation', 'corrupt'],
] as const;

it.each(deaths)('leaves nothing of a daemon that was just killed in the middle of %s, with its database %s', async (moment, damage) => {
  const row = present(
    rows.find(({ name }) => name === moment),
    'there is such a moment',
  );
  const cell = { row, kind: 'daemon' } as const;
  const bed = await Bed.make({ jobs: [row.job] });
  const { dataDirectory } = bed.daemon;
  try {
    await bed.sabotage([planOf(cell)]);
    // The daemon may die before its answer leaves it: what was asked for is stored all the same.
    const asked = bed.create(jobNameOf(cell), row.job).catch(() => undefined);
    expect(await bed.daemon.ended(deathMs)).toBe('SIGKILL');
    await asked;
    const containers = containerIdsOf(dataDirectory);
    damages[damage](layout(dataDirectory).database);
    // At once: programs that the daemon had started may still be at work.
    await bed.dispose();
    expect(existsSync(dataDirectory)).toBe(false);
    expect(await lastingDifference(nothing, dataDirectory)).toEqual({});
    expect(tracesOfContainers(containers)).toEqual([]);
  } finally {
    await bed.dispose();
  }
});
