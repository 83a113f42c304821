import { mkdir, rm } from 'node:fs/promises';
import type { DataMountDriver } from '../drivers/container/mount/data-mount-driver.ts';
import type { ContainerDriver } from '../drivers/container/container-driver.ts';
import { builtInImages, ensureBuiltInImage } from '../drivers/container/image/built-in.ts';
import type { MetricReader } from '../drivers/metrics/metric-thread.ts';
import type { Capability, NetworkDriver } from '../drivers/network/network-driver.ts';
import { type TunnelDriver, tunnelRefusal } from '../drivers/network/tunnel/tunnel-driver.ts';
import type { PlacementDriver } from '../drivers/placement/placement-driver.ts';
import { type ImageName, localImageOf } from '../model/job/image-names.ts';
import type { Machine } from '../services/operation.ts';

/** What operations may ask of this machine. What it can enforce does not change under a daemon; what it lacks may be installed. */
export function createMachine(drivers: {
  readonly network: NetworkDriver;
  readonly containers: ContainerDriver;
  readonly placement: PlacementDriver;
  readonly dataMounts: DataMountDriver;
  readonly tunnels: Pick<TunnelDriver, 'capability'>;
  readonly metrics: Pick<MetricReader, 'problem'>;
  readonly imageNames: readonly ImageName[];
  readonly mayPull: (image: string) => boolean;
  /** Resolves when the built-in images are in the store. */
  readonly imagesReady: Promise<void>;
}): Machine {
  return {
    builtInImages: Object.keys(builtInImages),
    localImage: (image) => localImageOf(image, drivers.imageNames),
    mayPull: drivers.mayPull,
    async hasImage(image) {
      // Why they could not be made is in the log; an image that is missing is refused by name.
      const areMade = await drivers.imagesReady.then(
        () => true,
        () => false,
      );
      if (areMade && Object.hasOwn(builtInImages, image)) return true;
      return await drivers.containers.hasImage(image);
    },
    size: () => drivers.containers.size(),
    networkRefusal: untilAble(async () => await firstRefusal([drivers.network, drivers.containers, drivers.placement])),
    fastFileRefusal: untilAble(async () => await firstRefusal([{ capabilities: async () => [await drivers.dataMounts.capability()] }])),
    encryptionRefusal: untilAble(async () => tunnelRefusal(await drivers.tunnels.capability())),
    metricProblem: async (definitions) => await drivers.metrics.problem(definitions),
  };
}

/** Asks once when the machine can, and again and again while it cannot. */
function untilAble(ask: () => Promise<string | undefined>): () => Promise<string | undefined> {
  let asked: Promise<string | undefined> | undefined;
  return async () => {
    asked ??= ask().then(
      (refusal) => {
        if (refusal !== undefined) asked = undefined;
        return refusal;
      },
      (error: unknown) => {
        asked = undefined;
        throw error;
      },
    );
    return await asked;
  };
}

async function firstRefusal(drivers: readonly { capabilities(): Promise<readonly Capability[]> }[]): Promise<string | undefined> {
  const findings = (await Promise.all(drivers.map(async (driver) => await driver.capabilities()))).flat();
  const missing = findings.find((finding) => !finding.ok);
  return missing === undefined ? undefined : `${missing.name}: ${missing.detail}.${missing.fix === undefined ? '' : ` ${missing.fix}`}`;
}

/** Makes the images that come with Cloister, once per content; quick when they are there. Whatever is in `workFolder` is removed. */
export async function ensureImages(store: ContainerDriver, workFolder: string): Promise<void> {
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  for (const name of Object.keys(builtInImages)) await ensureBuiltInImage(store, name, workFolder);
}
