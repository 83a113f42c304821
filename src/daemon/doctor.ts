import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capability } from '../drivers/network/network-driver.ts';
import { LinuxNetworkDriver } from '../drivers/network/linux/linux-network-driver.ts';
import { RcloneMounts } from '../drivers/container/mount/rclone/rclone-mounts.ts';
import { PodmanDriver } from '../drivers/container/podman/podman-driver.ts';
import { WireguardTunnels } from '../drivers/network/tunnel/wireguard-tunnels.ts';
import { LocalPlacement } from '../drivers/placement/local/local-placement.ts';
import { systemRandom } from '../stdx/random.ts';

/** Prints what every driver says of this machine, as JSON. Needs no daemon and leaves nothing. */
const prefix = `cld${systemRandom.hex(6)}`;
const folder = join(tmpdir(), prefix);
const network = new LinuxNetworkDriver({ prefix });
const drivers = [
  network,
  new PodmanDriver({ root: join(folder, 'root'), runRoot: join(folder, 'run'), labelPrefix: 'cloister' }),
  new LocalPlacement({ root: join(folder, 'instances'), random: systemRandom }),
];
const findings: (Capability & { readonly optional?: string })[] = (
  await Promise.all(drivers.map(async (driver) => await driver.capabilities()))
).flat();
findings.push({ ...(await new RcloneMounts({ root: join(folder, 'instances') }).capability()), optional: 'FastFile' });
findings.push({
  ...(await new WireguardTunnels({ root: join(folder, 'instances') }).capability()),
  optional: 'EnableInterContainerTrafficEncryption',
});
findings.push({ ...(await network.uplink.capability()), optional: '--uplink' });
process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
