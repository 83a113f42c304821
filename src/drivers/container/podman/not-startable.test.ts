import { expect, it } from 'vitest';
import { notStartable } from './not-startable.ts';

it.each([
  [
    'Error: runc: runc create failed: unable to start container process: exec: "train": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
    'train: executable file not found in $PATH',
  ],
  [
    'Error: runc: runc create failed: unable to start container process: exec: "/opt/x y": stat /opt/x y: no such file or directory: OCI runtime attempted to invoke a command that was not found',
    '/opt/x y: no such file or directory',
  ],
  ['Error: runc: runc create failed: unable to start container process: exec: "/etc": is a directory: unknown', '/etc: is a directory'],
  [
    'Error: runc: runc create failed: unable to start container process: exec: "/etc/passwd": permission denied: OCI permission denied',
    '/etc/passwd: permission denied',
  ],
  [
    'Error: crun: executable file `train` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'train: not found in $PATH',
  ],
  ['Error: unable to find user nobodyhere: no matching entries in passwd file', 'unable to find user nobodyhere'],
  [
    'Error: runc: runc create failed: unable to start container process: error during container init: error setting rlimits for ready process: error setting rlimit type 7: operation not permitted: OCI permission denied',
    undefined,
  ],
  ['Error: writing blob: no space left on device', undefined],
])('%s', (stderr, said) => {
  expect(notStartable(stderr)).toBe(said);
});
