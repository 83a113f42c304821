/*
 * Runs a compiled forest or network without a C library or a dynamic loader: the same way on this machine and under qemu for
 * another one. `runner compiled.so < rows > predictions`, until there are no more: three 64-bit numbers (rows, features,
 * whether margins are wanted), then the rows as floats. Written for each: as many floats as each row has, then those.
 *
 * Loads what clang and lld make of native/forest.c and native/network/main.c, and no more: ELF64, relative relocations, no imports.
 */
#include "elf64.h"
#include "system-call.h"
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
enum { SYS_READ = 0, SYS_WRITE = 1, SYS_OPEN = 257, SYS_LSEEK = 8, SYS_MMAP = 9, SYS_EXIT = 231, RELATIVE = 8 };
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call run\n");
#elif defined(__aarch64__)
enum { SYS_READ = 63, SYS_WRITE = 64, SYS_OPEN = 56, SYS_LSEEK = 62, SYS_MMAP = 222, SYS_EXIT = 94, RELATIVE = 1027 };
__asm__(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  bl run\n");
#else
#error "no runner for this processor"
#endif

enum { PROT_RWX = 7, MAP_PRIVATE_ANONYMOUS = 0x22, AT_CWD = -100, SEEK_END = 2, LIBRARY_MAX = 1 << 28, ROWS_MAX = 1 << 28 };

static void fail(const char *why, long length) {
  call(SYS_WRITE, 2, (long)why, length, 0, 0, 0);
  call(SYS_EXIT, 1, 0, 0, 0, 0, 0);
}
#define FAIL(why) fail(why "\n", sizeof(why))

static void *allocate(size_t size) {
  const long at = call(SYS_MMAP, 0, (long)(size == 0 ? 1 : size), PROT_RWX, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (at < 0 && at > -4096) FAIL("there is not enough memory");
  return (void *)at;
}

static size_t read_all(long file, void *into, size_t size) {
  size_t done = 0;
  while (done < size) {
    const long count = call(SYS_READ, file, (long)((char *)into + done), (long)(size - done), 0, 0, 0);
    if (count <= 0) break;
    done += (size_t)count;
  }
  return done;
}

static void write_all(const char *from, size_t size) {
  for (size_t done = 0; done < size;) {
    const long count = call(SYS_WRITE, 1, (long)(from + done), (long)(size - done), 0, 0, 0);
    if (count <= 0) FAIL("nobody takes the predictions");
    done += (size_t)count;
  }
}

static int same(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a += 1, b += 1;
  return *a == *b;
}

struct library {
  char *base;
  const Elf64_Sym *symbols;
  const char *names;
  size_t count;
};

static struct library load(const char *path) {
  const long file = call(SYS_OPEN, AT_CWD, (long)path, 0, 0, 0, 0);
  if (file < 0) FAIL("the library does not open");
  char *image = allocate(LIBRARY_MAX);
  const size_t length = read_all(file, image, LIBRARY_MAX);
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
  if (length < sizeof *header || *(const uint32_t *)image != 0x464c457f || header->e_ident[EI_CLASS] != ELFCLASS64) FAIL("the library is not ELF64");
  const Elf64_Phdr *segments = (const Elf64_Phdr *)(image + header->e_phoff);
  size_t size = 0;
  for (int i = 0; i < header->e_phnum; i += 1)
    if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr + segments[i].p_memsz > size) size = segments[i].p_vaddr + segments[i].p_memsz;
  struct library library = {.base = allocate(size)};
  const Elf64_Dyn *dynamic = NULL;
  for (int i = 0; i < header->e_phnum; i += 1) {
    const Elf64_Phdr *segment = segments + i;
    if (segment->p_type == PT_LOAD)
      for (size_t at = 0; at < segment->p_filesz; at += 1) library.base[segment->p_vaddr + at] = image[segment->p_offset + at];
    if (segment->p_type == PT_DYNAMIC) dynamic = (const Elf64_Dyn *)(library.base + segment->p_vaddr);
  }
  const Elf64_Rela *relocations = NULL;
  size_t relocation_bytes = 0;
  for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic += 1) {
    char *at = library.base + dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_SYMTAB) library.symbols = (const Elf64_Sym *)at;
    if (dynamic->d_tag == DT_STRTAB) library.names = at;
    if (dynamic->d_tag == DT_HASH) library.count = ((const uint32_t *)at)[1];
    if (dynamic->d_tag == DT_RELA) relocations = (const Elf64_Rela *)at;
    if (dynamic->d_tag == DT_RELASZ) relocation_bytes = dynamic->d_un.d_val;
    if (dynamic->d_tag == DT_NEEDED) FAIL("the library needs another one");
  }
  for (size_t i = 0; i < relocation_bytes / sizeof *relocations; i += 1) {
    if (ELF64_R_TYPE(relocations[i].r_info) != RELATIVE) FAIL("the library has an import");
    *(uint64_t *)(library.base + relocations[i].r_offset) = (uint64_t)library.base + (uint64_t)relocations[i].r_addend;
  }
  return library;
}

static void *find_any(const struct library *library, const char *name) {
  for (size_t i = 0; i < library->count; i += 1)
    if (library->symbols[i].st_value != 0 && same(library->names + library->symbols[i].st_name, name)) return library->base + library->symbols[i].st_value;
  return NULL;
}

static void *find(const struct library *library, const char *name) {
  void *found = find_any(library, name);
  if (found == NULL) FAIL("the library lacks a function");
  return found;
}

/* A network's weights are the end of compiled.params, beside its compiled.so. */
static void read_weights(const char *library_path, char *into, size_t size) {
  enum { PATH_SIZE = 4096 };
  char path[PATH_SIZE];
  size_t length = 0;
  while (library_path[length] != 0 && length < PATH_SIZE - sizeof "params") path[length] = library_path[length], length += 1;
  while (length > 0 && path[length - 1] != '.') length -= 1;
  for (size_t i = 0; i < sizeof "params"; i += 1) path[length + i] = "params"[i];
  const long file = call(SYS_OPEN, AT_CWD, (long)path, 0, 0, 0, 0);
  if (file < 0) FAIL("the weights do not open");
  const long end = call(SYS_LSEEK, file, -(long)size, SEEK_END, 0, 0, 0);
  if (end < 0 || read_all(file, into, size) != size) FAIL("there are fewer weights than the network has");
}

void run(long *stack) {
  if (stack[0] != 2) FAIL("which library?");
  const struct library library = load((const char *)stack[2]);
  const int32_t (*features)(void) = (const int32_t (*)(void))find(&library, "cloister_features");
  const int32_t (*outputs)(int32_t) = (const int32_t (*)(int32_t))find(&library, "cloister_outputs");
  const int64_t (*scratch)(void) = (const int64_t (*)(void))find(&library, "cloister_scratch");
  void (*predict)(const float *, int64_t, int64_t, int32_t, float *, float *) = (void (*)(const float *, int64_t, int64_t, int32_t, float *, float *))find(&library, "cloister_predict");
  float *working = allocate((size_t)scratch() * sizeof(float));
  const int64_t (*weights)(void) = (const int64_t (*)(void))find_any(&library, "cloister_weights");
  if (weights != NULL) read_weights((const char *)stack[2], (char *)working, (size_t)weights() * sizeof(float));
  int64_t asked[3];
  float *rows = NULL;
  char *out = NULL;
  int64_t room = -1;
  for (size_t got; (got = read_all(0, asked, sizeof asked)) != 0;) {
    if (got != sizeof asked || asked[0] < 0 || asked[0] > ROWS_MAX || asked[1] != features()) FAIL("the rows have another number of features");
    /* Of margins there are at least as many as of predictions. */
    const int64_t width = outputs((int32_t)asked[2]);
    if (asked[0] > room) {
      room = asked[0];
      rows = allocate((size_t)(room * asked[1]) * sizeof(float));
      out = allocate((size_t)(room * outputs(1)) * sizeof(float));
    }
    const size_t row_bytes = (size_t)(asked[0] * asked[1]) * sizeof(float);
    if (read_all(0, rows, row_bytes) != row_bytes) FAIL("there are fewer rows than said");
    predict(rows, asked[0], asked[1], (int32_t)asked[2], working, (float *)out);
    write_all((const char *)&width, sizeof width);
    write_all(out, (size_t)(asked[0] * width) * sizeof(float));
  }
  call(SYS_EXIT, 0, 0, 0, 0, 0, 0);
}
