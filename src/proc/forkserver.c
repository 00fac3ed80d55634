// SPDX-License-Identifier: MIT
// Main's side of the fork server; the other one is forkserver_loop.c.
#include "proc/forkserver.h"

#include "base/clock.h"
#include "base/limits.h"
#include "proc/fdpass.h"
#include "proc/forkserver_loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct forkserver {
    int control;
    pid_t pid;
};

static int count_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;
    if (tasks == NULL)
        return 1; // no /proc to ask: the caller's word has to do
    for (const struct dirent *entry = readdir(tasks); entry != NULL; entry = readdir(tasks))
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

struct forkserver *forkserver_of(int control, pid_t pid)
{
    struct forkserver *forkserver = malloc(sizeof *forkserver);
    if (forkserver != NULL && fcntl(control, F_SETFL, O_NONBLOCK) == 0) {
        *forkserver = (struct forkserver){control, pid};
        return forkserver;
    }
    const int error = errno;
    free(forkserver);
    close(control);
    waitpid(pid, NULL, 0);
    errno = error;
    return NULL;
}

struct forkserver *forkserver_start(forkserver_child *child, const void *context)
{
    int pair[2];
    const pid_t parent = getpid();
    if (count_threads() > 1) {
        errno = EBUSY;
        return NULL;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return NULL;
    const pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        forkserver_loop(pair[1], parent, child, context);
    }
    close(pair[1]);
    if (pid > 0)
        return forkserver_of(pair[0], pid);
    close(pair[0]);
    return NULL;
}

int forkserver_socket(const struct forkserver *forkserver)
{
    return forkserver->control;
}

static int request(struct forkserver *forkserver, enum forkserver_request kind, uint64_t id,
                   unsigned wish)
{
    const struct forkserver_message message = {.kind = (uint32_t)kind, .wish = wish, .id = id};
    return fdpass_send(forkserver->control, &message, sizeof message, NULL, 0);
}

int forkserver_spawn(struct forkserver *forkserver, uint64_t id, unsigned wish)
{
    return request(forkserver, FORKSERVER_REQUEST_SPAWN, id, wish);
}

int forkserver_kill(struct forkserver *forkserver, uint64_t id)
{
    return request(forkserver, FORKSERVER_REQUEST_KILL, id, 0);
}

int forkserver_next(struct forkserver *forkserver, struct forkserver_event *event)
{
    struct forkserver_message message;
    int descriptors[FDPASS_MAX];
    size_t count;
    const ssize_t size =
        fdpass_receive(forkserver->control, &message, sizeof message, descriptors, &count);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (size != (ssize_t)sizeof message)
        return -1;
    *event = (struct forkserver_event){
        .kind = message.kind == FORKSERVER_REPORT_DIED ? FORKSERVER_DIED : FORKSERVER_SPAWNED,
        .id = message.id,
        .pid = message.pid,
        .socket = count > 0 ? descriptors[0] : -1,
        .error = message.error,
        .status = message.status,
        .cpu_us = message.cpu_us,
        .peak_kib = message.peak_kib,
    };
    return 1;
}

// Waits for the process, but not for ever.
static bool has_ended_in_time(pid_t pid, struct rusage *usage)
{
    const struct timespec step = {.tv_nsec = 1000000};
    const int64_t deadline = clock_us() + WAIT_FORKSERVER_STOP_MS * 1000;
    while (clock_us() < deadline) {
        const pid_t ended = wait4(pid, NULL, WNOHANG, usage);
        if (ended == pid || (ended < 0 && errno != EINTR))
            return true;
        nanosleep(&step, NULL);
    }
    return false;
}

static int64_t microseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

struct forkserver_usage forkserver_stop(struct forkserver *forkserver)
{
    // Of this child alone: a shell that has started us by exec leaves us the figures of its own.
    struct rusage usage = {0};
    if (forkserver == NULL)
        return (struct forkserver_usage){0};
    close(forkserver->control);
    if (!has_ended_in_time(forkserver->pid, &usage)) { // stopped by somebody; its workers go, too
        kill(forkserver->pid, SIGKILL);
        while (wait4(forkserver->pid, NULL, 0, &usage) < 0 && errno == EINTR)
            ;
    }
    free(forkserver);
    return (struct forkserver_usage){
        .cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
        .peak_bytes = (uint64_t)usage.ru_maxrss * 1024,
    };
}
