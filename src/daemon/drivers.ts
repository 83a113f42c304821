import { distributionImages } from '../drivers/container/image/distribution-image.ts';
import { RcloneMounts } from '../drivers/container/mount/rclone/rclone-mounts.ts';
import { PodmanDriver } from '../drivers/container/podman/podman-driver.ts';
import { PodmanImages } from '../drivers/container/podman/podman-images.ts';
import { MetricThread } from '../drivers/metrics/metric-thread.ts';
import { LinuxFlowSource } from '../drivers/network/linux/flows/linux-flow-source.ts';
import { LinuxNetworkDriver } from '../drivers/network/linux/linux-network-driver.ts';
import { WireguardTunnels } from '../drivers/network/tunnel/wireguard-tunnels.ts';
import { LocalPlacement } from '../drivers/placement/local/local-placement.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { systemRandom } from '../stdx/random.ts';
import type { Closings } from './closings.ts';
import { ImagePulls } from './images/image-pulls.ts';
import { ImageWorks } from './images/image-works.ts';
import { ensureSharedImage, type Making, sharedImages } from './images/shared-images.ts';
import { log } from './log.ts';
import { createMachine } from './machine.ts';
import { kernelPrefix, type DaemonOptions } from './options.ts';
import type { DaemonParts } from './parts.ts';
import type { DaemonState } from './state.ts';

/** Compiled code of agents, shared by the daemons of this machine. */
const agentCache = '/var/cache/cloister/agent-code';
/** A first start imports two images; the machine may be busy. */
const imagesMs = 60_000;

export type Drivers = ReturnType<typeof createDrivers>;

/** Everything that reaches this machine, under the names of one data directory. */
export function createDrivers(options: DaemonOptions, parts: DaemonParts, paths: DaemonState['paths'], closings: Closings) {
  const prefix = kernelPrefix(options.dataDirectory);
  const network = parts.network(new LinuxNetworkDriver({ prefix }));
  const flows = parts.flows(new LinuxFlowSource({ prefix }));
  const gpus = options.gpuKind === undefined ? {} : { gpuKind: options.gpuKind };
  const imageStore = sharedImages(options.imageStore);
  const containers = parts.containers(
    new PodmanDriver({ root: paths.containers, runRoot: paths.containersRun, imageStore: options.imageStore, labelPrefix: 'cloister', ...gpus }),
  );
  const works = new ImageWorks({ random: systemRandom, log });
  closings.add('the making of images', async () => await works.stop());
  const store = new PodmanImages({ root: paths.containers, runRoot: paths.containersRun, imageStore: options.imageStore });
  const pulls = new ImagePulls(store, options);
  closings.add('the pulling of images', async () => await pulls.stop());
  const images = {
    store,
    works,
    pulls,
    distribution: {
      names: distributionImages,
      ensure: async (name: string, how: Making) => await ensureSharedImage(imageStore, name, how),
    },
  };
  const local = new LocalPlacement({ root: paths.instances, random: systemRandom });
  const placement = parts.placement(local);
  const dataMounts = parts.dataMounts(new RcloneMounts({ root: paths.instances }));
  const tunnels = parts.tunnels(new WireguardTunnels({ root: paths.instances }));
  const imagesReady = parts.ensureImages(imageStore, paths.work);
  imagesReady.catch((error: unknown) => log('the built-in images could not be made', { error }));
  // Behind the images: nothing waits for it, and a start has enough to do.
  const agentCompiled = imagesReady.catch(() => undefined).then(async () => await local.compileAgent(agentCache));
  agentCompiled.catch((error: unknown) => log('the agent could not be compiled: jobs start more slowly', { error }));
  // They write, which nothing of this daemon does after its end.
  const made = Promise.allSettled([imagesReady, agentCompiled]);
  closings.add('the images', async () => await withDeadline('imagesMs', imagesMs, made).then(() => undefined));
  const metrics = new MetricThread();
  const machine = createMachine({
    network,
    containers,
    placement,
    dataMounts,
    tunnels,
    metrics,
    imagesReady,
    imageNames: options.imageNames,
    mayPull: (image) => pulls.allows(image),
  });
  return { network, flows, containers, placement, dataMounts, tunnels, images, metrics, machine };
}
