// SPDX-License-Identifier: MIT
// The system calls that decoding, finding edges and encoding need, and no other: anything else
// kills the process at once. None of them takes a path, makes a descriptor that leads anywhere,
// reaches another process or makes memory executable.
#include "proc/sandbox_walls.h"

#ifdef HAVE_SECCOMP

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int allowed[] = {
    // the job: its message, its descriptors, its outputs
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(lseek),
    SCMP_SYS(close),
    // memory
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
    // what libraries use now and then
    SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
    SCMP_SYS(sysinfo), // qsort(), of libwebp: how much memory there is
    // abort(), which tells why on standard error first
    SCMP_SYS(writev), SCMP_SYS(rt_sigprocmask), SCMP_SYS(getpid), SCMP_SYS(gettid),
    // the end
    SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group)};

// Adds what is allowed for some values of the third argument only.
static bool allow_some(scmp_filter_ctx context)
{
    const struct scmp_arg_cmp not_executable = {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    const struct scmp_arg_cmp only_abort = {2, SCMP_CMP_EQ, SIGABRT, 0};
    const struct scmp_arg_cmp give_back = {2, SCMP_CMP_EQ, MADV_DONTNEED, 0};
    const struct scmp_arg_cmp huge_pages = {2, SCMP_CMP_EQ, MADV_HUGEPAGE, 0};
    const uint32_t allow = SCMP_ACT_ALLOW;
    return seccomp_rule_add(context, allow, SCMP_SYS(mmap), 1, not_executable) == 0 &&
           seccomp_rule_add(context, allow, SCMP_SYS(mprotect), 1, not_executable) == 0 &&
           seccomp_rule_add(context, allow, SCMP_SYS(tgkill), 1, only_abort) == 0 &&
           seccomp_rule_add(context, allow, SCMP_SYS(madvise), 1, give_back) == 0 &&
           seccomp_rule_add(context, allow, SCMP_SYS(madvise), 1, huge_pages) == 0;
}

static bool allow(scmp_filter_ctx context)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (seccomp_rule_add(context, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
            return false;
    return allow_some(context);
}

// libseccomp gives its program away through a descriptor only.
static bool export_to(scmp_filter_ctx context, struct sandbox_filter *filter)
{
    struct stat file;
    bool done = false;
    const int memory = memfd_create("edgefetch-filter", MFD_CLOEXEC);
    if (memory < 0)
        return false;
    if (seccomp_export_bpf(context, memory) == 0 && fstat(memory, &file) == 0 && file.st_size > 0 &&
        (size_t)file.st_size <= sizeof filter->code) {
        const size_t size = (size_t)file.st_size;
        filter->count = (unsigned short)(size / sizeof *filter->code);
        done = pread(memory, filter->code, size, 0) == (ssize_t)size;
    }
    close(memory);
    return done;
}

// Calls by another architecture's numbers (32-bit ones, x32) are killed too.
bool sandbox_seccomp_build(struct sandbox_filter *filter)
{
    const scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (context == NULL)
        return false;
    // A library that does not know the optimization leaves the program a little longer.
    (void)seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    const bool done =
        seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
        allow(context) && export_to(context, filter);
    seccomp_release(context);
    return done;
}

static int load(const struct sock_filter *code, unsigned short count)
{
    const struct sock_fprog program = {count, (struct sock_filter *)(uintptr_t)code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -1;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_HALF 0
#else
#define LOW_HALF 4
#endif

// A process id is not known when the list is built, and tgkill() could abort anyone's process. Of
// several filters the kernel takes the strictest answer.
static int allow_signals_to_self_only(void)
{
    const struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + LOW_HALF),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    return load(code, sizeof code / sizeof *code);
}

int sandbox_seccomp_enter(const struct sandbox_filter *filter, const char **failed)
{
    *failed = "seccomp";
    return allow_signals_to_self_only() == 0 && load(filter->code, filter->count) == 0 ? 0 : -1;
}

#else

#include <errno.h>

bool sandbox_seccomp_build(struct sandbox_filter *filter)
{
    (void)filter;
    return false;
}

int sandbox_seccomp_enter(const struct sandbox_filter *filter, const char **failed)
{
    (void)filter;
    *failed = "seccomp";
    errno = ENOSYS;
    return -1;
}

#endif
