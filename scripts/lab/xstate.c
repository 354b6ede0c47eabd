/*
 * Preloaded into a User Mode Linux kernel of before 6.13, whose room for a process's registers is
 * fixed (HOST_FP_SIZE, 2,696 bytes). Linux takes them only whole (xstateregs_set), and on a processor
 * with AMX they are 11,008 bytes: "ptrace set fp regs failed, errno = 14", and a panic.
 * What the kernel sets is laid over what the process has.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

static long (*next)(enum __ptrace_request, ...);
static char all[65536];

/* At the start: the kernel has an allocator of its own later. */
__attribute__((constructor)) static void find(void) { next = dlsym(RTLD_NEXT, "ptrace"); }

long ptrace(enum __ptrace_request request, ...) {
  va_list rest;
  va_start(rest, request);
  pid_t pid = va_arg(rest, pid_t);
  void *address = va_arg(rest, void *);
  void *data = va_arg(rest, void *);
  va_end(rest);
  if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
    const struct iovec *given = data;
    struct iovec has = {all, sizeof all};
    if (next(PTRACE_GETREGSET, pid, address, &has) == 0 && given->iov_len < has.iov_len) {
      memcpy(all, given->iov_base, given->iov_len);
      return next(request, pid, address, &has);
    }
  }
  return next(request, pid, address, data);
}
