// SPDX-License-Identifier: MIT
#include "proc/launch.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/sanitized.h"
#include "base/text.h"
#include "base/version.h"
#include "proc/fdpass.h"
#include "proc/forkserver_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONTROL = STDERR_FILENO + 1 }; // where the program finds its socket

// Both begin with the version, so that programs of two versions understand that they are.
struct order_message {
    char version[32];
    int32_t parent;
    uint32_t level;
    uint64_t max_pixels, job_seconds, cpu_seconds;
};

struct answer_message {
    char version[32];
    uint32_t walls, missing, formats;
};

static const char own_version[32] = EDGEFETCH_VERSION;

// ---- the side that launches ----

// Signals of the terminal must not end the program before it ignores them.
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &all);
    posix_spawnattr_setsigdefault(attributes, &all);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

// The socket first: it may have one of the numbers that are opened behind it. Sanitizers' reports
// stay to be seen.
static int set_descriptors(posix_spawn_file_actions_t *actions, int control)
{
    int error = posix_spawn_file_actions_adddup2(actions, control, CONTROL);
    for (int i = STDIN_FILENO; i < STDERR_FILENO + !SANITIZED && error == 0; i++)
        error = posix_spawn_file_actions_addopen(actions, i, "/dev/null", O_RDWR, 0);
    return error;
}

// 0, or an errno.
static int spawn(const char *program, int control, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char name[] = "edgefetch-worker";
    char *const arguments[] = {name, NULL};
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = set_attributes(&attributes);
        if (error == 0)
            error = set_descriptors(&actions, control);
        if (error == 0)
            error = posix_spawn(pid, program, &actions, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static bool is_readable_in_time(int socket)
{
    const int64_t deadline = clock_us() + WAIT_WORKER_START_MS * 1000;
    struct pollfd polled = {.fd = socket, .events = POLLIN};
    for (int64_t left = WAIT_WORKER_START_MS; left > 0; left = (deadline - clock_us()) / 1000) {
        const int ready = poll(&polled, 1, (int)left);
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
    return false;
}

// NULL, or what is wrong with the program.
static const char *ask(int control, const struct launch_order *order, struct launch_answer *answer)
{
    struct order_message asked = {
        .parent = getpid(),
        .level = (uint32_t)order->level,
        .max_pixels = order->max_pixels,
        .job_seconds = order->job_seconds,
        .cpu_seconds = order->cpu_seconds,
    };
    struct answer_message told;
    int descriptors[FDPASS_MAX];
    size_t count;
    memcpy(asked.version, own_version, sizeof asked.version);
    if (fdpass_send(control, &asked, sizeof asked, NULL, 0) != 0)
        return "ended without an answer";
    if (!is_readable_in_time(control))
        return "does not answer";
    const ssize_t size = fdpass_receive(control, &told, sizeof told, descriptors, &count);
    if (size <= 0)
        return "ended without an answer";
    if (size != (ssize_t)sizeof told)
        return "is not edgefetch-worker";
    if (memcmp(told.version, own_version, sizeof own_version) != 0)
        return "is of another version than this library, " EDGEFETCH_VERSION;
    *answer = (struct launch_answer){told.walls, told.missing, told.formats};
    return NULL;
}

struct forkserver *launch(const char *program, const struct launch_order *order,
                          struct launch_answer *answer, char *why, size_t size)
{
    char shown[LIMIT_PATH_BYTES];
    int pair[2];
    pid_t pid;
    text_printable(program, shown, sizeof shown);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        snprintf(why, size, "no socket for the worker program: %s", strerror(errno));
        return NULL;
    }
    const int error = spawn(program, pair[1], &pid);
    close(pair[1]);
    if (error != 0) {
        snprintf(why, size, "the worker program %s cannot be started: %s", shown, strerror(error));
        close(pair[0]);
        return NULL;
    }
    const char *fault = ask(pair[0], order, answer);
    struct forkserver *forkserver = forkserver_of(pair[0], pid);
    if (fault == NULL && forkserver != NULL)
        return forkserver;
    snprintf(why, size, "the worker program %s %s", shown,
             fault != NULL ? fault : "finds no memory left");
    forkserver_stop(forkserver);
    return NULL;
}

// ---- the program that is launched ----

static bool receive_order(struct order_message *order)
{
    int descriptors[FDPASS_MAX];
    size_t count;
    const ssize_t size = fdpass_receive(CONTROL, order, sizeof *order, descriptors, &count);
    if (size < 0 && (errno == ENOTSOCK || errno == EBADF))
        return false;
    if (size != (ssize_t)sizeof *order)
        memset(order, 0, sizeof *order); // which is no version
    return true;
}

int launch_serve(forkserver_child *child, unsigned formats)
{
    struct order_message order;
    struct answer_message told = {.formats = formats};
    struct sandbox sandbox;
    if (!receive_order(&order)) {
        log_error("this program is started by libedgefetch-run; the one for people is edgefetch");
        return 2;
    }
    const bool same = memcmp(order.version, own_version, sizeof own_version) == 0;
    if (same) {
        sandbox = (struct sandbox){.max_pixels = order.max_pixels,
                                   .job_seconds = order.job_seconds,
                                   .cpu_seconds = order.cpu_seconds};
        told.missing = sandbox_prepare(&sandbox, (enum sandbox_level)order.level);
        told.walls = sandbox.walls;
    }
    memcpy(told.version, own_version, sizeof told.version);
    if (fdpass_send(CONTROL, &told, sizeof told, NULL, 0) != 0 || !same)
        return 1;
    forkserver_loop(CONTROL, order.parent, child, &sandbox);
}
