import { PodmanDriver } from '../drivers/container/podman/podman-driver.ts';
import { LinuxNetworkDriver } from '../drivers/network/linux/linux-network-driver.ts';
import { LocalPlacement } from '../drivers/placement/local/local-placement.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { systemRandom } from '../stdx/random.ts';
import type { Closings } from './closings.ts';
import { log } from './log.ts';
import { createMachine } from './machine.ts';
import { kernelPrefix, type DaemonOptions } from './options.ts';
import type { DaemonParts } from './parts.ts';
import type { DaemonState } from './state.ts';

/** A first start imports two images; the machine may be busy. */
const imagesMs = 60_000;

export type Drivers = ReturnType<typeof createDrivers>;

/** Everything that reaches this machine, under the names of one data directory. */
export function createDrivers(options: DaemonOptions, parts: DaemonParts, paths: DaemonState['paths'], closings: Closings) {
  const network = parts.network(new LinuxNetworkDriver({ prefix: kernelPrefix(options.dataDirectory) }));
  const imageStore = new PodmanDriver({
    root: options.imageStore,
    runRoot: `/run/${kernelPrefix(options.imageStore)}-images`,
    labelPrefix: 'cloister',
  });
  const containers = parts.containers(
    new PodmanDriver({ root: paths.containers, runRoot: paths.containersRun, imageStore: options.imageStore, labelPrefix: 'cloister' }),
  );
  const placement = new LocalPlacement({ root: paths.instances, random: systemRandom });
  const imagesReady = parts.ensureImages(imageStore, paths.work);
  imagesReady.catch((error: unknown) => log('the built-in images could not be made', { error }));
  // It writes into the data directory, which nothing of this daemon does after its end.
  closings.add('the images', async () => await withDeadline('imagesMs', imagesMs, Promise.allSettled([imagesReady])).then(() => undefined));
  return { network, containers, placement, machine: createMachine({ network, containers, placement, imagesReady }) };
}
