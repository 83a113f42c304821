import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';
import type * as Koffi from 'koffi';

/** The few C functions that Node does not offer. Results are the C results: negative means failure, `errno()` says which. */
export interface Libc {
  setns(fileDescriptor: number, namespaceType: number): number;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fileDescriptor: number, level: number, option: number, value: Uint8Array, length: number): number;
  bind(fileDescriptor: number, address: Uint8Array, length: number): number;
  listen(fileDescriptor: number, backlog: number): number;
  close(fileDescriptor: number): number;
  closeRange(first: number, last: number, flags: number): number;
  flock(fileDescriptor: number, operation: number): number;
  send(fileDescriptor: number, bytes: Uint8Array, length: number, flags: number): number;
  recv(fileDescriptor: number, bytes: Uint8Array, length: number, flags: number): number;
  unshare(flags: number): number;
  mount(source: string, target: string, type: string, flags: number, data?: string): number;
  umount2(target: string, flags: number): number;
  /** 0 when there is no such interface in the thread's namespace. */
  ifNameToIndex(name: string): number;
  /** Ends the process at once. `process.abort` does not exist in worker threads. */
  abort(): never;
  errno(): number;
}

let loaded: Libc | undefined;

/** Loads the C library once per thread. Throws a plain sentence where the native module is missing: nothing listens in a namespace then. */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  let koffi: typeof Koffi;
  try {
    koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  } catch (cause) {
    throw new Error(`cannot enter network namespaces: the native module koffi does not load on ${process.platform}-${process.arch}`, { cause });
  }
  const library = koffi.load('libc.so.6');
  return {
    setns: library.func('int setns(int, int)') as Libc['setns'],
    socket: library.func('int socket(int, int, int)') as Libc['socket'],
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)') as Libc['setsockopt'],
    bind: library.func('int bind(int, const void *, uint32_t)') as Libc['bind'],
    listen: library.func('int listen(int, int)') as Libc['listen'],
    close: library.func('int close(int)') as Libc['close'],
    closeRange: closeRangeWith(library.func('long syscall(long, unsigned int, unsigned int, unsigned int)')),
    flock: library.func('int flock(int, int)') as Libc['flock'],
    send: library.func('long send(int, const void *, size_t, int)') as Libc['send'],
    recv: library.func('long recv(int, void *, size_t, int)') as Libc['recv'],
    unshare: library.func('int unshare(int)') as Libc['unshare'],
    mount: mountWith(library.func('int mount(const char *, const char *, const char *, unsigned long, const char *)')),
    umount2: library.func('int umount2(const char *, int)') as Libc['umount2'],
    ifNameToIndex: library.func('unsigned int if_nametoindex(const char *)') as Libc['ifNameToIndex'],
    abort: library.func('void abort()') as unknown as Libc['abort'],
    errno: () => koffi.errno(),
  };
}

/** The C library has a function for it since 2.34 only. The number is the same for all processors. */
const closeRangeNumber = 436;
const closeRangeWith =
  (systemCall: (...parameters: readonly number[]) => number): Libc['closeRange'] =>
  (first, last, flags) =>
    systemCall(closeRangeNumber, first, last, flags);

const mountWith =
  (mount: (...parameters: readonly unknown[]) => number): Libc['mount'] =>
  (source, target, type, flags, data) =>
    mount(source, target, type, flags, data ?? null);

/** A failed system call, with Node's own code (`EADDRINUSE`, …). */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;
  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${call}: ${code}`);
    this.code = code;
  }
}

/** The result of a C call, or `SystemCallError`. */
export function checked(library: Libc, call: string, result: number): number {
  if (result < 0) throw new SystemCallError(call, library.errno());
  return result;
}
