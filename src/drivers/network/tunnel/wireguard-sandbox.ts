import { realpathSync } from 'node:fs';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import { tunnelDevice } from '../../../model/network/tunnel.ts';
import { libraryBinds, openFolder } from '../../placement/local/agent-sandbox.ts';
import { startSandbox } from '../../process/sandbox.ts';
import type { TunnelEnd } from './tunnel-driver.ts';
import { tunDevice, wgPath, wireguardGoPath } from './wireguard-capability.ts';

/** Where it listens for `wg`: in a folder that nobody sees but who enters its tree. */
export const controlSocketOf = (pid: number): string => `/proc/${pid}/root/run/wireguard/${tunnelDevice}.sock`;

/**
 * Starts wireguard-go in the namespace of an interface. Returns its pid on the host; it outlives this process.
 *
 * A tree and processes of its own, as the agent has them, but no user namespace: a device of the interface's namespace is
 * made by who may administer that, which is the one capability that it keeps. It is found again by its path in there,
 * which is one of its instance's directory.
 */
export async function startWireguardGo({ directory, networkNamespacePath }: TunnelEnd): Promise<number> {
  const { tunnelProgram, tunnelLog } = instanceLayout(directory);
  return await startSandbox({
    networkNamespacePath,
    logPath: tunnelLog,
    parameters: [
      ['--setenv', 'LOG_LEVEL', 'error', ...['/usr', '/usr/bin'].flatMap(openFolder), ...libraryBinds()],
      ['/usr/bin/setpriv', wgPath].flatMap((path) => ['--ro-bind', realpathSync(path), path]),
      ['--ro-bind', realpathSync(wireguardGoPath), tunnelProgram],
      ['--proc', '/proc', '--dev', '/dev', '--dev-bind', tunDevice, tunDevice],
      ['--tmpfs', '/run', '--dir', '/var', '--symlink', '../run', '/var/run', '--chdir', '/', '--'],
      ['/usr/bin/setpriv', '--no-new-privs', '--bounding-set=-all,+net_admin', '--inh-caps=-all', tunnelProgram, '-f', tunnelDevice],
    ].flat(),
  });
}
