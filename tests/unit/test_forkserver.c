// SPDX-License-Identifier: MIT
// The fork server and its children. The children do what one-byte messages tell them; this process
// is made the one that orphans fall to, so that waiting for all of them proves that none is left.
#include "support.h"

#include "base/limits.h"
#include "base/secrets.h"
#include "proc/forkserver.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// What a child says of itself.
struct self {
    pid_t pid, parent;
    int context;
    int descriptors; // beyond standard error
    bool no_signal_blocked, group_signals_ignored, others_default, nowhere, forgot;
};

// What main's command line and environment could have in them.
static char password[] = "password", secret[] = "TEST_SECRET=secret", own[] = "EDGEFETCH_TEST=1";
static char *arguments[] = {"edgefetch", password, NULL};
static char file[] = "header = password"; // that main has read

static bool is_overwritten(const char *text, size_t size)
{
    size_t zeros = 0;
    while (zeros < size && text[zeros] == 0)
        zeros++;
    return zeros == size;
}

static int count_descriptors(void)
{
    DIR *listing = opendir("/proc/self/fd");
    int count = 0;
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        count += entry->d_name[0] != '.' && atoi(entry->d_name) > STDERR_FILENO &&
                 atoi(entry->d_name) != dirfd(listing);
    closedir(listing);
    return count;
}

static bool has_action(int number, void (*action)(int))
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == action;
}

static struct self look_at_self(const void *context)
{
    struct self self = {.pid = getpid(), .parent = getppid(), .context = *(const int *)context};
    struct stat null, input, output;
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    self.no_signal_blocked = sigisemptyset(&blocked);
    self.group_signals_ignored =
        has_action(SIGINT, SIG_IGN) && has_action(SIGTERM, SIG_IGN) && has_action(SIGHUP, SIG_IGN);
    self.others_default = has_action(SIGCHLD, SIG_DFL) && has_action(SIGPIPE, SIG_DFL) &&
                          has_action(SIGUSR1, SIG_DFL);
    self.nowhere = stat("/dev/null", &null) == 0 && fstat(STDIN_FILENO, &input) == 0 &&
                   fstat(STDOUT_FILENO, &output) == 0 && input.st_rdev == null.st_rdev &&
                   output.st_rdev == null.st_rdev;
    self.forgot = is_overwritten(password, sizeof password) && is_overwritten(file, sizeof file) &&
                  is_overwritten(secret, sizeof secret) && getenv("TEST_SECRET") == NULL &&
                  getenv("PATH") == NULL && getenv("EDGEFETCH_TEST") != NULL;
    self.descriptors = count_descriptors();
    return self;
}

static int child(int socket, UNUSED unsigned wish, const void *context)
{
    char order;
    while (read(socket, &order, 1) == 1) {
        const struct self self = look_at_self(context);
        if (order == 'x')
            return 7;
        if (order == 's')
            raise(SIGUSR1);
        if (order == 'h')
            while (true)
                pause();
        if (write(socket, &self, sizeof self) != sizeof self)
            return 9;
    }
    return 0;
}

static const int context_value = 42;
static struct forkserver *server;

static int start_server(UNUSED void **state)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    putenv(secret);
    putenv(own);
    secrets_are_in(arguments);
    secrets_are_also_in(file, sizeof file - 1);
    server = forkserver_start(child, &context_value);
    return server != NULL ? 0 : -1;
}

static int stop_server(UNUSED void **state)
{
    forkserver_stop(server);
    server = NULL;
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static void wait_readable(int descriptor)
{
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    assert_int_equal(poll(&polled, 1, 20000), 1);
}

static struct forkserver_event next_event(enum forkserver_event_kind kind)
{
    struct forkserver_event event;
    int got;
    while ((got = forkserver_next(server, &event)) == 0)
        wait_readable(forkserver_socket(server));
    assert_int_equal(got, 1);
    assert_int_equal(event.kind, kind);
    if (kind == FORKSERVER_DIED)
        assert_int_equal(event.socket, -1);
    return event;
}

static struct forkserver_event spawned(uint64_t id)
{
    assert_int_equal(forkserver_spawn(server, id, 0), 0);
    const struct forkserver_event event = next_event(FORKSERVER_SPAWNED);
    assert_int_equal(event.id, id);
    assert_int_equal(event.error, 0);
    assert_true(event.pid > 0 && event.socket >= 0);
    return event;
}

static struct self ask(int socket)
{
    struct self self;
    assert_int_equal(write(socket, "p", 1), 1);
    wait_readable(socket);
    assert_int_equal(read(socket, &self, sizeof self), sizeof self);
    return self;
}

static int status_of(uint64_t id)
{
    const struct forkserver_event event = next_event(FORKSERVER_DIED);
    assert_int_equal(event.id, id);
    return event.status;
}

// Goal: a child serves its socket, has nothing of its parent's, and leaves when the socket closes.
TEST(child_life)
{
    const struct forkserver_event event = spawned(1);
    const struct self self = ask(event.socket);
    assert_int_equal(self.pid, event.pid);
    assert_int_not_equal(self.parent, getpid());
    assert_int_equal(self.context, 42);
    assert_int_equal(self.descriptors, 1); // its socket
    assert_true(self.nowhere);
    assert_true(self.no_signal_blocked);
    assert_true(self.group_signals_ignored);
    assert_true(self.others_default);
    assert_true(self.forgot);
    assert_string_equal(password, "password"); // which this process goes on with
    assert_string_equal(getenv("TEST_SECRET"), "secret");
    close(event.socket);
    const struct forkserver_event death = next_event(FORKSERVER_DIED);
    assert_int_equal(death.id, 1);
    assert_int_equal(death.pid, event.pid);
    assert_true(WIFEXITED(death.status) && WEXITSTATUS(death.status) == 0);
    assert_true(death.peak_kib > 0);
}

// Goal: exit statuses, signals and kills are reported as they were.
TEST(ways_to_die)
{
    const struct forkserver_event exits = spawned(10);
    assert_int_equal(write(exits.socket, "x", 1), 1);
    int status = status_of(10);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    const struct forkserver_event crashes = spawned(11);
    assert_int_equal(write(crashes.socket, "s", 1), 1);
    status = status_of(11);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
    const struct forkserver_event hangs = spawned(12);
    assert_int_equal(write(hangs.socket, "h", 1), 1);
    assert_int_equal(forkserver_kill(server, 12), 0);
    status = status_of(12);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(exits.socket);
    close(crashes.socket);
    close(hangs.socket);
}

// Goal: signals to the whole group leave a child alive; it is main that decides.
TEST(group_signals)
{
    const struct forkserver_event event = spawned(1);
    const pid_t before = ask(event.socket).pid;
    kill(before, SIGINT);
    kill(before, SIGTERM);
    kill(before, SIGHUP);
    assert_int_equal(ask(event.socket).pid, before);
    close(event.socket);
    status_of(1);
}

// Goal: killing an id that never was, or has gone, does nothing to others.
TEST(kill_of_nobody)
{
    const struct forkserver_event event = spawned(5);
    assert_int_equal(forkserver_kill(server, 6), 0);
    assert_int_equal(forkserver_kill(server, 0), 0);
    ask(event.socket);
    assert_int_equal(forkserver_kill(server, 5), 0);
    status_of(5);
    assert_int_equal(forkserver_kill(server, 5), 0);
    const struct forkserver_event other = spawned(7);
    ask(other.socket);
    close(event.socket);
    close(other.socket);
    status_of(7);
}

// Goal: many that die at once are all reported, each once.
TEST(many_deaths)
{
    enum { MANY = 40 };
    int sockets[MANY];
    bool dead[MANY] = {false};
    for (uint64_t i = 0; i < MANY; i++)
        sockets[i] = spawned(1000 + i).socket;
    for (size_t i = 0; i < MANY; i++)
        close(sockets[i]);
    for (size_t i = 0; i < MANY; i++) {
        const struct forkserver_event death = next_event(FORKSERVER_DIED);
        assert_in_range(death.id, 1000, 1000 + MANY - 1);
        assert_false(dead[death.id - 1000]);
        dead[death.id - 1000] = true;
    }
}

// Goal: as many as there may be can be asked for in one go, as the pool does; one more fails alone.
TEST(all_there_may_be)
{
    int sockets[LIMIT_WORKERS];
    for (uint64_t i = 0; i <= LIMIT_WORKERS; i++)
        if (forkserver_spawn(server, i + 1, 0) != 0)
            fail_msg("request %d is refused: %s", (int)i, strerror(errno));
    for (uint64_t i = 0; i <= LIMIT_WORKERS; i++) {
        const struct forkserver_event event = next_event(FORKSERVER_SPAWNED);
        assert_int_equal(event.id, i + 1);
        assert_int_equal(event.error, i == LIMIT_WORKERS ? EAGAIN : 0);
        assert_int_equal(event.socket >= 0, i < LIMIT_WORKERS);
        assert_int_equal(event.pid != 0, i < LIMIT_WORKERS);
        if (i < LIMIT_WORKERS)
            sockets[i] = event.socket;
    }
    for (size_t i = 0; i < LIMIT_WORKERS; i++)
        close(sockets[i]);
}

// Goal: stopping leaves no process, although its children are busy; a pid is gone when asked for.
TEST(stop_with_busy_children)
{
    int sockets[3];
    pid_t pids[3];
    for (uint64_t i = 0; i < 3; i++) {
        const struct forkserver_event event = spawned(i + 1);
        sockets[i] = event.socket;
        pids[i] = event.pid;
        assert_int_equal(write(sockets[i], i == 0 ? "p" : "h", 1), 1);
    }
    forkserver_stop(server);
    server = NULL;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(kill(pids[i], 0), -1);
        assert_int_equal(errno, ESRCH);
        close(sockets[i]);
    }
}

// Waits for everything that has fallen to this process.
static void wait_for_all(void)
{
    alarm(20); // ends the test program instead of waiting for ever
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
    alarm(0);
    assert_int_equal(errno, ECHILD);
}

// Goal: when the fork server is killed, its children die too and everything says that it is gone.
TEST(server_killed)
{
    struct forkserver_event event = spawned(1);
    const int socket = event.socket;
    kill(ask(socket).parent, SIGKILL);
    wait_for_all();
    assert_int_equal(forkserver_next(server, &event), -1);
    assert_int_equal(forkserver_spawn(server, 2, 0), -1);
    assert_int_equal(forkserver_kill(server, 1), -1);
    close(socket);
}

static int busy_main(void *context)
{
    const int report = *(int *)context;
    server = forkserver_start(child, &context_value);
    for (uint64_t i = 0; server != NULL && i < 2; i++) {
        struct forkserver_event event = {0};
        struct pollfd polled = {.fd = forkserver_socket(server), .events = POLLIN};
        if (forkserver_spawn(server, i, 0) != 0 || poll(&polled, 1, 20000) != 1 ||
            forkserver_next(server, &event) != 1 || write(event.socket, "h", 1) != 1)
            return 1;
    }
    if (server == NULL || write(report, "r", 1) != 1)
        return 1;
    while (true)
        pause();
}

// Goal: when main is killed, the fork server and busy children go as well.
TEST(main_killed)
{
    int ends[2];
    char ready;
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(busy_main(&ends[1]));
    assert_int_equal(read(ends[0], &ready, 1), 1);
    kill(pid, SIGKILL);
    wait_for_all();
    close(ends[0]);
    close(ends[1]);
}

static void *wait_in_thread(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

// Goal: a process that has a second thread gets no fork server.
TEST(second_thread)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;
    pthread_mutex_lock(&gate);
    assert_int_equal(pthread_create(&thread, NULL, wait_in_thread, &gate), 0);
    errno = 0;
    assert_null(forkserver_start(child, &context_value));
    assert_int_equal(errno, EBUSY);
    pthread_mutex_unlock(&gate);
    pthread_join(thread, NULL);
}

// Goal: stopping no fork server does nothing.
TEST(stop_nothing)
{
    forkserver_stop(NULL);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start_server, stop_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(child_life),        WITH_SERVER(ways_to_die),
        WITH_SERVER(group_signals),     WITH_SERVER(kill_of_nobody),
        WITH_SERVER(many_deaths),       WITH_SERVER(all_there_may_be),
        WITH_SERVER(server_killed),     WITH_SERVER(stop_with_busy_children),
        cmocka_unit_test(main_killed),  cmocka_unit_test(second_thread),
        cmocka_unit_test(stop_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
