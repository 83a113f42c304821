import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './targets.ts';
import type { ForestCode } from './xgboost/emit-c.ts';

const native = join(import.meta.dirname, 'native');

/** The one compiler for all targets; Debian's name first. */
const compilers = ['clang-14', 'clang'];

/** Strict floating point, no C library, nothing undefined: the artefact runs on any Linux of its target. */
const flags = [
  ['-O3', '-fPIC', '-shared', '-nostdlib', '-ffreestanding', '-fvisibility=hidden', '-fuse-ld=lld'],
  [
    '-fno-math-errno',
    '-fno-builtin',
    '-Wl,--no-undefined',
    '-Wl,-z,noexecstack',
    '-Wl,--build-id=none',
    '-Wl,--hash-style=sysv',
    '-Wno-unused-label',
  ],
].flat();

const textMax = 2_000;

/** Compiles native/forest.c with what was made of a forest to `compiled.so` in a folder. Rejects with what clang said. */
export async function buildForest(folder: string, code: ForestCode, target: Target, signal: AbortSignal): Promise<string> {
  writeFileSync(join(folder, 'forest.h'), code.header);
  writeFileSync(join(folder, 'forest.bin'), code.tables);
  for (const name of ['forest.c', 'expf.h']) copyFileSync(join(native, name), join(folder, name));
  // A fused multiplication would round once where XGBoost rounds twice.
  return await buildLibrary(folder, 'forest.c', { target, contraction: 'off' }, signal);
}

/** Compiles native/network/main.c with `steps.h` to `compiled.so` in a folder. */
export async function buildNetwork(folder: string, steps: string, target: Target, signal: AbortSignal): Promise<string> {
  for (const name of readdirSync(join(native, 'network'))) copyFileSync(join(native, 'network', name), join(folder, name));
  writeFileSync(join(folder, 'steps.h'), steps);
  return await buildLibrary(folder, 'main.c', { target, contraction: 'fast' }, signal);
}

async function buildLibrary(
  folder: string,
  source: string,
  { target, contraction }: { readonly target: Target; readonly contraction: 'off' | 'fast' },
  signal: AbortSignal,
): Promise<string> {
  const cpu = target.triple.startsWith('aarch64') ? `-mcpu=${target.cpu}` : `-march=${target.cpu}`;
  const wide = target.cpu === 'skylake-avx512' ? ['-mprefer-vector-width=512'] : [];
  const features = target.features.flatMap((feature) => ['-Xclang', '-target-feature', '-Xclang', feature]);
  await clang(
    [`--target=${target.triple}`, cpu, ...wide, ...features, `-ffp-contract=${contraction}`, ...flags, source, '-o', 'compiled.so'],
    folder,
    signal,
  );
  return join(folder, 'compiled.so');
}

/** Compiles native/runner.c, which runs a compiled forest of that target, here or under qemu. */
export async function buildRunner(folder: string, { triple }: Target, signal: AbortSignal): Promise<string> {
  for (const name of ['runner.c', 'elf64.h', 'system-call.h']) copyFileSync(join(native, name), join(folder, name));
  const parameters = [
    `--target=${triple}`,
    '-O1',
    '-static',
    '-nostdlib',
    '-ffreestanding',
    '-fno-builtin',
    '-fno-stack-protector',
    '-fuse-ld=lld',
    'runner.c',
    '-o',
    'runner',
  ];
  await clang(parameters, folder, signal);
  return join(folder, 'runner');
}

async function clang(parameters: readonly string[], folder: string, signal: AbortSignal): Promise<void> {
  for (const program of compilers) {
    const child = spawn(program, parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], signal });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-textMax)));
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      if (code === 0) return;
      throw new Error(`${program} ended with ${code}: ${said}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`none of ${compilers.join(', ')} is installed`);
}
