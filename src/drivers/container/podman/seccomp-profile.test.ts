import { expect, it } from 'vitest';
import { withoutNamespaces } from './seccomp-profile.ts';

const profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [
    { names: ['bpf', 'setns'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
    { names: ['read', 'clone', 'clone3', 'mount', 'unshare'], action: 'SCMP_ACT_ALLOW' },
    { names: ['keyctl'], action: 'SCMP_ACT_ALLOW' },
  ],
};

it('lets no call make namespaces, mounts or rings of keys, and leaves the others as they were', () => {
  const { syscalls, ...rest } = withoutNamespaces(profile);
  expect(rest).toEqual({ defaultAction: 'SCMP_ACT_ERRNO' });
  const allowed = syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW');
  expect(allowed.map(({ names }) => names)).toEqual([['bpf'], ['read'], ['clone']]);
  expect(allowed.at(-1)?.args).toHaveLength(1);
  const refused = syscalls.filter(({ action }) => action === 'SCMP_ACT_ERRNO');
  expect(refused.flatMap(({ names }) => names)).toEqual(expect.arrayContaining(['mount', 'unshare', 'setns', 'keyctl', 'clone3']));
});
