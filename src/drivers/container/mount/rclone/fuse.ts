import { closeSync, constants, openSync } from 'node:fs';
import { checked, libc } from '../../../sockets/libc.ts';

/** `MS_RDONLY | MS_NOSUID | MS_NODEV` of `mount(2)`. */
const flags = 1 | 2 | 4;
/** Of a directory, octal, as the kernel wants it. */
const rootMode = '40000';

export const fuseDevice = '/dev/fuse';

/**
 * Mounts an empty FUSE file system, for every user to read, and returns the open device: whoever has it answers for the
 * files, and needs no privilege for that. The mount is dead when nobody has it any more.
 */
export function mountFuse(path: string): number {
  const device = openSync(fuseDevice, constants.O_RDWR);
  try {
    const library = libc();
    const data = `fd=${device},rootmode=${rootMode},user_id=0,group_id=0,allow_other,default_permissions`;
    checked(library, `mount ${path}`, library.mount('cloister', path, 'fuse.cloister', flags, data));
    return device;
  } catch (error) {
    closeSync(device);
    throw error;
  }
}
