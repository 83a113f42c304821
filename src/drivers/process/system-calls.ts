import { arch } from 'node:process';
import { assert } from '../../stdx/assert.ts';

/** Numbers of system calls by processor: https://github.com/torvalds/linux, arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h */
const numbers = {
  access: { x64: 21 },
  arch_prctl: { x64: 158 },
  brk: { x64: 12, arm64: 214 },
  clock_gettime: { x64: 228, arm64: 113 },
  clock_nanosleep: { x64: 230, arm64: 115 },
  clone: { x64: 56, arm64: 220 },
  clone3: { x64: 435, arm64: 435 },
  close: { x64: 3, arm64: 57 },
  execve: { x64: 59, arm64: 221 },
  exit: { x64: 60, arm64: 93 },
  exit_group: { x64: 231, arm64: 94 },
  faccessat: { x64: 269, arm64: 48 },
  fcntl: { x64: 72, arm64: 25 },
  fstat: { x64: 5, arm64: 80 },
  futex: { x64: 202, arm64: 98 },
  getegid: { x64: 108, arm64: 177 },
  geteuid: { x64: 107, arm64: 175 },
  getgid: { x64: 104, arm64: 176 },
  getpid: { x64: 39, arm64: 172 },
  getrandom: { x64: 318, arm64: 278 },
  gettid: { x64: 186, arm64: 178 },
  getuid: { x64: 102, arm64: 174 },
  lseek: { x64: 8, arm64: 62 },
  madvise: { x64: 28, arm64: 233 },
  membarrier: { x64: 324, arm64: 283 },
  mmap: { x64: 9, arm64: 222 },
  mprotect: { x64: 10, arm64: 226 },
  mremap: { x64: 25, arm64: 216 },
  munmap: { x64: 11, arm64: 215 },
  newfstatat: { x64: 262, arm64: 79 },
  openat: { x64: 257, arm64: 56 },
  pread64: { x64: 17, arm64: 67 },
  prlimit64: { x64: 302, arm64: 261 },
  read: { x64: 0, arm64: 63 },
  readlink: { x64: 89 },
  readlinkat: { x64: 267, arm64: 78 },
  rseq: { x64: 334, arm64: 293 },
  rt_sigaction: { x64: 13, arm64: 134 },
  rt_sigprocmask: { x64: 14, arm64: 135 },
  rt_sigreturn: { x64: 15, arm64: 139 },
  sched_getaffinity: { x64: 204, arm64: 123 },
  sched_yield: { x64: 24, arm64: 124 },
  set_robust_list: { x64: 273, arm64: 99 },
  set_tid_address: { x64: 218, arm64: 96 },
  sigaltstack: { x64: 131, arm64: 132 },
  sysinfo: { x64: 99, arm64: 179 },
  tgkill: { x64: 234, arm64: 131 },
  uname: { x64: 63, arm64: 160 },
  wait4: { x64: 61, arm64: 260 },
  write: { x64: 1, arm64: 64 },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<NodeJS.Architecture, number>>>>>;

type SystemCall = keyof typeof numbers;

/** What of a call is looked at: the lower half of one argument, of which some bits must not be set, or one must. */
interface Condition {
  readonly argument: number;
  readonly bits: number;
  readonly mustBeSet: boolean;
}

/** `wait4` and `close` are those of bubblewrap's own first process. */
const ofRunners: readonly SystemCall[] = ['execve', 'read', 'write', 'lseek', 'exit', 'exit_group', 'wait4', 'close'];

/** What qemu, and the C library in it, do beside that to start and to run a program that does no more than the above. */
const ofEmulators: readonly SystemCall[] = [
  ...([
    'access',
    'arch_prctl',
    'brk',
    'clock_gettime',
    'clock_nanosleep',
    'faccessat',
    'fcntl',
    'fstat',
    'futex',
    'getegid',
    'geteuid',
    'getgid',
    'getpid',
  ] as const),
  ...(['getrandom', 'gettid', 'getuid', 'madvise', 'mprotect', 'mremap', 'munmap', 'newfstatat', 'pread64', 'prlimit64', 'readlink'] as const),
  ...(['readlinkat', 'rseq', 'rt_sigaction', 'rt_sigprocmask', 'rt_sigreturn', 'sched_getaffinity', 'sched_yield', 'set_robust_list'] as const),
  ...(['set_tid_address', 'sigaltstack', 'sysinfo', 'tgkill', 'uname'] as const),
];

/** Writing, creating, cutting off, and files without a name. */
const openToWrite: Condition = { argument: 2, bits: 0o20_001_103, mustBeSet: false };
/** Shared memory is not in what the limit of data counts. */
const mapShared: Condition = { argument: 3, bits: 1, mustBeSet: false };
/** Threads, no processes. */
const cloneThread: Condition = { argument: 0, bits: 0x1_0000, mustBeSet: true };

/** https://github.com/torvalds/linux, include/uapi/linux/audit.h: the numbers above mean nothing for another processor's calls. */
const processors: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };

/** https://github.com/torvalds/linux, include/uapi/linux/bpf_common.h, seccomp.h */
const [loadWord, jumpIfEqual, jumpIfSet, answer] = [0x20, 0x15, 0x45, 0x06];
const [kill, allow, notThere] = [0x8000_0000, 0x7fff_0000, 0x0005_0026];
const [numberAt, processorAt, argumentsAt] = [0, 4, 16];
const instructionBytes = 8;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * A filter for seccomp that ends a process at any system call but those of a compiled model's runner
 * (images/compiler/native/runner.c), or of an emulator that runs one. Files open for reading only.
 */
export function systemCallFilter({ emulated }: { readonly emulated: boolean }): Buffer {
  const processor = processors[arch];
  assert(processor !== undefined, `artefacts run on processors that are known, not on ${arch}`);
  const always = [...ofRunners, ...(emulated ? ofEmulators : [])];
  const program: readonly Instruction[] = [
    [loadWord, 0, 0, processorAt],
    [jumpIfEqual, 1, 0, processor],
    [answer, 0, 0, kill],
    [loadWord, 0, 0, numberAt],
    ...always.flatMap((name) => when(name, [[answer, 0, 0, allow]])),
    ...when('openat', on(openToWrite)),
    ...when('mmap', on(mapShared)),
    // The C library asks for these first and does without.
    ...(emulated
      ? [...when('clone', on(cloneThread)), ...when('clone3', [[answer, 0, 0, notThere]]), ...when('membarrier', [[answer, 0, 0, notThere]])]
      : []),
    [answer, 0, 0, kill],
  ];
  return encoded(program);
}

/** Without an instruction where this processor has no such call. */
function when(name: SystemCall, then: readonly Instruction[]): readonly Instruction[] {
  const number = (numbers[name] as Readonly<Partial<Record<NodeJS.Architecture, number>>>)[arch];
  return number === undefined ? [] : [[jumpIfEqual, 0, then.length, number], ...then];
}

const on = ({ argument, bits, mustBeSet }: Condition): readonly Instruction[] => [
  [loadWord, 0, 0, argumentsAt + argument * 8],
  [jumpIfSet, mustBeSet ? 1 : 0, mustBeSet ? 0 : 1, bits],
  [answer, 0, 0, kill],
  [answer, 0, 0, allow],
];

function encoded(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * instructionBytes);
  program.forEach(([code, ifTrue, ifFalse, value], index) => {
    const at = index * instructionBytes;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(value, at + 4);
  });
  return bytes;
}
