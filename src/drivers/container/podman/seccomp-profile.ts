import { existsSync, readFileSync } from 'node:fs';

/** https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp, as podman writes it. */
export interface SeccompProfile {
  readonly syscalls: readonly SeccompRule[];
  readonly [member: string]: unknown;
}

interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly object[] | null;
  readonly includes?: object;
  readonly excludes?: object;
  readonly [member: string]: unknown;
}

/**
 * What podman's profile lets through because a container may have a container in it. A user namespace gives every
 * capability in namespaces of its own, and with them the parts of the kernel that only root was to reach.
 */
const refused = [
  'fsconfig',
  'fsmount',
  'fsopen',
  'fspick',
  'keyctl',
  'mount',
  'mount_setattr',
  'move_mount',
  'open_tree',
  'pivot_root',
  'setns',
  'umount',
  'umount2',
  'unshare',
];
const notPermitted = 1;
const notImplemented = 38;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWTIME. */
const namespaceFlags = 0x7e02_0080;

const paths = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json'];

/** Podman's own profile, as the machine has it. */
export const seccompProfilePath = (): string | undefined => paths.find((path) => existsSync(path));

export const readSeccompProfile = (path: string): SeccompProfile => JSON.parse(readFileSync(path, 'utf8')) as SeccompProfile;

/** The profile without new namespaces and mounts: threads and processes still start. */
export function withoutNamespaces(profile: SeccompProfile): SeccompProfile {
  const changed = new Set([...refused, 'clone', 'clone3']);
  const kept = profile.syscalls.map((rule) => ({ ...rule, names: rule.names.filter((name) => !changed.has(name)) }));
  return {
    ...profile,
    syscalls: [
      ...kept.filter(({ names }) => names.length > 0),
      { names: refused, action: 'SCMP_ACT_ERRNO', errnoRet: notPermitted },
      { names: ['clone'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: namespaceFlags, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }] },
      // Its flags are in memory, where no filter looks: C libraries then take `clone`.
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: notImplemented },
    ],
  };
}
