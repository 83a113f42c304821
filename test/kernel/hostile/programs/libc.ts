import { writeFileSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';

/** What is taken of koffi's native part, which the job brings along as data. */
interface Koffi {
  load(path: string): { func(name: string, result: string, parameters: readonly string[]): (...values: unknown[]) => number };
  errno(): number;
}

const native = { exports: {} as Koffi };
process.dlopen(native, '/opt/ml/input/data/train/koffi.node');
const koffi = native.exports;
const library = koffi.load('libc.so.6');

/** On x86-64 and on ARM64: arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl of Linux. */
const numbers = {
  ioctl: [16, 29],
  socket: [41, 198],
  sendto: [44, 206],
  bind: [49, 200],
  setsockopt: [54, 208],
  ptrace: [101, 117],
  pivot_root: [155, 41],
  chroot: [161, 51],
  mount: [165, 40],
  umount2: [166, 39],
  reboot: [169, 142],
  sethostname: [170, 161],
  init_module: [175, 105],
  kexec_load: [246, 104],
  add_key: [248, 217],
  keyctl: [250, 219],
  mknodat: [259, 33],
  clone: [56, 220],
  exit_group: [231, 94],
  unshare: [272, 97],
  perf_event_open: [298, 241],
  open_by_handle_at: [304, 265],
  setns: [308, 268],
  process_vm_readv: [310, 270],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  open_tree: [428, 428],
  fsopen: [430, 430],
  pidfd_open: [434, 434],
} as const;

type Argument = number | string | Uint8Array | null;

/** `OK` with the result, or the name of the error. */
export function call(name: keyof typeof numbers, ...values: readonly Argument[]): string {
  const types = values.map((value) => (typeof value === 'number' ? 'long' : 'void *'));
  const given = values.map((value) => (typeof value === 'string' ? Buffer.from(`${value}\0`) : value));
  const result = library.func('syscall', 'long', ['long', ...types])(numbers[name][process.arch === 'x64' ? 0 : 1], ...given);
  return result < 0 ? getSystemErrorName(-koffi.errno()) : `OK ${result}`;
}

export const descriptorOf = (answer: string): number => (answer.startsWith('OK ') ? Number(answer.slice(3)) : -1);

/**
 * What a child of one thread becomes in namespaces of its own: making a user namespace takes a process of one thread. The
 * child goes on here, and ends here.
 */
export function inChild(flags: number, answers: string, work: () => string): string {
  const signalOfEnd = 17;
  const child = call('clone', flags | signalOfEnd, 0, 0, 0, 0);
  if (child !== 'OK 0') return child;
  writeFileSync(answers, work());
  call('exit_group', 0);
  return '';
}

function socketAddress(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(2, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(address.split('.').map(Number), 4);
  return bytes;
}

/** A UDP packet under another address: IP_FREEBIND lets everybody bind to an address that is not theirs. */
export function sendAs(source: string, destination: string, port: number): string {
  const [internet, datagram, freeBind] = [2, 2, 15];
  const socket = descriptorOf(call('socket', internet, datagram, 0));
  const set = call('setsockopt', socket, 0, freeBind, Buffer.from([1, 0, 0, 0]), 4);
  const bound = call('bind', socket, socketAddress(source, 4_000), 16);
  const sent = call('sendto', socket, Buffer.from('forged'), 6, 0, socketAddress(destination, port), 16);
  return [set, bound, sent].find((answer) => !answer.startsWith('OK')) ?? 'SENT';
}
