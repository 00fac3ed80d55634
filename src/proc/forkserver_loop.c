// SPDX-License-Identifier: MIT
#include "proc/forkserver_loop.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/secrets.h"
#include "proc/fdpass.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// Invariants:
// 1. A pid above 0 in `workers` is a child that has not been reaped, so it cannot be another
// process.
// 2. An id stands in `workers` at most once.
struct state {
    int control, signals;
    forkserver_child *child;
    const void *context;
    struct {
        uint64_t id;
        pid_t pid;
    } workers[LIMIT_WORKERS];
};

static void ignore_group_signals(void)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); // ignored, as some parents leave it, it would let no death be reaped
}

// Nothing of main's belongs here: not its files, not its terminal's input.
static void keep_only(int descriptor)
{
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDIN_FILENO);
        dup2(nowhere, STDOUT_FILENO);
    }
    if (descriptor > STDERR_FILENO + 1)
        close_range(STDERR_FILENO + 1, (unsigned)descriptor - 1, 0);
    close_range((unsigned)descriptor + 1, ~0u, 0);
}

static _Noreturn void become_worker(const struct state *state, int socket, unsigned wish,
                                    pid_t forkserver)
{
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != forkserver) // it died before the line above took effect
        _exit(0);
    prctl(PR_SET_NAME, "ef-worker");
    close(state->control);
    close(state->signals);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    _exit(state->child(socket, wish, state->context));
}

static void spawn(struct state *state, uint64_t id, unsigned wish)
{
    struct forkserver_message report = {.kind = FORKSERVER_REPORT_SPAWNED, .id = id};
    int pair[2] = {-1, -1};
    size_t slot = 0;
    const pid_t self = getpid();
    while (slot < LIMIT_WORKERS && state->workers[slot].pid != 0)
        slot++;
    if (slot == LIMIT_WORKERS) {
        report.error = EAGAIN;
    } else if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        report.error = errno;
    } else {
        const pid_t pid = fork();
        if (pid == 0) {
            close(pair[0]);
            become_worker(state, pair[1], wish, self);
        }
        if (pid < 0) {
            report.error = errno;
        } else {
            state->workers[slot].id = id;
            state->workers[slot].pid = pid;
            report.pid = pid;
        }
    }
    const size_t descriptors = report.error == 0 ? 1 : 0;
    if (fdpass_send(state->control, &report, sizeof report, pair, descriptors) != 0)
        _exit(0); // main is gone
    if (pair[0] >= 0) {
        close(pair[0]);
        close(pair[1]);
    }
}

static void kill_worker(const struct state *state, uint64_t id)
{
    for (size_t i = 0; i < LIMIT_WORKERS; i++)
        if (state->workers[i].pid != 0 && state->workers[i].id == id)
            kill(state->workers[i].pid, SIGKILL);
}

static uint64_t microseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

// Reaps every dead child: one signal can stand for several deaths.
static void reap(struct state *state)
{
    struct rusage usage;
    int status;
    for (pid_t pid = wait4(-1, &status, WNOHANG, &usage); pid > 0;
         pid = wait4(-1, &status, WNOHANG, &usage)) {
        for (size_t i = 0; i < LIMIT_WORKERS; i++) {
            if (state->workers[i].pid != pid)
                continue;
            const struct forkserver_message report = {
                .kind = FORKSERVER_REPORT_DIED,
                .id = state->workers[i].id,
                .pid = pid,
                .status = status,
                .cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
                .peak_kib = (uint64_t)usage.ru_maxrss,
            };
            state->workers[i].pid = 0;
            if (fdpass_send(state->control, &report, sizeof report, NULL, 0) != 0)
                return; // main is gone; the control socket says so next
        }
    }
}

static bool any_worker(const struct state *state)
{
    for (size_t i = 0; i < LIMIT_WORKERS; i++)
        if (state->workers[i].pid != 0)
            return true;
    return false;
}

// Main has closed its end. Workers whose sockets it closed too are leaving; what is still there
// after a moment is busy and is killed.
static _Noreturn void leave(struct state *state)
{
    const int64_t deadline = clock_us() + WAIT_FORKSERVER_GRACE_MS * 1000;
    struct pollfd signals = {.fd = state->signals, .events = POLLIN};
    for (reap(state); any_worker(state) && clock_us() < deadline; reap(state)) {
        struct signalfd_siginfo info;
        if (poll(&signals, 1, 10) > 0 && read(state->signals, &info, sizeof info) < 0)
            break;
    }
    for (size_t i = 0; i < LIMIT_WORKERS; i++)
        if (state->workers[i].pid != 0)
            kill(state->workers[i].pid, SIGKILL);
    while (wait(NULL) > 0)
        ;
    _exit(0);
}

static void serve_request(struct state *state)
{
    struct forkserver_message message;
    int descriptors[FDPASS_MAX];
    size_t count;
    const ssize_t size =
        fdpass_receive(state->control, &message, sizeof message, descriptors, &count);
    if (size != (ssize_t)sizeof message)
        leave(state);
    if (message.kind == FORKSERVER_REQUEST_SPAWN)
        spawn(state, message.id, message.wish);
    else if (message.kind == FORKSERVER_REQUEST_KILL)
        kill_worker(state, message.id);
}

_Noreturn void forkserver_loop(int control, pid_t parent, forkserver_child *child,
                               const void *context)
{
    sigset_t watched;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    prctl(PR_SET_NAME, "ef-forkserver");
    ignore_group_signals();
    keep_only(control);
    secrets_forget(); // they are main's
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_SETMASK, &watched, NULL);
    struct state state = {.control = control, .child = child, .context = context};
    state.signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (state.signals < 0)
        _exit(1);
    struct pollfd polled[2] = {{.fd = state.signals, .events = POLLIN},
                               {.fd = control, .events = POLLIN}};
    for (;;) {
        if (poll(polled, 2, -1) < 0)
            continue;
        if (polled[0].revents != 0) {
            struct signalfd_siginfo info;
            while (read(state.signals, &info, sizeof info) > 0)
                ;
            reap(&state);
        }
        if (polled[1].revents != 0)
            serve_request(&state);
    }
}
