/*
 * What somebody means harm with: what it tries stands in /compiled.so, and what became of it goes to its standard error.
 * As a program it stands where an artefact's runner is (`-DRUNNER`); as a library it is a compiled model, and tries it when
 * it is loaded, or else when it is first asked.
 */
#include "system-call.h"

typedef unsigned long size_t;

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, OPENAT = 257, MMAP = 9, EXIT = 231, SOCKET = 41, CLONE = 56, EXECVE = 59, KILL = 62, PTRACE = 101, UNSHARE = 272,
       MOUNT = 165, CHROOT = 161, SETUID = 105, KEYCTL = 250, URING = 425, MEMFD = 319, CONNECT = 42, PRLIMIT = 302, BPF = 321 };
#ifdef RUNNER
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  and $-16, %rsp\n  call run\n");
#endif
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, OPENAT = 56, MMAP = 222, EXIT = 94, SOCKET = 198, CLONE = 220, EXECVE = 221, KILL = 129, PTRACE = 117, UNSHARE = 97,
       MOUNT = 40, CHROOT = 51, SETUID = 146, KEYCTL = 219, URING = 425, MEMFD = 279, CONNECT = 203, PRLIMIT = 261, BPF = 280 };
#ifdef RUNNER
__asm__(".globl _start\n_start:\n  mov x29, #0\n  bl run\n");
#endif
#endif

enum { HERE = -100, CREATE = 0101, READ_WRITE = 2, WHOLE = 1 << 26, SIGCHLD = 17 };

static size_t length(const char *text) {
  size_t count = 0;
  while (text[count] != 0) count += 1;
  return count;
}

static int is(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a += 1, b += 1;
  return *a == *b;
}

static void tell(const char *text) { call(WRITE, 2, (long)text, (long)length(text), 0, 0, 0); }

static void tell_number(long value) {
  char text[24];
  int at = 23;
  text[at] = 0;
  const int negative = value < 0;
  if (negative) value = -value;
  do text[at -= 1] = (char)('0' + value % 10), value /= 10;
  while (value != 0);
  if (negative) text[at -= 1] = '-';
  tell(text + at);
}

static void end(long code) { call(EXIT, code, 0, 0, 0, 0, 0); }

static void open_file(const char *path, long flags) {
  const long file = call(OPENAT, HERE, (long)path, flags, 0644, 0, 0);
  tell("open says ");
  tell_number(file);
  if (file < 0) end(2);
  static char text[64];
  const long count = call(READ, file, (long)text, sizeof text - 1, 0, 0, 0);
  if (count > 0) tell(text);
  end(2);
}

static void attempt(const char *what) {
  if (is(what, "socket")) call(SOCKET, 2, 1, 0, 0, 0, 0);
  if (is(what, "unix-socket")) call(SOCKET, 1, 1, 0, 0, 0, 0);
  if (is(what, "connect")) call(CONNECT, 0, 0, 0, 0, 0, 0);
  if (is(what, "fork")) call(CLONE, SIGCHLD, 0, 0, 0, 0, 0);
  if (is(what, "ptrace")) call(PTRACE, 16, 1, 0, 0, 0, 0);
  if (is(what, "kill")) call(KILL, -1, 9, 0, 0, 0, 0);
  if (is(what, "unshare")) call(UNSHARE, 0x10000000, 0, 0, 0, 0, 0);
  if (is(what, "mount")) call(MOUNT, (long)"proc", (long)"/", (long)"proc", 0, 0, 0);
  if (is(what, "chroot")) call(CHROOT, (long)".", 0, 0, 0, 0, 0);
  if (is(what, "setuid")) call(SETUID, 0, 0, 0, 0, 0, 0);
  if (is(what, "keyctl")) call(KEYCTL, 0, -3, 0, 0, 0, 0);
  if (is(what, "uring")) call(URING, 8, 0, 0, 0, 0, 0);
  if (is(what, "memory-file")) call(MEMFD, (long)"x", 0, 0, 0, 0, 0);
  if (is(what, "bpf")) call(BPF, 0, 0, 0, 0, 0, 0);
  if (is(what, "create")) open_file("/new", CREATE);
  if (is(what, "overwrite")) open_file("/compiled.so", READ_WRITE);
  if (is(what, "shadow")) open_file("/etc/shadow", 0);
  if (is(what, "processes")) open_file("/proc/self/environ", 0);
  if (is(what, "above")) open_file("/../../../../etc/shadow", 0);
  if (is(what, "shared-memory")) call(MMAP, 0, WHOLE, 3, 0x21, -1, 0);
  if (is(what, "shell")) {
    tell("execve says ");
    tell_number(call(EXECVE, (long)"/bin/sh", 0, 0, 0, 0, 0));
    end(2);
  }
  if (is(what, "files")) {
    for (int file = 3; file < 1024; file += 1) {
      static char text[64];
      const long count = call(READ, file, (long)text, sizeof text - 1, 0, 0, 0);
      if (file != 3 && count >= 0) tell(text), end(4);
    }
    tell("no other file");
    end(2);
  }
  if (is(what, "memory")) {
    long pieces = 0;
    for (long at; (at = call(MMAP, 0, WHOLE, 3, 0x22, -1, 0)) > 0; pieces += 1) *(volatile char *)at = 1;
    tell("pieces of memory: ");
    tell_number(pieces);
    end(2);
  }
  if (is(what, "loop"))
    for (volatile int turn = 0;; turn += 1) {
    }
  if (is(what, "chatter"))
    for (;;) tell("chatter\n");
  if (is(what, "width") || is(what, "half")) {
    static const char zeros[4096];
    const long width = is(what, "half") ? 4 : 90000000;
    call(WRITE, 1, (long)&width, sizeof width, 0, 0, 0);
    if (width == 4) call(WRITE, 1, (long)zeros, 4, 0, 0, 0);
    for (;;)
      if (width != 4) call(WRITE, 1, (long)zeros, sizeof zeros, 0, 0, 0);
  }
  if (is(what, "terminal")) {
    tell("\033[2J\033]0;title\007\302\233red\r\nnext");
    end(3);
  }
  if (is(what, "crash")) *(volatile int *)8 = 1;
  tell("nobody stopped it");
  end(9);
}

#ifdef RUNNER
void run(void) {
  static char what[64];
  const long file = call(OPENAT, HERE, (long)"/compiled.so", 0, 0, 0, 0);
  call(READ, file, (long)what, sizeof what - 1, 0, 0, 0);
  attempt(what);
}
#else
#ifdef LOADED
__attribute__((constructor)) static void loaded(void) { attempt("socket"); }
#endif
int cloister_features(void) {
#ifdef ASKED
  attempt("socket");
#endif
  return 1;
}
int cloister_outputs(int margins) { return 1; }
long cloister_scratch(void) { return 1; }
void cloister_predict(const float *rows, long count, long stride, int margins, float *scratch, float *out) {
  for (long row = 0; row < count; row += 1) out[row] = rows[row * stride];
}
#endif
