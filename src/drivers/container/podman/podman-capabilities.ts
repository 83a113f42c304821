import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { ProcessError, run } from '../../process/process.ts';
import type { Capability } from '../../network/network-driver.ts';
import { cgroupsAreUnified, chooseRuntime } from './podman-command.ts';
import { seccompProfilePath } from './seccomp-profile.ts';

/** The limits of a container that cgroups hold; each is there only where its controller is. */
export type EnforcedLimit = 'memory' | 'cpu' | 'pids';

const v1Files = { memory: 'memory/memory.limit_in_bytes', cpu: 'cpu/cpu.cfs_period_us', pids: 'pids/cgroup.procs' };

/** Whether the kernel offers the controller of this limit to us. */
export async function canLimit(limit: EnforcedLimit): Promise<boolean> {
  if (cgroupsAreUnified()) return readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').split(/\s/).includes(limit);
  // The root group of v1 has no cpu quota and no memory limit file in every kernel: a controller counts when it is mounted.
  const folder = v1Files[limit].split('/')[0];
  return access(`/sys/fs/cgroup/${folder}/cgroup.procs`).then(
    () => true,
    () => false,
  );
}

/** The hard limit of open files of this process, which is the most a container can get. */
export function hardOpenFiles(): number {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === undefined || hard === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(hard);
}

async function program(name: string, argv: readonly [string, ...string[]], fix: string): Promise<Capability> {
  try {
    return { name, ok: true, detail: (await run(argv, { timeoutMs: 10_000 })).split('\n')[0] ?? '' };
  } catch (error) {
    return { name, ok: false, detail: error instanceof ProcessError ? error.message : String(error), fix };
  }
}

async function runtime(): Promise<Capability> {
  const chosen = await chooseRuntime();
  const detail = chosen === undefined ? 'no container runtime that takes this cgroup hierarchy' : `${chosen} runs containers`;
  const fix = cgroupsAreUnified() ? 'Install crun or runc.' : 'Install runc: crun refuses hybrid cgroup hierarchies.';
  return { name: 'container-runtime', ok: chosen !== undefined, detail, ...(chosen === undefined && { fix }) };
}

function userNamespaces(): Capability {
  const name = 'user-namespaces';
  let most: number;
  try {
    most = Number(readFileSync('/proc/sys/user/max_user_namespaces', 'utf8'));
  } catch {
    most = 0;
  }
  if (most > 0) return { name, ok: true, detail: `up to ${most}` };
  return { name, ok: false, detail: 'the kernel makes no user namespaces', fix: 'sysctl user.max_user_namespaces=10000' };
}

function systemCallFilter(): Capability {
  const path = seccompProfilePath();
  const detail = path ?? "podman's list of system calls for containers is not here";
  return { name: 'system-call-filter', ok: path !== undefined, detail, ...(path === undefined && { fix: 'Install containers-common.' }) };
}

async function limit(name: EnforcedLimit): Promise<Capability> {
  if (await canLimit(name)) return { name: `${name}-limit`, ok: true, detail: `cgroups limit ${name}` };
  return {
    name: `${name}-limit`,
    ok: false,
    detail: `no cgroup controller for ${name}: containers that ask for such a limit are refused`,
    fix: `Boot with the ${name} controller enabled.`,
  };
}

export async function podmanCapabilities(): Promise<readonly Capability[]> {
  const isRoot = process.getuid?.() === 0;
  return [
    { name: 'container-root', ok: isRoot, detail: isRoot ? 'running as root' : 'containers need root', ...(!isRoot && { fix: 'Run as root.' }) },
    await program('podman', ['podman', '--version'], 'Install podman.'),
    await program('conmon', ['conmon', '--version'], 'Install conmon.'),
    await runtime(),
    userNamespaces(),
    systemCallFilter(),
    ...(await Promise.all((['memory', 'cpu', 'pids'] as const).map(limit))),
  ];
}
