import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capability } from '../drivers/network/network-driver.ts';
import { LinuxNetworkDriver } from '../drivers/network/linux/linux-network-driver.ts';
import { RcloneMounts } from '../drivers/container/mount/rclone/rclone-mounts.ts';
import { PodmanDriver } from '../drivers/container/podman/podman-driver.ts';
import { WireguardTunnels } from '../drivers/network/tunnel/wireguard-tunnels.ts';
import { LocalPlacement } from '../drivers/placement/local/local-placement.ts';
import { systemRandom } from '../stdx/random.ts';

type Finding = Capability & {
  /** What alone needs it. */
  readonly optional?: string;
};

/** What every driver says of this machine. */
async function findingsIn(folder: string): Promise<readonly Finding[]> {
  const network = new LinuxNetworkDriver({ prefix: `cld${systemRandom.hex(6)}` });
  const instances = join(folder, 'instances');
  const drivers = [
    network,
    new PodmanDriver({ root: join(folder, 'root'), runRoot: join(folder, 'run'), labelPrefix: 'cloister' }),
    new LocalPlacement({ root: instances, random: systemRandom }),
  ];
  return [
    ...(await Promise.all(drivers.map(async (driver) => await driver.capabilities()))).flat(),
    { ...(await new RcloneMounts({ root: instances }).capability()), optional: 'FastFile' },
    { ...(await new WireguardTunnels({ root: instances }).capability()), optional: 'EnableInterContainerTrafficEncryption' },
    { ...(await network.uplink.capability()), optional: '--uplink' },
  ];
}

/** Prints it as JSON. Needs no daemon and leaves nothing. */
const folder = mkdtempSync(join(tmpdir(), 'cloister-doctor-'));
try {
  process.stdout.write(`${JSON.stringify(await findingsIn(folder), undefined, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
