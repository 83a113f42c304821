import { copyFile, glob, mkdir, rm } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { arch } from 'node:process';
import { join } from 'node:path';
import { addProgram } from './base-rootfs.ts';
import type { DistributionPackage } from './distribution-packages.ts';
import { configure, unpack } from './distribution-rootfs.ts';
import { inTree } from './in-tree.ts';
import type { Recipe } from './recipe.ts';

/** What clang links programs of its own kind with: headers and libraries of C, other linkers, and what they depend on. The headers of clang itself stay. */
const leftOut = new RegExp(
  String.raw`^(binutils.*|lib(binutils|ctf.*|gprofng.*|jansson.*)|(?!libclang-common-).*-dev(-bin)?|llvm-.*|libclang1-.*|rpcsvc-proto|mawk|` +
    String.raw`lib(gomp|itm|atomic|[altu]+b?san|quadmath|crypt|gc|objc)\d+|lib(com-err|k5crypto|keyutils|krb5.*|gssapi.*|ssl|tirpc.*|nsl|debconfclient)\d*(-.*)?)$`,
  'u',
);

/** Parts of packages that compile or emulate what no artefact is compiled for. */
const unneeded = [
  'usr/lib/llvm-*/lib/clang/*/lib',
  'usr/lib/llvm-*/lib/clang/*/include/{altivec,arm_mve,arm_sve,opencl,riscv}*',
  'usr/lib/llvm-*/build',
  'usr/libexec',
  'usr/share/binfmts',
  'usr/share/perl*',
  'usr/lib/*/gconv',
];

/** The processors of artefacts, by Node's names; this machine's own needs no emulator. */
const emulators: Readonly<Record<string, string>> = { x64: 'qemu-x86_64-static', arm64: 'qemu-aarch64-static' };

export const neededToCompile = (packages: readonly DistributionPackage[]): readonly DistributionPackage[] =>
  packages.filter(({ name }) => !leftOut.test(name));

const tryMs = 60_000;

const isProgram = (path: string): boolean => !/(\.test\.ts|\/cases\.ts|\/packages\.txt)$/u.test(path);

/** clang and lld, emulators for the self-check, the Node that runs us, and `images/compiler`. */
export function compilerRecipe(imagesFolder: string): Recipe {
  const program = join(imagesFolder, 'compiler');
  const names = globSync('**/*.{ts,json,c,h}', { cwd: program }).filter(isProgram).toSorted();
  return {
    folders: ['compiler'],
    files: names.map((path) => join(program, path)),
    madeOf: [process.version, ...names],
    entrypoint: ['/usr/bin/node', '--disable-warning=ExperimentalWarning', '/opt/program/main.ts'],
    environment: {},
    async assemble({ rootfs, signal, tell }, packages: readonly DistributionPackage[]) {
      const kept = neededToCompile(packages);
      tell(`unpacking ${kept.length} packages`);
      await unpack(rootfs, kept, signal);
      await configure(rootfs);
      await removeUnneeded(rootfs);
      await copyFile(process.execPath, join(rootfs, 'usr/bin/node'));
      await mkdir(join(rootfs, 'opt/program'), { recursive: true });
      await addProgram(rootfs, program, 'opt/program', isProgram);
      tell('trying what was put together');
      for (const name of ['clang-14', 'ld.lld-14', 'node', ...emulatorsHere]) {
        await inTree({ root: rootfs, signal }, ['--unshare-net'], {}, [name, '--version'], tryMs);
      }
    },
  };
}

const emulatorsHere = Object.entries(emulators)
  .filter(([processor]) => processor !== arch)
  .map(([, emulator]) => emulator);

async function removeUnneeded(rootfs: string): Promise<void> {
  const all = [...unneeded, 'usr/bin/qemu-*'];
  for (const pattern of all)
    for await (const path of glob(pattern, { cwd: rootfs }))
      if (!emulatorsHere.includes(path.replace('usr/bin/', ''))) await rm(join(rootfs, path), { recursive: true });
}
