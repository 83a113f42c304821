import { closeSync, openSync } from 'node:fs';
import { run } from '../../../process/process.ts';
import type { Capability } from '../../../network/network-driver.ts';
import { fuseDevice } from './fuse.ts';
import { rclonePath } from './rclone-sandbox.ts';

const name = 'fastfile';
const askMs = 10_000;

/** Whether FastFile channels can be mounted here: the kernel has FUSE, and rclone has the command that takes an open device. */
export async function rcloneCapability(): Promise<Capability> {
  try {
    closeSync(openSync(fuseDevice, 'r+'));
  } catch (error) {
    const detail = `the kernel has no FUSE for us: ${(error as Error).message}`;
    return { name, ok: false, detail, fix: 'modprobe fuse; in a container: --device /dev/fuse.' };
  }
  try {
    const help = await run([rclonePath, 'mount2', '--help'], { timeoutMs: askMs });
    if (!help.includes('rclone mount2')) return { name, ok: false, detail: 'this rclone has no mount2', fix: "Install the distribution's rclone." };
    const version = await run([rclonePath, 'version'], { timeoutMs: askMs });
    return { name, ok: true, detail: `${version.split('\n')[0] ?? 'rclone'} shows objects as files` };
  } catch {
    return { name, ok: false, detail: `there is no ${rclonePath}`, fix: 'Install rclone.' };
  }
}
