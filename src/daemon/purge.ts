import { rm } from 'node:fs/promises';
import { RcloneMounts } from '../drivers/container/mount/rclone/rclone-mounts.ts';
import { PodmanDriver } from '../drivers/container/podman/podman-driver.ts';
import { LinuxNetworkDriver } from '../drivers/network/linux/linux-network-driver.ts';
import { WireguardTunnels } from '../drivers/network/tunnel/wireguard-tunnels.ts';
import { LocalPlacement } from '../drivers/placement/local/local-placement.ts';
import { systemRandom } from '../stdx/random.ts';
import { lockForPurge } from './data-directory-lock.ts';
import { layout } from './layout.ts';
import { kernelPrefix, parseDaemonOptions } from './options.ts';

/** Removes every trace of a data directory from the machine, without its database: what carries its prefix and its files. */
const { dataDirectory } = parseDaemonOptions(process.argv.slice(2), process.env);
const paths = layout(dataDirectory);
const prefix = kernelPrefix(dataDirectory);
try {
  await lockForPurge(dataDirectory);
} catch (error) {
  process.stderr.write(`cloister: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
const removed: string[] = [];
const failures: unknown[] = [];
const drivers = [
  new PodmanDriver({ root: paths.containers, runRoot: paths.containersRun, labelPrefix: 'cloister' }),
  new RcloneMounts({ root: paths.instances }),
  new WireguardTunnels({ root: paths.instances }),
  new LocalPlacement({ root: paths.instances, random: systemRandom }),
  new LinuxNetworkDriver({ prefix }),
];
// Containers and agents hold namespaces open: they go first. One that fails does not keep the others.
for (const driver of drivers) {
  try {
    removed.push(...(await driver.purge()));
  } catch (error) {
    failures.push(error);
  }
}
if (failures.length === 0) for (const path of [paths.containersRun, dataDirectory]) await rm(path, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify(removed)}\n`);
for (const failure of failures) process.stderr.write(`cloister: ${String(failure)}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
