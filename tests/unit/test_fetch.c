// SPDX-License-Identifier: MIT
// The download stage on a real loop with a real server: how its sockets are watched.
#include "jobs.h"
#include "support.h"

#include "run/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS = 6 };

static unsigned refusals; // how many of the next sockets cannot be watched
static unsigned watches;  // how many were

int __real_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t socket);
int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t socket);

int __wrap_uv_poll_init_socket(uv_loop_t *loop, uv_poll_t *poll, uv_os_sock_t socket)
{
    if (refusals > 0) {
        refusals--;
        return UV_ENOSPC;
    }
    watches++;
    return __real_uv_poll_init_socket(loop, poll, socket);
}

// Answers one connection after the other, each `requests` times.
static void serve(int listener, int requests)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    char request[4096];
    for (;;) {
        const int connection = accept(listener, NULL, NULL);
        for (int i = 0; i < requests && read(connection, request, sizeof request) > 0; i++)
            if (write(connection, answer, sizeof answer - 1) < 0)
                _exit(1);
        close(connection);
    }
}

static unsigned start_server(pid_t *server, int requests)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, JOBS), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    *server = fork();
    if (*server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, requests);
    }
    close(listener);
    return ntohs(address.sin_port);
}

static struct {
    uv_loop_t loop;
    struct budget budget;
    struct job *done[JOBS];
    size_t finished;
} scene;

static void on_fetched(UNUSED void *context, struct job *job)
{
    budget_settle(&scene.budget, &job->body.share);
    scene.done[scene.finished++] = job;
}

static void on_later(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

static void start_job(struct fetch *fetch, unsigned port, uint64_t index)
{
    char host[32];
    snprintf(host, sizeof host, "127.0.0.1:%u", port);
    struct job *job = job_made(host, "x", index);
    assert_true(budget_begin(&scene.budget, &job->body.share));
    job_set_state(job, JOB_DOWNLOADING, 1);
    assert_int_equal(fetch_start(fetch, job), EF_OK);
}

static void run_until(size_t finished)
{
    while (scene.finished < finished)
        uv_run(&scene.loop, UV_RUN_ONCE);
}

static struct fetch *open_scene(struct transfer_settings *settings)
{
    static const struct run_options options = {.allow_private = true,
                                               .connect_timeout = 20,
                                               .stall_timeout = 20,
                                               .timeout = 20,
                                               .max_bytes = 1000,
                                               .proxy = ""};
    alarm(50);
    scene.finished = 0;
    assert_int_equal(uv_loop_init(&scene.loop), 0);
    budget_init(&scene.budget, 100000, 1000, 100);
    assert_true(transfer_settings_init(settings, &options, &scene.budget));
    struct fetch *fetch = fetch_open(&scene.loop, settings, JOBS, on_fetched, NULL);
    assert_non_null(fetch);
    return fetch;
}

static void close_scene(struct fetch *fetch, struct transfer_settings *settings, pid_t server)
{
    for (size_t i = 0; i < JOBS; i++) {
        budget_release(&scene.budget, &scene.done[i]->body.share);
        job_free(scene.done[i]);
    }
    fetch_close(fetch);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene.loop), 0);
    transfer_settings_free(settings);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

// Goal: a socket that cannot be watched costs its transfer; the others go on.
TEST(unwatched_sockets)
{
    struct transfer_settings settings;
    pid_t server;
    size_t failed = 0;
    const unsigned port = start_server(&server, 1);
    struct fetch *fetch = open_scene(&settings);
    refusals = 2;
    for (uint64_t i = 0; i < JOBS; i++)
        start_job(fetch, port, i + 1);
    run_until(JOBS);
    for (size_t i = 0; i < JOBS; i++) {
        const struct job *job = scene.done[i];
        if (job->status == EF_OK)
            continue;
        assert_int_equal(job->status, EF_INTERNAL);
        assert_non_null(strstr(job->message, "socket"));
        failed++;
    }
    assert_in_range(failed, 1, 2);
    close_scene(fetch, &settings, server);
}

// Goal: a kept connection is watched on from one transfer to the next; once the server has closed
// it, which comes while nobody wants it, it keeps no loop busy, and its number can be watched anew.
TEST(kept_connections)
{
    enum { REQUESTS = 3 }; // on one connection
    struct transfer_settings settings;
    pid_t server;
    const unsigned port = start_server(&server, REQUESTS);
    const size_t open_before = open_descriptors();
    struct fetch *fetch = open_scene(&settings);
    watches = 0;
    for (uint64_t i = 0; i < JOBS; i++) {
        unsigned turns = 0;
        bool later = false;
        uv_timer_t timer;
        start_job(fetch, port, i + 1);
        run_until((size_t)i + 1);
        assert_int_equal(scene.done[i]->status, EF_OK);
        uv_timer_init(&scene.loop, &timer);
        timer.data = &later;
        uv_timer_start(&timer, on_later, 20, 0);
        do { // on_later() ends it
            uv_run(&scene.loop, UV_RUN_ONCE);
            turns++;
        } while (uv_is_active((uv_handle_t *)&timer));
        assert_true(later);
        uv_close((uv_handle_t *)&timer, NULL);
        uv_run(&scene.loop, UV_RUN_NOWAIT);
        assert_in_range(turns, 1, 10);
    }
    // The first transfer of a connection may let go of it.
    assert_in_range(watches, 1, 2 * JOBS / REQUESTS);
    close_scene(fetch, &settings, server);
    assert_int_equal(open_descriptors(), open_before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(unwatched_sockets),
                                       cmocka_unit_test(kept_connections)};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failures;
}
