import { join } from 'node:path';
import { openFilesMax, pidsMaxDefault } from '../src/drivers/container/podman/create-parameters.ts';
import { hardOpenFiles } from '../src/drivers/container/podman/podman-capabilities.ts';
import { PodmanCommand } from '../src/drivers/container/podman/podman-command.ts';
import { parseDaemonOptions } from '../src/daemon/options.ts';
import { sleep } from '../src/stdx/deadline.ts';
import { podmanForTests } from '../test/kernel/container/store.ts';
import type { Leftovers } from './leftovers.ts';

/** Runs the base image by podman alone, without a network: the same images as a daemon's, containers of its own. Returns what it printed. */
export async function openPodmanPeer(leftovers: Leftovers): Promise<(code: readonly string[]) => Promise<string>> {
  const { folder, dispose } = await podmanForTests([]);
  // podman's own cleanup of an ended container may hold the store for a moment longer.
  leftovers.add(async () => await dispose().catch(async () => await sleep(1_000).then(dispose)));
  const { imageStore } = parseDaemonOptions([], process.env);
  const podman = new PodmanCommand({ root: join(folder, 'store'), runRoot: join(folder, 'run'), imageStore });
  // What podman asks for of itself is more than every machine gives.
  const files = Math.min(openFilesMax, hardOpenFiles());
  const limits = ['--ulimit', `nofile=${files}:${files}`, '--ulimit', `nproc=${pidsMaxDefault}:${pidsMaxDefault}`];
  return async (code) => await podman.run(['run', '--rm', '--network', 'none', ...limits, 'cloister/base', ...code]);
}
