// SPDX-License-Identifier: MIT
// The process side of the origin. Parent and child talk over a SOCK_SEQPACKET pair: the child says
// MESSAGE_READY once, the parent MESSAGE_STOP once, the child answers MESSAGE_REPORT and ends.
#include "origin/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "origin/server.h"

// How long the child may take, in milliseconds.
#define START_MS 10000
#define STOP_MS 2000

// The child's exit status when it has already said why.
#define EXIT_EXPLAINED 3

// Closed one by one where close_range() is missing.
#define DESCRIPTORS_AT_MOST 65536

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};

#define STOP_SIGNALS (sizeof stop_signals / sizeof *stop_signals)

enum message_kind {
    MESSAGE_READY = 1,
    MESSAGE_STOP,
    MESSAGE_REPORT,
};

struct message {
    enum message_kind kind;
    uint16_t port;               // with MESSAGE_READY
    struct origin_report report; // with MESSAGE_REPORT
};

struct origin {
    pid_t child;
    int socket;
    uint16_t port;
};

// --- in the foreground ------------------------------------------------------------------------

// Those of the stop signals that are not ignored: nohup's SIGHUP must not end us, nor must a
// terminal's SIGINT when a shell put us in the background.
static void wanted_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < STOP_SIGNALS; i++) {
        struct sigaction action;
        if (sigaction(stop_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, stop_signals[i]);
    }
}

static int announce_and_wait(uint16_t port, FILE *announce, const sigset_t *signals)
{
    fprintf(announce, "http://127.0.0.1:%u/\n", (unsigned)port);
    if (fflush(announce) != 0) {
        log_error("cannot write the origin's address:");
        return -1;
    }
    int signal;
    while (sigwait(signals, &signal) != 0)
        ;
    return 0;
}

int origin_serve(const struct origin_options *options, FILE *announce)
{
    // Before there are threads, which inherit it: otherwise one of them would get the signal.
    sigset_t signals;
    sigset_t before;
    wanted_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, &before);

    int result = -1;
    struct server *server = server_start(options);
    if (server) {
        result = announce_and_wait(server_port(server), announce, &signals);
        struct origin_report report;
        server_stop(server, &report);
        log_info("served %ju requests, refused %ju, at most %u at once",
                 (uintmax_t)(report.requests - report.refused), (uintmax_t)report.refused,
                 report.most_at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

// --- messages ---------------------------------------------------------------------------------

static bool send_message(int socket, const struct message *message)
{
    ssize_t sent;
    do
        sent = send(socket, message, sizeof *message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof *message;
}

// Waits for one message of the given kind, for ever when `timeout_ms` is -1. Returns false when
// something else came: another kind, the end of the other process, the end of the time.
static bool receive_message(int socket, enum message_kind kind, int timeout_ms,
                            struct message *message)
{
    const int64_t end_us = clock_us() + (int64_t)timeout_ms * 1000;
    struct pollfd ready = {.fd = socket, .events = POLLIN};
    int count;
    do {
        const int64_t left_ms = (end_us - clock_us()) / 1000;
        count = poll(&ready, 1, timeout_ms < 0 ? -1 : left_ms > 0 ? (int)left_ms : 0);
    } while (count < 0 && errno == EINTR);
    if (count <= 0)
        return false;
    return recv(socket, message, sizeof *message, MSG_DONTWAIT) == (ssize_t)sizeof *message &&
           message->kind == kind;
}

// --- in the child -----------------------------------------------------------------------------

// Leaves standard error and the socket, which may get another number. The standard streams may be
// pipes whose readers wait for every writer to close. Returns the socket, or -1.
static int keep_only(int socket)
{
    const int kept = fcntl(socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (kept < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
        return -1;
    const unsigned number = (unsigned)kept;
    if ((number == STDERR_FILENO + 1 || close_range(STDERR_FILENO + 1, number - 1, 0) == 0) &&
        close_range(number + 1, ~0u, 0) == 0)
        return kept;
    for (int descriptor = STDERR_FILENO + 1; descriptor < DESCRIPTORS_AT_MOST; descriptor++)
        if (descriptor != kept)
            close(descriptor);
    return kept;
}

// Returns the exit status.
static int child_serve(const struct origin_options *options, int socket)
{
    struct server *server = server_start(options);
    if (!server)
        return EXIT_EXPLAINED;
    struct message message;
    memset(&message, 0, sizeof message); // the padding as well: it is sent
    message.kind = MESSAGE_READY;
    message.port = server_port(server);
    // Without an answer the parent has gone, and nobody wants the report.
    const bool asked =
        send_message(socket, &message) && receive_message(socket, MESSAGE_STOP, -1, &message);

    memset(&message, 0, sizeof message);
    message.kind = MESSAGE_REPORT;
    server_stop(server, &message.report);
    return asked && send_message(socket, &message) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static _Noreturn void child_run(const struct origin_options *options, int socket, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) // it died before we asked for the signal
        _exit(EXIT_FAILURE);
    prctl(PR_SET_NAME, "ef-origin");
    // Control-C goes to the whole process group; the parent decides when we end.
    for (size_t i = 0; i < STOP_SIGNALS; i++)
        signal(stop_signals[i], SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    socket = keep_only(socket);
    _exit(socket < 0 ? EXIT_FAILURE : child_serve(options, socket));
}

// --- in the parent ----------------------------------------------------------------------------

// Waits for the child's end. Returns its exit status, or -1 when a signal ended it or it is not
// ours any more.
static int reap(pid_t child)
{
    int status;
    pid_t reaped;
    do
        reaped = waitpid(child, &status, 0);
    while (reaped < 0 && errno == EINTR);
    return reaped == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct origin *wait_until_ready(pid_t child, int socket)
{
    struct message message;
    struct origin *origin = malloc(sizeof *origin);
    if (origin && receive_message(socket, MESSAGE_READY, START_MS, &message)) {
        *origin = (struct origin){.child = child, .socket = socket, .port = message.port};
        return origin;
    }
    free(origin);
    close(socket);
    kill(child, SIGKILL); // changes nothing if it is ending already
    if (reap(child) != EXIT_EXPLAINED)
        log_error("the origin's process did not start");
    return NULL;
}

struct origin *origin_start(const struct origin_options *options)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        log_error("cannot start the origin:");
        return NULL;
    }
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0)
        child_run(options, pair[1], parent);
    close(pair[1]); // so that the child's end is the end of the stream
    if (child < 0) {
        log_error("cannot start the origin:");
        close(pair[0]);
        return NULL;
    }
    return wait_until_ready(child, pair[0]);
}

uint16_t origin_port(const struct origin *origin)
{
    return origin->port;
}

int origin_stop(struct origin *origin, struct origin_report *report)
{
    if (report)
        memset(report, 0, sizeof *report);
    if (!origin)
        return 0;
    struct message message;
    memset(&message, 0, sizeof message);
    message.kind = MESSAGE_STOP;
    const bool answered = send_message(origin->socket, &message) &&
                          receive_message(origin->socket, MESSAGE_REPORT, STOP_MS, &message);
    if (!answered)
        kill(origin->child, SIGKILL);
    // Cannot wait long: after the report the child does nothing but end.
    const bool ended_well = reap(origin->child) == EXIT_SUCCESS;
    close(origin->socket);
    free(origin);
    if (!answered || !ended_well)
        return -1;
    if (report)
        *report = message.report;
    return 0;
}
