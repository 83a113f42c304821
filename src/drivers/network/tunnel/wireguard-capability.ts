import { closeSync, existsSync, openSync } from 'node:fs';
import { ProcessError, run } from '../../process/process.ts';
import type { Capability } from '../network-driver.ts';

export const wgPath = '/usr/bin/wg';
export const wireguardGoPath = '/usr/bin/wireguard-go';
export const tunDevice = '/dev/net/tun';

const name = 'encryption between instances';
const askMs = 10_000;

/** Who carries a tunnel: the kernel itself, or a program. */
export type WireguardKind = 'kernel' | 'program';

/** The kernel where it can, else the program; undefined with the reason where neither can. */
export async function findWireguard(): Promise<Capability & { readonly kind?: WireguardKind }> {
  if (!existsSync(wgPath)) return { name, ok: false, detail: `there is no ${wgPath}`, fix: 'Install wireguard-tools.' };
  if (await kernelCan()) return { name, ok: true, detail: 'WireGuard of the kernel', kind: 'kernel' };
  if (!existsSync(wireguardGoPath)) {
    const detail = `the kernel has no WireGuard, and there is no ${wireguardGoPath}`;
    return { name, ok: false, detail, fix: 'modprobe wireguard, or install wireguard-go.' };
  }
  try {
    closeSync(openSync(tunDevice, 'r+'));
  } catch (error) {
    const detail = `the kernel has neither WireGuard nor ${tunDevice} for us: ${(error as Error).message}`;
    return { name, ok: false, detail, fix: 'modprobe tun; in a container: --device /dev/net/tun.' };
  }
  return { name, ok: true, detail: 'wireguard-go: the kernel has no WireGuard', kind: 'program' };
}

/** Tried in a namespace that ends with the try. */
async function kernelCan(): Promise<boolean> {
  try {
    await run(['unshare', '--net', 'ip', 'link', 'add', 'wg0', 'type', 'wireguard'], { timeoutMs: askMs });
    return true;
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return false;
  }
}
