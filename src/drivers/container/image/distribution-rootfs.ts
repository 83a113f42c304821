import { access, appendFile, copyFile, glob, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from '../../process/process.ts';
import type { DistributionPackage } from './distribution-packages.ts';

/** What nothing in an image runs: tools of the package manager, documentation, and a translator of Python to C++ with its libraries. */
const leftOut = new RegExp(
  String.raw`^(perl(-base|-modules-.*)?|libperl.*|lib.*-perl|usrmerge|debconf|dpkg|init-system-helpers|libjs-.*|.*-doc|` +
    String.raw`python3-(pythran|gast|beniget|ply)|g\+\+(-\d+)?|libstdc\+\+-\d+-dev|lib(boost.*|openblas.*|xsimd)-dev)$`,
  'u',
);
/** A compiler and headers: there while packages of Python are built, and gone afterwards. */
const onlyToBuild =
  /^((gcc|cpp)(-\d+)?|binutils.*|.*-dev(-bin)?|lib(asan|lsan|tsan|ubsan|itm|cc1-|hwasan|binutils|ctf|gprofng|isl|mpc).*|rpcsvc-proto)$/u;

/** Trees that no program reads; the licences stay. */
const unread = [
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/lintian',
  'usr/share/bug',
  'usr/share/doc-base',
  'var/cache',
  'var/log',
];

const extractMs = 120_000;

/** The parts of a set of packages. */
export function divide(packages: readonly DistributionPackage[]): {
  readonly kept: readonly DistributionPackage[];
  readonly toBuild: readonly DistributionPackage[];
} {
  const wanted = packages.filter(({ name }) => !leftOut.test(name));
  return { kept: wanted.filter(({ name }) => !onlyToBuild.test(name)), toBuild: wanted.filter(({ name }) => onlyToBuild.test(name)) };
}

/** Unpacks packages into a folder, as one system with all programs below `/usr`. */
export async function unpack(rootfs: string, packages: readonly DistributionPackage[], signal?: AbortSignal): Promise<void> {
  for (const { path } of packages) await run(['dpkg-deb', '--extract', path, rootfs], { timeoutMs: extractMs, ...(signal && { signal }) });
  await mergeUsr(rootfs);
}

/** `/bin`, `/lib` and their like become links into `/usr`, as on an installed system; packages still have files in both. */
async function mergeUsr(rootfs: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    const path = join(rootfs, name);
    const status = await lstat(path).catch(() => undefined);
    if (status?.isDirectory() !== true) continue;
    await mkdir(join(rootfs, 'usr', name), { recursive: true });
    await run(['cp', '--archive', '--link', '--force', `${path}/.`, join(rootfs, 'usr', name)], { timeoutMs: extractMs });
    await rm(path, { recursive: true });
    await symlink(`usr/${name}`, path);
  }
}

async function removeUnread(rootfs: string): Promise<void> {
  for (const path of unread) await rm(join(rootfs, path), { recursive: true, force: true });
  for (const path of ['var/cache', 'var/log']) await mkdir(join(rootfs, path), { recursive: true });
  const documents = join(rootfs, 'usr/share/doc');
  for (const name of await readdir(documents)) {
    const files = await readdir(join(documents, name)).catch(() => []);
    for (const file of files) if (file !== 'copyright') await rm(join(documents, name, file), { recursive: true });
  }
  for await (const path of glob('usr/lib/python3/dist-packages/*/**/tests', { cwd: rootfs }))
    await rm(join(rootfs, path), { recursive: true, force: true });
}

/**
 * Does what a container needs of the scripts that a package manager would run: users, certificates, the linker's cache, and the
 * links that Debian calls alternatives. What nobody reads goes.
 */
export async function configure(rootfs: string): Promise<void> {
  await removeUnread(rootfs);
  const copies = {
    'usr/share/base-passwd/passwd.master': 'etc/passwd',
    'usr/share/base-passwd/group.master': 'etc/group',
    'usr/share/libc-bin/nsswitch.conf': 'etc/nsswitch.conf',
  };
  for (const [from, to] of Object.entries(copies)) await copyFile(join(rootfs, from), join(rootfs, to));
  await writeFile(join(rootfs, 'etc/hosts'), '127.0.0.1 localhost\n');
  await writeFile(join(rootfs, 'etc/resolv.conf'), '');
  await mkdir(join(rootfs, 'etc/ssl/certs'), { recursive: true });
  await writeFile(join(rootfs, authorities), '');
  for await (const path of glob('usr/share/ca-certificates/mozilla/*.crt', { cwd: rootfs })) {
    await appendFile(join(rootfs, authorities), await readFile(join(rootfs, path)));
  }
  await linkIfThere(rootfs, 'usr/bin/awk', 'mawk');
  await linkIfThere(rootfs, 'usr/bin/which', 'which.debianutils');
  await linkIfThere(rootfs, 'usr/bin/python', 'python3');
  await linkLinearAlgebra(rootfs);
  await run(['ldconfig', '-r', rootfs], { timeoutMs: extractMs });
}

/** Where a tree made by `unpack` has the certificates of authorities. */
export const authorities = 'etc/ssl/certs/ca-certificates.crt';

/** Of several packages with the BLAS and LAPACK interfaces the first here is taken. */
async function linkLinearAlgebra(rootfs: string): Promise<void> {
  for (const implementation of ['openblas-pthread', 'lapack', 'blas']) {
    for await (const path of glob(`usr/lib/*/${implementation}/lib*.so.*`, { cwd: rootfs })) {
      const target = join(path, '../..', basename(path));
      await linkIfThere(rootfs, target, `${implementation}/${basename(path)}`);
    }
  }
}

/** A link, unless there is something of its name already. `to` is beside it. */
async function linkIfThere(rootfs: string, path: string, to: string): Promise<void> {
  const target = join(rootfs, path, '..', to);
  const isThere = async (wanted: string): Promise<boolean> =>
    await access(wanted).then(
      () => true,
      () => false,
    );
  if ((await isThere(target)) && !(await isThere(join(rootfs, path)))) await symlink(to, join(rootfs, path));
}
