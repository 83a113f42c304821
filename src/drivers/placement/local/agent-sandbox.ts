import { lstatSync, openSync, readlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { AgentSettings } from '../../../model/job/agent-orders.ts';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import { withDeadline } from '../../../stdx/deadline.ts';
import { ProcessError } from '../../process/process.ts';
import { startSandbox, toolPath, userNamespaceFile } from '../../process/sandbox.ts';
import type { InstanceSpec } from '../placement-driver.ts';
import type { AgentProgram } from './agent-program.ts';

const mappedIds = 65_536;
const startMs = 10_000;
const temporaryBytes = 16 << 20;

/** The agent's own view of things. */
export const agentPaths = {
  ml: '/ml',
  peers: '/peers',
  lists: '/lists',
  socket: '/socket/agent.sock',
  certificateAuthorities: '/etc/ca.pem',
  code: '/cloister/code',
  modules: '/cloister/node_modules',
  packageFile: '/cloister/package.json',
  /** What Node compiled of it. */
  compiled: '/cloister/compiled',
} as const;

/**
 * A user namespace whose ids 0… are `uidBase`… of the host, as an open file. The process that made it is gone when this
 * returns: the file keeps it.
 */
export async function openUserNamespace(uidBase: number): Promise<number> {
  const holder = spawn('unshare', ['--user', 'cat'], { stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: toolPath } });
  try {
    // Its echo tells that it is inside. An unshare that fails closes its output.
    holder.stdin.on('error', () => undefined);
    holder.stdin.write('.');
    const [first] = (await withDeadline('startMs', startMs, Promise.race([once(holder.stdout, 'data'), once(holder, 'close')]))) as [unknown];
    if (!(first instanceof Buffer)) throw new ProcessError(['unshare', '--user'], Number(first), 'the kernel makes no user namespace');
    for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${holder.pid}/${map}`, `0 ${uidBase} ${mappedIds}\n`);
    return openSync(`/proc/${holder.pid}/ns/user`, 'r');
  } finally {
    holder.kill('SIGKILL');
  }
}

/** `/lib` and its like as the host has them: links stay links. Programs of the host that are not bound are not there. */
export function libraryBinds(): string[] {
  return ['/usr/lib', '/usr/lib64', '/lib', '/lib64'].flatMap((path) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return [];
    return status.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  });
}

/** The loader's libraries, Node and the agent's code, and what Node needs around it. */
export function codeParameters({ node, code, modules, packageFile }: AgentProgram): string[] {
  return [
    ['/usr', '/usr/bin', '/etc', '/cloister'].flatMap(openFolder),
    libraryBinds(),
    ['--ro-bind', node, '/usr/bin/node', '--ro-bind', code, agentPaths.code, '--ro-bind', modules, agentPaths.modules],
    ['--ro-bind', packageFile, agentPaths.packageFile, '--setenv', 'NODE_COMPILE_CACHE', agentPaths.compiled],
    ['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--size', String(temporaryBytes), '--tmpfs', '/tmp'],
  ].flat();
}

/** bubblewrap makes the folders it is not told of for its own user only. */
export const openFolder = (path: string): string[] => ['--perms', '0755', '--dir', path];

/**
 * The agent's tree: the loader's libraries, Node, our code, and of the instance its `ml`, its socket, its names and its
 * authorities; of its peers their `ml`, read-only. Nothing else of the host is in it. bubblewrap builds it as root and pivots into it; what runs in it has
 * entered the user namespace before (and so cannot change any mount).
 */
function treeParameters(spec: InstanceSpec, program: AgentProgram, compiled: string | undefined): string[] {
  const layout = instanceLayout(spec.directory);
  const tools = ['/usr/bin/nsenter', '/usr/bin/setpriv', '/usr/bin/mkfifo'];
  return [
    codeParameters(program),
    compiled === undefined ? [] : ['--ro-bind', compiled, agentPaths.compiled],
    openFolder(agentPaths.peers),
    tools.flatMap((path) => ['--ro-bind', path, path]),
    ['--bind', layout.ml, agentPaths.ml, '--ro-bind', layout.socketFolder, '/socket', '--bind', layout.lists, agentPaths.lists],
    (spec.peers ?? []).flatMap(({ name, directory }) => ['--ro-bind', instanceLayout(directory).ml, `${agentPaths.peers}/${name}`]),
    ['--ro-bind', layout.resolvConf, '/etc/resolv.conf', '--ro-bind', layout.hosts, '/etc/hosts'],
    ['--ro-bind', layout.certificateAuthorities, agentPaths.certificateAuthorities],
  ].flat();
}

/**
 * Starts the agent in the instance's namespace and tree. Returns its pid on the host.
 *
 * The chain: nsenter (the ENI's network) → bubblewrap (mounts, pids, ipc) → nsenter (the user namespace; from here on a
 * user of the instance's range) → setpriv (of all capabilities there only reading of any file stays: the container's
 * users may have made theirs private) → node. It outlives this process.
 */
export async function startAgentSandbox(
  spec: InstanceSpec,
  settings: AgentSettings,
  { program, compiled }: { readonly program: AgentProgram; readonly compiled: string | undefined },
): Promise<number> {
  return await startSandbox({
    networkNamespacePath: spec.networkNamespacePath,
    userNamespace: await openUserNamespace(spec.uidBase),
    logPath: instanceLayout(spec.directory).agentLog,
    parameters: [
      ['--setenv', 'HOME', '/nonexistent', ...treeParameters(spec, program, compiled), '--chdir', '/', '--'],
      ['/usr/bin/nsenter', `--user=/proc/self/fd/${userNamespaceFile}`],
      ['/usr/bin/setpriv', '--no-new-privs', '--bounding-set=-all,+dac_read_search', '--inh-caps=-all'],
      ['/usr/bin/node', '--disable-warning=ExperimentalWarning', `${agentPaths.code}/${program.main}`, JSON.stringify(settings)],
    ].flat(),
  });
}
