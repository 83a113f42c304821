import { createHash } from 'node:crypto';
import { assert } from '../../../stdx/assert.ts';
import type { ContainerSpec, Mount } from '../container-driver.ts';

/** Files and processes a container may have when nothing else is said; the limits of the machine still apply. */
export const openFilesMax = 1_048_576;
export const pidsMaxDefault = 4_096;

/** What a container prints is a file of the machine, and rows of the log's store after that. */
const logBytesMaxDefault = 256 << 20;

const mappedIds = 65_536;
const oomScoreAdjust = 500;

/** What tells one spec from another: a container that has not started is made anew when it changed. */
export const fingerprint = (spec: ContainerSpec): string => createHash('sha256').update(JSON.stringify(spec)).digest('hex');

function volume({ source, target, readOnly }: Mount): string {
  assert(!`${source}${target}`.includes(':'), 'paths of mounts hold no colon, which podman takes as a separator');
  return `${source}:${target}:${readOnly ? 'ro' : 'rw'},nosuid,nodev,rprivate`;
}

/**
 * The parameters of `podman create`.
 *
 * Nothing of the host shows: no pull, no host names (podman would write the host's address as
 * `host.containers.internal`), no proxy variables, no cgroup tree (mounted whole where cgroup v1 is). SIGTERM stops it
 * whatever the image says: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
 *
 * Podman copies the host's resolv.conf where none is mounted; `emptyFile` is mounted instead.
 * The environment is in the command line, for the moment that podman takes: its files of variables hold no line breaks, and by
 * its own environment a job could tell podman where its configuration is.
 *
 * `openFiles` is the hard limit of this process: without CAP_SYS_RESOURCE nobody can raise it.
 */
export function createParameters(spec: ContainerSpec, labelPrefix: string, openFiles: number, emptyFile: string, gpuKind: string): string[] {
  const pids = spec.pidsMax ?? pidsMaxDefault;
  const files = Math.min(openFilesMax, openFiles);
  const labels = { ...spec.labels, name: spec.name, fingerprint: fingerprint(spec) };
  const ownResolver = spec.mounts.some(({ target }) => target === '/etc/resolv.conf');
  const mounts = ownResolver ? spec.mounts : [...spec.mounts, { source: emptyFile, target: '/etc/resolv.conf', readOnly: true }];
  const network = spec.networkNamespacePath === 'none' ? 'none' : `ns:${spec.networkNamespacePath}`;
  const limits = [
    ['--ulimit', `nofile=${files}:${files}`, '--ulimit', `nproc=${pids}:${pids}`, '--pids-limit', String(pids)],
    spec.memoryBytes === undefined ? [] : ['--memory', String(spec.memoryBytes), '--memory-swap', String(spec.memoryBytes)],
    spec.cpus === undefined ? [] : ['--cpus', String(spec.cpus)],
    spec.sharedMemoryBytes === undefined ? [] : ['--shm-size', `${spec.sharedMemoryBytes}b`],
    // When the machine itself has no memory left, what a job takes goes first.
    ['--oom-score-adj', String(oomScoreAdjust)],
    (spec.gpus ?? []).flatMap((index) => ['--device', `${gpuKind}=${index}`]),
  ];
  return [
    ['create', '--name', spec.name, '--pull=never', '--hostname', spec.hostname],
    ['--uidmap', `0:${spec.uidBase}:${mappedIds}`, '--gidmap', `0:${spec.uidBase}:${mappedIds}`],
    ['--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--security-opt', 'mask=/sys/fs/cgroup', '--cgroupns', 'private'],
    ['--network', network, '--no-hosts', '--http-proxy=false', '--systemd=false', '--no-healthcheck'],
    ['--stop-signal', 'SIGTERM', '--restart', 'no', '--log-driver', 'k8s-file', '--log-opt', `path=${spec.logPath}`],
    ['--log-opt', `max-size=${spec.logBytesMax ?? logBytesMaxDefault}`],
    ...limits,
    Object.entries(labels).flatMap(([key, value]) => ['--label', `${labelPrefix}.${key}=${value}`]),
    Object.entries(spec.environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    mounts.flatMap((mount) => ['--volume', volume(mount)]),
    spec.entrypoint === undefined ? [] : ['--entrypoint', JSON.stringify(spec.entrypoint)],
    ['--', spec.image, ...spec.arguments],
  ].flat();
}
