import { refuse } from './input-error.ts';

/** What clang is told of a processor. */
export interface Target {
  readonly triple: string;
  readonly cpu: string;
  /** Of clang: `+avx2`. */
  readonly features: readonly string[];
}

const x86 = (cpu: string): Target => ({ triple: 'x86_64-linux-gnu', cpu, features: [] });
const arm64 = (cpu: string): Target => ({ triple: 'aarch64-linux-gnu', cpu, features: [] });

/** TargetDevice, of which it is published what processor it has: https://aws.amazon.com/ec2/instance-types/, boards' data sheets. */
const devices: Readonly<Record<string, Target>> = {
  lambda: x86('haswell'),
  ml_c4: x86('haswell'),
  ml_m4: x86('broadwell'),
  ml_c5: x86('skylake-avx512'),
  ml_m5: x86('skylake-avx512'),
  ml_c6g: arm64('neoverse-n1'),
  ml_m6g: arm64('neoverse-n1'),
  rasp4b: arm64('cortex-a72'),
  rk3399: arm64('cortex-a53'),
  imx8qm: arm64('cortex-a53'),
  imx8mplus: arm64('cortex-a53'),
};

/** TargetPlatform without an accelerator: any processor of that kind. */
const platforms: Readonly<Record<string, Target>> = {
  'LINUX X86_64': x86('x86-64'),
  'LINUX ARM64': arm64('generic'),
};

/** Values of CompilerOptions' `mcpu` and `mattr` that are passed on. Nothing else ever becomes a parameter of a program. */
const cpus: Readonly<Record<string, readonly string[]>> = {
  'x86_64-linux-gnu': [
    'x86-64',
    'x86-64-v2',
    'x86-64-v3',
    'x86-64-v4',
    'haswell',
    'broadwell',
    'skylake',
    'skylake-avx512',
    'cascadelake',
    'icelake-server',
    'znver1',
    'znver2',
    'znver3',
  ],
  'aarch64-linux-gnu': [
    'generic',
    'cortex-a53',
    'cortex-a55',
    'cortex-a57',
    'cortex-a72',
    'cortex-a73',
    'cortex-a76',
    'neoverse-n1',
    'neoverse-v1',
    'neoverse-n2',
  ],
};

const attributes: Readonly<Record<string, readonly string[]>> = {
  'x86_64-linux-gnu': ['avx', 'avx2', 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl', 'fma', 'sse4.1', 'sse4.2'],
  'aarch64-linux-gnu': ['neon', 'crc', 'fullfp16', 'dotprod'],
};

export interface CompilerOptions {
  readonly mcpu?: string;
  /** `['+avx2', '-fma']` */
  readonly mattr?: readonly string[];
}

/** What the processors have that `cpu` stands for and older ones lack, in the words of `/proc/cpuinfo`. */
const flags: Readonly<Record<string, readonly string[]>> = {
  'x86-64-v2': ['sse4_2'],
  'x86-64-v3': ['avx2', 'fma', 'bmi2'],
  'x86-64-v4': ['avx2', 'fma', 'bmi2', 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
};
const levels: Readonly<Record<string, string>> = {
  haswell: 'x86-64-v3',
  broadwell: 'x86-64-v3',
  skylake: 'x86-64-v3',
  znver1: 'x86-64-v3',
  znver2: 'x86-64-v3',
  znver3: 'x86-64-v3',
  'skylake-avx512': 'x86-64-v4',
  cascadelake: 'x86-64-v4',
  'icelake-server': 'x86-64-v4',
};

/** By `/proc/cpuinfo`, for a target of x86. */
export function flagsOf({ cpu, features }: Target): readonly string[] {
  const added = features.filter((feature) => feature.startsWith('+')).map((feature) => feature.slice(1).replace('.', '_'));
  return [...(flags[levels[cpu] ?? cpu] ?? []), ...added];
}

/** @param name `ml_c5`, or the words of a TargetPlatform: `LINUX ARM64` */
export function targetOf(name: string, options: CompilerOptions = {}): Target {
  const found = Object.hasOwn(devices, name) ? devices[name] : Object.hasOwn(platforms, name) ? platforms[name] : undefined;
  if (found === undefined) refuse(`there is no code generator for ${name}`);
  const { triple } = found;
  const cpu = options.mcpu ?? found.cpu;
  if (cpus[triple]?.includes(cpu) !== true) refuse(`mcpu ${JSON.stringify(cpu)} is not one of ${cpus[triple]?.join(', ')}`);
  const features = options.mattr ?? [];
  for (const feature of features)
    if (!/^[+-]/u.test(feature) || attributes[triple]?.includes(feature.slice(1)) !== true)
      refuse(`mattr ${JSON.stringify(feature)} is not + or - and one of ${attributes[triple]?.join(', ')}`);
  return { triple, cpu, features };
}
