import { readFileSync } from 'node:fs';
import { checked, libc } from '../sockets/libc.ts';

/** `MNT_DETACH`: away from its place now, whoever still uses it. Does not wait for a file system that hangs. */
const detach = 2;

/** Places of mounts at a path and below it, the innermost first. Asks the kernel's list, never the file systems. */
export function mountsAt(at: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .filter((path) => path === at || path.startsWith(`${at}/`))
    .toReversed();
}

/** Blanks and the like are octal there. */
const unescaped = (text: string): string => text.replaceAll(/\\(\d{3})/gu, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));

/** Unmounts everything at a path and below it. Returns the places. */
export function unmountAt(path: string): readonly string[] {
  const places = mountsAt(path);
  const library = libc();
  for (const place of places) checked(library, `umount ${place}`, library.umount2(place, detach));
  return places;
}
