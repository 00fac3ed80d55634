// SPDX-License-Identifier: MIT
// Straight to the kernel, as an attacker's code would go.
#include "acts.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

pid_t act_parent;

// ---- files ----

static long try_open(const char *argument)
{
    (void)argument;
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long try_create(const char *argument)
{
    return syscall(SYS_openat, AT_FDCWD, argument, O_WRONLY | O_CREAT, 0666);
}

static long try_openat2(const char *argument)
{
    const uint64_t how[3] = {O_RDONLY};
    (void)argument;
    return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how);
}

static long try_stat(const char *argument)
{
    struct stat status;
    (void)argument;
    return syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", &status, 0);
}

static long try_unlink(const char *argument)
{
    return syscall(SYS_unlinkat, AT_FDCWD, argument, 0);
}

static long try_memfd_create(const char *argument)
{
    (void)argument;
    return syscall(SYS_memfd_create, "hostile", 0);
}

static long try_ioctl(const char *argument)
{
    (void)argument;
    return syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI, "x");
}

static long try_fcntl(const char *argument)
{
    (void)argument;
    return syscall(SYS_fcntl, STDERR_FILENO, F_GETFL);
}

// ---- the network ----

static long try_socket(const char *argument)
{
    (void)argument;
    return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static long try_connect(const char *argument)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    (void)argument;
    return syscall(SYS_connect, STDIN_FILENO, &address, sizeof address);
}

// `argument` is a port of 127.0.0.1.
static long try_tcp(const char *argument)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)atoi(argument)),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int tcp = socket(AF_INET, SOCK_STREAM, 0);
    return connect(tcp, (const struct sockaddr *)&address, sizeof address);
}

// `argument` is the name of an abstract socket.
static long try_abstract(const char *argument)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
    strncpy(address.sun_path + 1, argument, sizeof address.sun_path - 2);
    return connect(socket_, (const struct sockaddr *)&address,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argument)));
}

// ---- processes ----

static long try_fork(const char *argument)
{
    (void)argument;
    return fork();
}

static long try_clone3(const char *argument)
{
    const uint64_t arguments[8] = {0};
    (void)argument;
    return syscall(SYS_clone3, arguments, sizeof arguments);
}

static void *do_nothing(void *argument)
{
    return argument;
}

static long try_thread(const char *argument)
{
    pthread_t thread;
    (void)argument;
    return pthread_create(&thread, NULL, do_nothing, NULL) == 0 ? 0 : -1;
}

static long try_execve(const char *argument)
{
    char *const arguments[] = {(char[]){"true"}, NULL};
    (void)argument;
    return syscall(SYS_execve, "/bin/true", arguments, NULL);
}

static long try_ptrace(const char *argument)
{
    (void)argument;
    return syscall(SYS_ptrace, PTRACE_ATTACH, act_parent, 0, 0);
}

static long try_process_vm_readv(const char *argument)
{
    char here;
    const struct iovec local = {&here, 1}, remote = {&act_parent, 1};
    (void)argument;
    return syscall(SYS_process_vm_readv, act_parent, &local, 1, &remote, 1, 0);
}

// A signal that a process ignores unless it asks for it.
static long try_kill(const char *argument)
{
    (void)argument;
    return syscall(SYS_kill, act_parent, SIGURG);
}

// The one signal that a worker may send, to somebody else.
static long try_abort_parent(const char *argument)
{
    (void)argument;
    return syscall(SYS_tgkill, act_parent, act_parent, SIGABRT);
}

static long try_stop_self(const char *argument)
{
    (void)argument;
    return syscall(SYS_tgkill, getpid(), gettid(), SIGSTOP);
}

static long try_pidfd_open(const char *argument)
{
    (void)argument;
    return syscall(SYS_pidfd_open, act_parent, 0);
}

static long try_prlimit(const char *argument)
{
    const struct rlimit none = {0, 0};
    (void)argument;
    return syscall(SYS_prlimit64, act_parent, RLIMIT_CPU, &none, NULL);
}

static long try_shmget(const char *argument)
{
    (void)argument;
    return syscall(SYS_shmget, IPC_PRIVATE, 4096, 0600);
}

// ---- memory ----

static long try_mmap_exec(const char *argument)
{
    (void)argument;
    return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long try_mprotect_exec(const char *argument)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)argument;
    return syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
}

static long try_madvise(const char *argument)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)argument;
    return syscall(SYS_madvise, page, 4096, MADV_DONTFORK); // any advice but two
}

// ---- the kernel ----

static long try_prctl(const char *argument)
{
    (void)argument;
    return syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long try_unshare(const char *argument)
{
    (void)argument;
    return syscall(SYS_unshare, CLONE_NEWUSER);
}

static long try_io_uring_setup(const char *argument)
{
    struct io_uring_params parameters = {0};
    (void)argument;
    return syscall(SYS_io_uring_setup, 1, &parameters);
}

static long try_bpf(const char *argument)
{
    const uint64_t attributes[16] = {0};
    (void)argument;
    return syscall(SYS_bpf, 0, attributes, sizeof attributes);
}

static long try_userfaultfd(const char *argument)
{
    (void)argument;
    return syscall(SYS_userfaultfd, 0);
}

static long try_perf_event_open(const char *argument)
{
    (void)argument;
    return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static long try_keyctl(const char *argument)
{
    (void)argument;
    return syscall(SYS_keyctl, 0, -3, 0, 0, 0);
}

static long try_seccomp(const char *argument)
{
    (void)argument;
    return syscall(SYS_seccomp, 0, 0, NULL);
}

static long try_x32(const char *argument)
{
    (void)argument;
    return syscall(0x40000000 | SYS_getpid);
}

#if defined(__x86_64__)
// getpid() as a 32-bit program asks for it.
static long try_int80(const char *argument)
{
    long result = 20;
    (void)argument;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    return result;
}
#endif

// ---- what is not a system call's fault ----

static long try_abort(const char *argument)
{
    (void)argument;
    abort();
}

static long try_memory(const char *argument)
{
    void *volatile memory = malloc((size_t)1 << 36);
    (void)argument;
    return memory == NULL ? -1 : 0;
}

static long try_spin(const char *argument)
{
    volatile bool on = true;
    (void)argument;
    while (on)
        ;
    return 0;
}

static long try_stderr(const char *argument)
{
    return write(STDERR_FILENO, argument, strlen(argument));
}

static const struct act acts[] = {
    {"open", try_open},
    {"create", try_create},
    {"openat2", try_openat2},
    {"stat", try_stat},
    {"unlink", try_unlink},
    {"memfd_create", try_memfd_create},
    {"ioctl", try_ioctl},
    {"fcntl", try_fcntl},
    {"socket", try_socket},
    {"connect", try_connect},
    {"tcp", try_tcp},
    {"abstract", try_abstract},
    {"fork", try_fork},
    {"clone3", try_clone3},
    {"thread", try_thread},
    {"execve", try_execve},
    {"ptrace", try_ptrace},
    {"process_vm_readv", try_process_vm_readv},
    {"kill", try_kill},
    {"abort_parent", try_abort_parent},
    {"stop_self", try_stop_self},
    {"pidfd_open", try_pidfd_open},
    {"prlimit", try_prlimit},
    {"shmget", try_shmget},
    {"mmap_exec", try_mmap_exec},
    {"mprotect_exec", try_mprotect_exec},
    {"madvise", try_madvise},
    {"prctl", try_prctl},
    {"unshare", try_unshare},
    {"io_uring_setup", try_io_uring_setup},
    {"bpf", try_bpf},
    {"userfaultfd", try_userfaultfd},
    {"perf_event_open", try_perf_event_open},
    {"keyctl", try_keyctl},
    {"seccomp", try_seccomp},
    {"x32", try_x32},
#if defined(__x86_64__)
    {"int80", try_int80},
#endif
    {"abort", try_abort},
    {"memory", try_memory},
    {"spin", try_spin},
    {"stderr", try_stderr},
};

const struct act *act_named(const char *name)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, name) == 0)
            return &acts[i];
    return NULL;
}
