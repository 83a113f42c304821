import { ProcessError, run } from '../../process/process.ts';
import type { Capability } from '../../network/network-driver.ts';
import { volumeCapability } from './instance-volume.ts';

async function attempt(name: string, argv: readonly [string, ...string[]], detail: string, fix: string): Promise<Capability> {
  try {
    await run(argv, { timeoutMs: 10_000 });
    return { name, ok: true, detail };
  } catch (error) {
    return { name, ok: false, detail: error instanceof ProcessError ? error.message : String(error), fix };
  }
}

/** What an agent's sandbox needs. Without user namespaces there is no sandbox, and jobs are refused. */
export async function placementCapabilities(): Promise<readonly Capability[]> {
  const isRoot = process.getuid?.() === 0;
  const namespaces = ['unshare', '--user', '--map-root-user', 'true'] as const;
  const enable = 'Allow user namespaces: sysctl user.max_user_namespaces=10000, and kernel.apparmor_restrict_unprivileged_userns=0 where it exists.';
  return [
    { name: 'agent-root', ok: isRoot, detail: isRoot ? 'running as root' : 'starting agents needs root', ...(!isRoot && { fix: 'Run as root.' }) },
    await attempt('agent-user-namespaces', namespaces, 'the kernel makes user namespaces', enable),
    await attempt('bubblewrap', ['bwrap', '--ro-bind', '/', '/', 'true'], 'bubblewrap builds sandboxes', 'Install bubblewrap.'),
    await attempt('util-linux', ['setpriv', '--no-new-privs', 'nsenter', '--version'], 'nsenter and setpriv run', 'Install util-linux.'),
    await volumeCapability(),
  ];
}
