import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessError, run } from '../../process/process.ts';
import type { Capability } from '../../network/network-driver.ts';
import { cgroupsAreUnified, chooseRuntime } from './podman-command.ts';
import { seccompProfilePath } from './seccomp-profile.ts';

/** The limits of a container that cgroups hold; each is there only where its controller is. */
export type EnforcedLimit = 'memory' | 'cpu' | 'pids';

/** The file by which a container's group holds the limit in cgroups v1. Kernels are built without some of them. */
const limitFiles = { memory: 'memory.limit_in_bytes', cpu: 'cpu.cfs_quota_us', pids: 'pids.max' } as const;

/** Asked once: what a kernel offers does not change under it. */
const found = new Map<EnforcedLimit, Promise<boolean>>();

/** Whether the kernel holds this limit for a group of ours. The root group has no limits: one is made to look, and taken away. */
export async function canLimit(limit: EnforcedLimit): Promise<boolean> {
  const asked = found.get(limit) ?? probe(limit);
  found.set(limit, asked);
  return await asked;
}

async function probe(limit: EnforcedLimit): Promise<boolean> {
  const unified = cgroupsAreUnified();
  if (unified && !readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').split(/\s/).includes(limit)) return false;
  // In v2 the controllers of a group are its parent's to give; the runtime gives those of the root.
  if (unified) return true;
  try {
    const group = await mkdtemp(`/sys/fs/cgroup/${limit}/cloister-probe-`);
    const isThere = existsSync(join(group, limitFiles[limit]));
    await rmdir(group);
    return isThere;
  } catch {
    return false;
  }
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
